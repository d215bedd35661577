//! What a deployment has done, and where its dashboard is.

use serde::Serialize;

use crate::status;
use crate::step::{Applied, Deployment, StepError};
use crate::steps;

/// The result of a deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DeploymentReport {
    pub steps: Vec<StepReport>,
}

/// The result of a step of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepReport {
    pub number: usize,
    pub name: &'static str,
    pub title: &'static str,
    /// Number of changes that were made.
    pub changes: usize,
    #[serde(flatten)]
    pub applied: Applied,
}

/// A step that failed, and the results of the steps before it.
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
    /// The problems of the data.
    pub fn problems(&self) -> impl Iterator<Item = &String> {
        self.steps.iter().flat_map(|step| &step.applied.problems)
    }
}

/// The address of the dashboard; none if this deployment has no dashboard.
pub fn dashboard_address(deployment: &Deployment) -> Option<String> {
    if !deployment.settings().quicksight {
        return None;
    }
    let id = deployment.names.dashboard_id(steps::DASHBOARD_ID);
    Some(status::dashboard_address(&deployment.aws, &id))
}
