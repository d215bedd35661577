//! A step of a deployment: plans changes and applies them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use async_trait::async_trait;
use kiro_catalog::Catalogue;
use kiro_config::{Config, Resolved};
use kiro_dashboard::Spec;
use serde::Serialize;

use crate::aws::{Aws, AwsError, AwsErrorKind};
use crate::names::Names;
use crate::progress::Progress;

/// The input of all steps.
pub struct Deployment {
    pub aws: Aws,
    pub names: Names,
    pub resolved: Resolved,
    /// The views, rendered with these settings.
    pub catalogue: Catalogue,
    /// The dashboard.
    pub spec: Spec,
    /// The version of this program.
    pub version: String,
    /// Today, UTC: `YYYY-MM-DD`.
    pub today: String,
    /// Folders that are searched for the function's zips, in this order.
    pub function_folders: Vec<PathBuf>,
    /// Names of stacks and assets without the tag of this deployment that may be taken over.
    pub take_over: Vec<String>,
    /// The parameters of the data stack that the settings were read from; none if there was no stack.
    pub read_parameters: Option<BTreeMap<String, String>>,
}

impl Deployment {
    pub fn settings(&self) -> &Config {
        &self.resolved.settings
    }
}

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Create,
    Update,
    /// Deleted and created again.
    Replace,
    /// Changed outside this deployment: that change would be lost.
    Overwrite,
    Delete,
    /// An operation: reading exports, importing data.
    Run,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub kind: ChangeKind,
    /// What is changed: "table `report_facts_raw`".
    pub what: String,
    /// Lines about it, the most important first.
    pub details: Vec<String>,
}

/// The plan of a step. An empty list means no changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepPlan {
    pub number: usize,
    pub name: &'static str,
    pub title: &'static str,
    pub changes: Vec<Change>,
    /// Why the step does not apply; none if it applies and finds no changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}

/// The result of a step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// Notes for the user.
    pub notes: Vec<String>,
    /// Problems of the data, which do not stop a deployment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// The category of an error, which determines the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCategory {
    /// The exports or their content.
    Data,
    /// The command or the configuration.
    Usage,
    /// AWS refused a request, failed, or was unreachable.
    Aws,
}

/// Why a step has failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error(transparent)]
    Aws(Box<AwsError>),
    /// An operation failed, or its preconditions are not met.
    #[error("{what}")]
    Failed {
        category: ErrorCategory,
        what: String,
        hint: String,
    },
}

/// One step.
#[async_trait]
pub trait Step: Send + Sync {
    /// For `--from-step` and `--only`: `data_stack`.
    fn name(&self) -> &'static str;

    /// Title in the output: "Data stack".
    fn title(&self) -> &'static str;

    /// Checks the preconditions before any step changes anything.
    async fn check(&self, _deployment: &Deployment) -> Result<(), StepError> {
        Ok(())
    }

    /// Plans the changes. `earlier` are the plans of the earlier steps of this run: what they will create does not exist yet.
    /// Changes nothing.
    async fn plan(
        &self,
        deployment: &Deployment,
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError>;

    /// Applies the approved changes. Skips those that are already done.
    async fn apply(
        &self,
        deployment: &Deployment,
        plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError>;

    /// Removes what planning created, for a plan that is not applied.
    async fn discard_plan(&self, _deployment: &Deployment) -> Result<(), StepError> {
        Ok(())
    }
}

/// The changes that a step plans, or why it does not apply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planned {
    pub changes: Vec<Change>,
    pub skipped: Option<String>,
}

impl Planned {
    pub fn changes(changes: Vec<Change>) -> Self {
        Self {
            changes,
            skipped: None,
        }
    }

    pub fn skipped(why: impl Into<String>) -> Self {
        Self {
            changes: Vec::new(),
            skipped: Some(why.into()),
        }
    }
}

impl Change {
    pub fn new(kind: ChangeKind, what: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            details: Vec::new(),
        }
    }

    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }
}

impl StepPlan {
    pub fn changes_anything(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The first destructive change among these that is not in this plan.
    pub fn unapproved_destructive_change<'a>(&self, changes: &'a [Change]) -> Option<&'a Change> {
        let mut lost = changes.iter().filter(|change| change.kind.is_destructive());
        lost.find(|change| {
            !self
                .changes
                .iter()
                .any(|known| known.kind == change.kind && known.what == change.what)
        })
    }
}

impl ChangeKind {
    /// Returns true if the change loses data or settings.
    pub fn is_destructive(self) -> bool {
        matches!(self, Self::Replace | Self::Overwrite | Self::Delete)
    }
}

impl StepError {
    pub fn failed(
        category: ErrorCategory,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self::Failed {
            category,
            what: what.into(),
            hint: hint.into(),
        }
    }

    pub fn category(&self) -> ErrorCategory {
        match self {
            Self::Aws(error)
                if error.code == "MissingRegion" || error.kind == AwsErrorKind::Configuration =>
            {
                ErrorCategory::Usage
            }
            Self::Aws(_) => ErrorCategory::Aws,
            Self::Failed { category, .. } => *category,
        }
    }

    pub fn hint(&self) -> String {
        match self {
            Self::Aws(error) => error.hint(),
            Self::Failed { hint, .. } => hint.clone(),
        }
    }
}

impl From<AwsError> for StepError {
    fn from(error: AwsError) -> Self {
        Self::Aws(Box::new(error))
    }
}
