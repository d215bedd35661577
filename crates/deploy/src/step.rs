//! A step of a deployment: what it would change, and changing it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use async_trait::async_trait;
use kiro_curate::Catalogue;
use kiro_dashboard::Spec;
use serde::Serialize;

use crate::aws::{Aws, AwsError, AwsErrorKind};
use crate::names::Names;
use crate::progress::Progress;
use crate::settings::{DeploymentSettings, Resolved};

/// Everything that steps work on.
pub struct Deployment {
    pub aws: Aws,
    pub names: Names,
    pub resolved: Resolved,
    /// The views as these settings render them.
    pub catalogue: Catalogue,
    /// The dashboard.
    pub spec: Spec,
    /// The version of this program.
    pub version: String,
    /// Today, UTC: `YYYY-MM-DD`.
    pub today: String,
    /// Where to look for the function's zips, the best place first.
    pub function_folders: Vec<PathBuf>,
    /// Names of stacks and assets without the tag of this deployment that may be taken over.
    pub take_over: Vec<String>,
    /// The parameters of the data stack that the settings were read from; none if there was no stack.
    pub read_parameters: Option<BTreeMap<String, String>>,
}

impl Deployment {
    pub fn settings(&self) -> &DeploymentSettings {
        &self.resolved.settings
    }
}

/// What would happen to one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Create,
    Update,
    /// Deleted and made again.
    Replace,
    /// Somebody else has changed it since: their change would be lost.
    Overwrite,
    Delete,
    /// Something is run: exports are read, data are refreshed.
    Run,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub kind: ChangeKind,
    /// What is changed: "table `report_facts_raw`".
    pub what: String,
    /// Lines about it, from the most telling on.
    pub details: Vec<String>,
}

/// What a step would change; nothing if the list is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepPlan {
    pub number: usize,
    pub name: &'static str,
    pub title: &'static str,
    pub changes: Vec<Change>,
    /// Why there is nothing to do, where it is not that all is as it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}

/// What a step has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// Lines about it, for people.
    pub notes: Vec<String>,
    /// What is wrong with the data: nothing that stops a deployment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// Whose matter a failure is: it decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCategory {
    /// The exports, or what stands in them.
    Data,
    /// The command or the configuration.
    Usage,
    /// AWS refused, or did not do what it was asked.
    Aws,
}

/// Why a step has failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error(transparent)]
    Aws(Box<AwsError>),
    /// What was asked for was begun and did not succeed, or cannot be begun.
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

    /// For people: "Data stack".
    fn title(&self) -> &'static str;

    /// Whether it can be done at all; asked before anything is changed.
    async fn check(&self, _deployment: &Deployment) -> Result<(), StepError> {
        Ok(())
    }

    /// What it would change. `earlier` are the plans of the steps before it in this run: what they will make is not there
    /// yet. Changes nothing.
    async fn plan(
        &self,
        deployment: &Deployment,
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError>;

    /// Does it, once agreed. What is done already is not done again.
    async fn apply(
        &self,
        deployment: &Deployment,
        plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError>;

    /// Takes back what planning has left behind, as the plan is not carried out.
    async fn discard_plan(&self, _deployment: &Deployment) -> Result<(), StepError> {
        Ok(())
    }
}

/// What a step answers when it is asked for its plan.
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

    /// The first of these changes that is_destructive something and is not in this plan.
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
    /// Whether something is lost by it.
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
