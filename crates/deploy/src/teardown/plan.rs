//! The plan of a teardown: removals, retained resources and blockers.

use serde::Serialize;

use super::catalogue;
use crate::assets::Asset;

/// The plan of a teardown.
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

/// A resource to remove.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Removal {
    pub what: String,
    /// Details for the user.
    pub details: Vec<String>,
    #[serde(skip)]
    pub(super) action: Action,
}

/// A resource that is retained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Retained {
    pub what: String,
    pub why: String,
}

/// A condition that prevents the teardown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blocker {
    pub what: String,
    pub hint: String,
}

/// The operation that removes a resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Action {
    Asset(Asset),
    /// Grants of Lake Formation to revoke.
    Grants(Vec<catalogue::Grant>),
    Tables {
        database: String,
        names: Vec<String>,
    },
    RolePolicy {
        role: String,
        policy: String,
    },
    /// The buckets that the stack retains get the deployment's tag first.
    Stack {
        name: String,
        leaves: Vec<String>,
    },
    /// The bucket and all its objects.
    Bucket(String),
    /// The same for a bucket with names of users.
    NamesBucket(String),
    /// The same for a bucket with reports.
    ReportsBucket(String),
    /// The objects below a prefix of a bucket that is retained.
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
