//! What the checks of a deployment work on.

use chrono::{DateTime, Utc};
use kiro_config::{Config, Resolved};

use super::finding::Finding;
use crate::aws::Aws;
use crate::names::Names;
use crate::stack::Stack;

/// The input of the checks that need an account and valid settings.
pub(super) struct CheckContext<'a> {
    pub(super) aws: &'a Aws,
    pub(super) names: &'a Names,
    pub(super) resolved: &'a Resolved,
    pub(super) stack: Option<&'a Stack>,
    pub(super) now: DateTime<Utc>,
}

impl<'a> CheckContext<'a> {
    pub(super) fn settings(&self) -> &'a Config {
        &self.resolved.settings
    }

    /// The finding of a Quick Sight check if the settings switch Quick Sight off.
    pub(super) fn without_quicksight(&self) -> Option<Finding> {
        (!self.settings().quicksight)
            .then(|| Finding::pass("not needed: `quicksight` is false in the settings"))
    }
}
