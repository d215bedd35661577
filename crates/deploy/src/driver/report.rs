//! What a deployment has done, and where its dashboard is.

use serde::Serialize;

use crate::status;
use crate::step::{Applied, Deployment, StepError};
use crate::steps;

/// What a deployment has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DeploymentReport {
    pub steps: Vec<StepReport>,
}

/// What a step has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepReport {
    pub number: usize,
    pub name: &'static str,
    pub title: &'static str,
    /// How many changes were made.
    pub changes: usize,
    #[serde(flatten)]
    pub applied: Applied,
}

/// A step that could not be done, and those before it that could.
#[derive(Debug, thiserror::Error)]
#[error("step {number} ({name}) failed")]
pub struct DeploymentError {
    pub number: usize,
    pub name: &'static str,
    pub done: DeploymentReport,
    #[source]
    pub cause: StepError,
}

impl DeploymentReport {
    /// What is wrong with the data.
    pub fn problems(&self) -> impl Iterator<Item = &String> {
        self.steps.iter().flat_map(|step| &step.applied.problems)
    }
}

/// Where people look at the dashboard; none if this deployment makes none.
pub fn dashboard_address(deployment: &Deployment) -> Option<String> {
    if !deployment.settings().quicksight {
        return None;
    }
    let id = deployment.names.dashboard_id(steps::DASHBOARD_ID);
    Some(status::dashboard_address(&deployment.aws, &id))
}
