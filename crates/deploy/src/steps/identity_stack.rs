//! The identity stack: the map's bucket with its key, the function `identity-map`, its schedule and alarms, by change set.

use async_trait::async_trait;

use super::data_layer::results_bucket;
use super::desired_stack::DesiredStack;
use super::function_kind::FunctionKind;
use super::managed_stack::{self, ManagedStack};
use super::template::IDENTITY_TEMPLATE;
use crate::aws::AwsErrorKind;
use crate::identity_source::identity_store;
use crate::progress::Progress;
use crate::schedule;
use crate::stack::Stack;
use crate::step::{Applied, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan};

/// Why a step about names has nothing to do.
pub(super) const IS_OFF: &str = "`identity_mapping` is false";

/// Creates and updates the identity stack.
pub(crate) struct IdentityStack;

#[async_trait]
impl ManagedStack for IdentityStack {
    fn name(&self, deployment: &Deployment) -> String {
        deployment.names.identity_stack()
    }

    fn template(&self) -> &'static str {
        IDENTITY_TEMPLATE
    }

    async fn desired(
        &self,
        deployment: &Deployment,
        existing: Option<&Stack>,
    ) -> Result<DesiredStack, StepError> {
        let deployed = existing.and_then(|stack| stack.parameters.get("IdentityStoreId"));
        let deployed = deployed.map(String::as_str);
        let store = identity_store(&deployment.aws, deployment.settings(), deployed).await?;
        let data = Stack::find(&deployment.aws, &deployment.names.data_stack()).await?;
        let mut desired = desired_stack(deployment, existing, data.as_ref(), store)?;
        let owner = roster_owner(deployment, existing).await;
        desired.parameters.insert("RosterOwner".to_owned(), owner);
        Ok(desired)
    }
}

/// This account, if it owns the bucket of the roster; empty if another one does. If that is unknown, the deployed value of the
/// same roster is kept.
async fn roster_owner(deployment: &Deployment, existing: Option<&Stack>) -> String {
    let Some(roster) = &deployment.settings().roster else {
        return String::new();
    };
    let object = roster.trim_start_matches("s3://");
    let (bucket, _) = object.split_once('/').unwrap_or((object, ""));
    let aws = &deployment.aws;
    let Ok(Some(head)) = aws.buckets().head(bucket).await else {
        return deployed_roster_owner(existing, object);
    };
    let regional = aws.in_region(&head.region);
    match regional.buckets().owned().head(bucket).await {
        Ok(Some(_)) => aws.account().to_owned(),
        Err(error) if error.kind == AwsErrorKind::ForeignOwner => String::new(),
        Ok(None) | Err(_) => deployed_roster_owner(existing, object),
    }
}

fn deployed_roster_owner(existing: Option<&Stack>, object: &str) -> String {
    let parameters = existing.map(|stack| &stack.parameters);
    let parameters = parameters.filter(|parameters| {
        let deployed = parameters.get("RosterObject");
        deployed.is_some_and(|deployed| deployed == object)
    });
    let owner = parameters.and_then(|parameters| parameters.get("RosterOwner"));
    owner.cloned().unwrap_or_default()
}

/// The stack by the settings and the outputs of the data stack. Makes no call.
///
/// # Errors
///
/// If the function's zip cannot be read.
pub(crate) fn desired_stack(
    deployment: &Deployment,
    existing: Option<&Stack>,
    data: Option<&Stack>,
    store: String,
) -> Result<DesiredStack, StepError> {
    let settings = deployment.settings();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    // A list of texts always has a JSON form.
    let list = |texts: &[String]| serde_json::to_string(texts).unwrap_or_default();
    let output = |name: &str| data.map_or("", |stack| stack.output(name)).to_owned();
    let roster = settings.roster.as_deref().unwrap_or_default();
    let object = roster.trim_start_matches("s3://");
    let state = if settings.scheduled {
        "ENABLED"
    } else {
        "DISABLED"
    };
    let named = [
        ("IdentityStoreId", store),
        ("IdentityRegion", text(&settings.identity_region)),
        ("IdentityRoleArn", text(&settings.identity_role)),
        ("IdentityExternalId", text(&settings.identity_external_id)),
        ("TeamGroups", list(&settings.team_groups)),
        ("SeatGroups", list(&settings.seat_groups)),
        ("RosterObject", object.to_owned()),
        ("RosterOwner", deployed_roster_owner(existing, object)),
        ("ResultsBucket", results_bucket(deployment, data)),
        ("ResultsKmsKeyArn", text(&settings.results_kms_key)),
        ("Architecture", settings.architecture.as_str().to_owned()),
        ("LogRetentionDays", settings.log_retention_days.to_string()),
        ("ScheduleExpression", settings.identity_schedule.clone()),
        ("ScheduleTimeZone", settings.time_zone.clone()),
        ("ScheduleState", state.to_owned()),
        ("MissedAfterHours", settings.missed_after_hours.to_string()),
        ("AlarmTopicArn", output("AlarmTopicArn")),
        (
            "PermissionsBoundaryArn",
            text(&settings.permissions_boundary),
        ),
        ("ProductVersion", deployment.version.clone()),
    ];
    DesiredStack::with_function(
        deployment,
        existing,
        IDENTITY_TEMPLATE,
        FunctionKind::IdentityMap,
        named,
    )
}

#[async_trait]
impl Step for IdentityStack {
    fn name(&self) -> &'static str {
        "identity_stack"
    }

    fn title(&self) -> &'static str {
        "Identity stack"
    }

    async fn check(&self, deployment: &Deployment) -> Result<(), StepError> {
        if let Some((what, hint)) = schedule::identity_order_problem(deployment.settings()) {
            return Err(StepError::failed(ErrorCategory::Usage, what, hint));
        }
        Ok(())
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if !deployment.settings().identity_mapping {
            return Ok(Planned::skipped(IS_OFF));
        }
        let mut planned = managed_stack::plan(self, deployment, earlier).await?;
        let mut changes = planned.changes.iter_mut();
        if let Some(creation) = changes.find(|change| managed_stack::is_creation(change)) {
            creation.details.splice(0..0, consequences(deployment));
        }
        Ok(planned)
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        managed_stack::apply(self, deployment, plan, progress).await
    }

    async fn discard_plan(&self, deployment: &Deployment) -> Result<(), StepError> {
        if !deployment.settings().identity_mapping {
            return Ok(());
        }
        managed_stack::discard_plan(self, deployment).await
    }
}

/// What turning names on means for the people who are named.
fn consequences(deployment: &Deployment) -> Vec<String> {
    let settings = deployment.settings();
    let mut lines = vec![
        "copies the user name, display name, address and teams of the users who occur in the data out of the directory or the roster".to_owned(),
        format!(
            "names are then in the bucket of the map (encrypted with a key of its own, 1 USD a month), in query results for {} days, and in SPICE",
            settings.query_result_days
        ),
    ];
    if settings.quicksight {
        lines.push("everybody who can open the dashboard sees them".to_owned());
    }
    lines.push("`kiro-analytics deploy --set identity_mapping=false` removes them".to_owned());
    lines
}
