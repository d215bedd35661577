//! The follow-up stack: the function `follow-up` with its rule and alarms, by change set. Removed if the settings switch both off,
//! Quick Sight and alerts.

use async_trait::async_trait;
use kiro_dashboard_quicksight::RULES;

use super::desired_stack::DesiredStack;
use super::function_kind::FunctionKind;
use super::identity_layer::IdentityLayer;
use super::managed_stack::{self, ManagedStack};
use super::quicksight::required_data_sets;
use super::template::FOLLOW_UP_TEMPLATE;
use crate::alert_parameters::alert_parameters;
use crate::follow_up::{MAX_IMPORTS_A_DAY, data_sets_json};
use crate::progress::Progress;
use crate::stack::Stack;
use crate::stack_deletion;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};

/// The part of an ARN between the account and the function's name.
const FUNCTION: &str = "-data-normalize-report";
/// Maximum length of the list of datasets, and of it with the parameters of alerts: an environment has 4 KB.
const MAX_LIST_BYTES: usize = 3500;
/// Why the stack is not needed.
const IS_OFF: &str = "`quicksight` is false, and no alerts are sent";

/// Creates, updates and removes the follow-up stack.
pub(crate) struct FollowUpStack;

#[async_trait]
impl ManagedStack for FollowUpStack {
    fn name(&self, deployment: &Deployment) -> String {
        deployment.names.follow_up_stack()
    }

    fn template(&self) -> &'static str {
        FOLLOW_UP_TEMPLATE
    }

    async fn desired(
        &self,
        deployment: &Deployment,
        existing: Option<&Stack>,
    ) -> Result<DesiredStack, StepError> {
        let data = Stack::find(&deployment.aws, &deployment.names.data_stack()).await?;
        let names = if deployment.settings().sends_alerts() {
            IdentityLayer::find(deployment).await?
        } else {
            None
        };
        desired_stack(deployment, existing, data.as_ref(), names.as_ref())
    }
}

/// The stack by the settings, the dashboard's datasets, and the outputs of the data and the identity stack. Makes no call.
///
/// # Errors
///
/// If the dashboard has errors or too many datasets, or if the function's zip cannot be read.
pub(crate) fn desired_stack(
    deployment: &Deployment,
    existing: Option<&Stack>,
    data: Option<&Stack>,
    identity: Option<&IdentityLayer>,
) -> Result<DesiredStack, StepError> {
    let settings = deployment.settings();
    let names = &deployment.names;
    let output = |name: &str| data.map_or("", |stack| stack.output(name)).to_owned();
    let normalizer = match output("NormalizerArn") {
        none if none.is_empty() => format!(
            "arn:{}:lambda:{}:{}:function:{}{FUNCTION}",
            names.partition, names.region, names.account, names.prefix
        ),
        arn => arn,
    };
    let data_sets = if settings.quicksight {
        data_sets_json(&deployment.catalogue, &required_data_sets(deployment)?)
    } else {
        "[]".to_owned()
    };
    let alerts = alert_parameters(deployment, data, identity);
    let alert_bytes: usize = alerts.iter().map(|(_, value)| value.len()).sum();
    let room = MAX_LIST_BYTES.saturating_sub(alert_bytes);
    if data_sets.len() > room {
        return Err(StepError::failed(
            ErrorCategory::Usage,
            format!(
                "the ids of the dashboard's datasets have {} bytes, {room} are possible",
                data_sets.len()
            ),
            "choose a shorter prefix, or a dashboard that reads fewer views",
        ));
    }
    let rules = if settings.restricts_rows() {
        names.dataset_id(RULES)
    } else {
        String::new()
    };
    let boundary = settings.permissions_boundary.clone();
    let values = [
        ("NormalizerArn", normalizer),
        ("DataSets", data_sets),
        ("RulesDataSet", rules),
        ("DataSetPrefix", names.prefix.clone()),
        ("MaxImportsADay", MAX_IMPORTS_A_DAY.to_string()),
        ("Architecture", settings.architecture.as_str().to_owned()),
        ("LogRetentionDays", settings.log_retention_days.to_string()),
        ("MissedAfterHours", settings.missed_after_hours.to_string()),
        ("AlarmTopicArn", output("AlarmTopicArn")),
        ("PermissionsBoundaryArn", boundary.unwrap_or_default()),
        ("ProductVersion", deployment.version.clone()),
    ];
    DesiredStack::with_function(
        deployment,
        existing,
        FOLLOW_UP_TEMPLATE,
        FunctionKind::FollowUp,
        values.into_iter().chain(alerts),
    )
}

#[async_trait]
impl Step for FollowUpStack {
    fn name(&self) -> &'static str {
        "follow_up_stack"
    }

    fn title(&self) -> &'static str {
        "Follow-up stack"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if deployment.settings().follows_runs() {
            return managed_stack::plan(self, deployment, earlier).await;
        }
        let Some(stack) = managed_stack::removable(self, deployment).await? else {
            return Ok(Planned::skipped(IS_OFF));
        };
        stack_deletion::refuse_protected(&stack)?;
        let change = Change::new(ChangeKind::Delete, format!("stack `{}`", stack.name));
        let change = change.detail(format!("{IS_OFF}: nothing follows a run"));
        Ok(Planned::changes(vec![change]))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        if deployment.settings().follows_runs() {
            return managed_stack::apply(self, deployment, plan, progress).await;
        }
        if let Some(stack) = managed_stack::removable(self, deployment).await? {
            stack_deletion::delete(&deployment.aws, &stack, progress).await?;
        }
        Ok(Applied::default())
    }

    async fn discard_plan(&self, deployment: &Deployment) -> Result<(), StepError> {
        if !deployment.settings().follows_runs() {
            return Ok(());
        }
        managed_stack::discard_plan(self, deployment).await
    }
}
