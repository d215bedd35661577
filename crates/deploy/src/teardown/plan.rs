//! The plan of a teardown: what is removed, what is retained, and what prevents it.

use serde::Serialize;

use super::catalogue;
use crate::assets::Asset;

/// What goes and what stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TeardownPlan {
    pub prefix: String,
    pub account: String,
    pub region: String,
    /// In the order in which they are removed.
    #[serde(rename = "goes")]
    pub removals: Vec<Removal>,
    #[serde(rename = "stays")]
    pub retained: Vec<Retained>,
    /// What prevents the teardown; the plan can be applied if the list is empty.
    #[serde(rename = "obstacles")]
    pub blockers: Vec<Blocker>,
}

/// Something that goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Removal {
    pub what: String,
    /// Lines about it.
    pub details: Vec<String>,
    #[serde(skip)]
    pub(super) action: Action,
}

/// Something that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Retained {
    pub what: String,
    pub why: String,
}

/// Something that must be put right before anything is removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blocker {
    pub what: String,
    pub hint: String,
}

/// How a thing is removed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Action {
    Asset(Asset),
    /// Grants of Lake Formation, as they are revoked.
    Grants(Vec<catalogue::Grant>),
    Tables {
        database: String,
        names: Vec<String>,
    },
    RolePolicy {
        role: String,
        policy: String,
    },
    /// The bucket that it leaves behind is marked as ours before.
    Stack {
        name: String,
        leaves: Option<String>,
    },
    /// The bucket with everything in it.
    Bucket(String),
    /// What lies below a prefix of a bucket that stays.
    Objects {
        bucket: String,
        prefix: String,
    },
}

impl TeardownPlan {
    pub fn removes_anything(&self) -> bool {
        !self.removals.is_empty()
    }

    pub(super) fn remove(&mut self, what: impl Into<String>, details: Vec<String>, action: Action) {
        self.removals.push(Removal {
            what: what.into(),
            details,
            action,
        });
    }

    pub(super) fn retain(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.retained.push(Retained {
            what: what.into(),
            why: why.into(),
        });
    }

    pub(super) fn block(&mut self, what: impl Into<String>, hint: impl Into<String>) {
        self.blockers.push(Blocker {
            what: what.into(),
            hint: hint.into(),
        });
    }
}
