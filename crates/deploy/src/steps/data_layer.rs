//! The outputs of the data stack, for the later steps.

use super::quicksight_access::NO_BUCKET;
use crate::stack::Stack;
use crate::step::{Deployment, ErrorCategory, StepError};

/// The parts of the data stack, by its outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataLayer {
    pub results_bucket: String,
    pub database: String,
    pub workgroup: String,
    pub function: String,
    pub function_role: String,
}

impl DataLayer {
    /// None if there is no stack yet.
    pub async fn find(deployment: &Deployment) -> Result<Option<Self>, StepError> {
        let stack = Stack::find(&deployment.aws, &deployment.names.data_stack()).await?;
        Ok(stack.and_then(|stack| {
            let output = |name: &str| stack.output(name).to_owned();
            let layer = Self {
                results_bucket: output("ResultsBucketName"),
                database: output("DatabaseName"),
                workgroup: output("WorkgroupName"),
                function: output("NormalizerName"),
                function_role: output("NormalizerRoleArn"),
            };
            (!layer.results_bucket.is_empty()).then_some(layer)
        }))
    }

    /// The outputs, or an error if there is no stack.
    pub(crate) async fn require(deployment: &Deployment) -> Result<Self, StepError> {
        Self::find(deployment).await?.ok_or_else(|| {
            StepError::failed(
                ErrorCategory::Usage,
                format!("there is no stack `{}`", deployment.names.data_stack()),
                "run `kiro-analytics deploy` without --only and --from-step",
            )
        })
    }
}

/// The results bucket for the parameter of another stack: the data stack's, else that of the settings, else a placeholder.
pub(crate) fn results_bucket(deployment: &Deployment, data: Option<&Stack>) -> String {
    let deployed = data.map_or("", |stack| stack.output("ResultsBucketName"));
    if !deployed.is_empty() {
        return deployed.to_owned();
    }
    let existing = deployment.settings().existing_results_bucket.clone();
    existing.unwrap_or_else(|| NO_BUCKET.to_owned())
}
