//! Removing a deployment: what goes and what stays is a value that is shown first, and then carried out in that order.
//!
//! Only what carries the deployment's tag, or belongs to its stack, is removed. Exports are never touched: a bucket that holds
//! any is never emptied.

mod apply;
mod bucket;
mod catalogue;
mod look;
mod object_shape;
mod stacks;

use serde::Serialize;

use crate::assets::Asset;
use crate::aws::Aws;
use crate::names::Names;
use crate::settings::DeploymentSettings;
use crate::stack::Stack;

pub use apply::{Removed, TeardownError};

/// What to remove, and whose.
pub struct Teardown<'a> {
    pub aws: &'a Aws,
    pub names: &'a Names,
    pub settings: &'a DeploymentSettings,
    /// The data stack, if there still is one.
    pub stack: Option<&'a Stack>,
    /// Whether the results bucket goes, too.
    pub deletes_data: bool,
}

/// What goes and what stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TeardownPlan {
    pub prefix: String,
    pub account: String,
    pub region: String,
    /// In the order in which it is removed.
    pub goes: Vec<Removal>,
    pub stays: Vec<Kept>,
    /// Why it cannot be carried out; nothing if the list is empty.
    pub obstacles: Vec<Obstacle>,
}

/// Something that goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Removal {
    pub what: String,
    /// Lines about it.
    pub details: Vec<String>,
    #[serde(skip)]
    action: Action,
}

/// Something that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    pub what: String,
    pub why: String,
}

/// Something that must be put right before anything is removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    pub what: String,
    pub hint: String,
}

/// How a thing is removed.
#[derive(Debug, Clone, PartialEq)]
enum Action {
    Asset(Asset),
    /// Grants of Lake Formation, as they are revoked.
    Grants(Vec<serde_json::Value>),
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
        !self.goes.is_empty()
    }

    fn go(&mut self, what: impl Into<String>, details: Vec<String>, action: Action) {
        self.goes.push(Removal {
            what: what.into(),
            details,
            action,
        });
    }

    fn stay(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.stays.push(Kept {
            what: what.into(),
            why: why.into(),
        });
    }

    fn obstruct(&mut self, what: impl Into<String>, hint: impl Into<String>) {
        self.obstacles.push(Obstacle {
            what: what.into(),
            hint: hint.into(),
        });
    }
}
