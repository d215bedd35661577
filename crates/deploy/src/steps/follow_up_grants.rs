//! Grants in Lake Formation for the function `follow-up`, whose role exists only after its stack. Later deployments find the role,
//! and the step of all grants makes them.

use async_trait::async_trait;

use super::lake_formation::{LakeFormation, follow_up_role, needs_grants};
use crate::progress::Progress;
use crate::step::{Applied, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan};

/// Grants read access to a role that the step before has created.
pub(crate) struct FollowUpGrants;

#[async_trait]
impl Step for FollowUpGrants {
    fn name(&self) -> &'static str {
        "follow_up_grants"
    }

    fn title(&self) -> &'static str {
        "Grants for alerts"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if !deployment.settings().sends_alerts() {
            return Ok(Planned::skipped("no alerts are sent"));
        }
        if !needs_grants(deployment).await? {
            return Ok(Planned::skipped("Lake Formation is not in force"));
        }
        if follow_up_role(deployment).await?.is_some() {
            return Ok(Planned::default());
        }
        let change = Change::new(
            ChangeKind::Create,
            "grants to the role of the function `follow-up`",
        );
        Ok(Planned::changes(vec![change.detail(
            "SELECT and DESCRIBE on the tables and views, for alerts",
        )]))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        LakeFormation.apply(deployment, plan, progress).await
    }
}
