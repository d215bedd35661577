//! The first map of names: made before the dashboard's data are imported, so that names are there when it is opened.

use std::time::Duration;

use async_trait::async_trait;

use super::deployed_code;
use super::function_kind::FunctionKind;
use super::identity_layer::IdentityLayer;
use super::identity_stack::IS_OFF;
use super::name_mapping::{NameRequest, map_names};
use crate::progress::Progress;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};

/// Maximum time until the policies of a new role are in effect.
const PERMISSION_TIMEOUT: Duration = Duration::from_mins(2);

/// Makes the map.
pub(crate) struct IdentityRun;

#[async_trait]
impl Step for IdentityRun {
    fn name(&self) -> &'static str {
        "identity_run"
    }

    fn title(&self) -> &'static str {
        "Names of users"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if !deployment.settings().identity_mapping {
            return Ok(Planned::skipped(IS_OFF));
        }
        deployed_code::verify(deployment, FunctionKind::IdentityMap, earlier).await?;
        let layer = IdentityLayer::find(deployment).await?;
        let map = match &layer {
            Some(layer) => layer.map(&deployment.aws).await?,
            None => None,
        };
        let has_new_source = earlier.iter().any(|plan| {
            matches!(plan.name, "first_run" | "identity_stack") && plan.changes_anything()
        });
        let why = if map.is_none() {
            "there is no map yet"
        } else if has_new_source {
            "its users or its sources change"
        } else {
            return Ok(Planned::default());
        };
        let change = Change::new(ChangeKind::Run, "the function identity-map");
        Ok(Planned::changes(vec![change.detail(why)]))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let layer = IdentityLayer::find(deployment).await?.ok_or_else(|| {
            StepError::failed(
                ErrorCategory::Usage,
                format!("there is no stack `{}`", deployment.names.identity_stack()),
                "run `kiro-analytics deploy` without --only and --from-step",
            )
        })?;
        let request = NameRequest::default();
        let mapped = map_names(
            deployment,
            &layer.function,
            &request,
            progress,
            PERMISSION_TIMEOUT,
        )
        .await?;
        Ok(Applied {
            notes: vec![mapped.summary()],
            problems: mapped.problem().into_iter().collect(),
        })
    }
}
