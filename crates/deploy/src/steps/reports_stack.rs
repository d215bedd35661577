//! The reports stack: the bucket of reports, the function `send-reports`, its schedules and alarms, by change set; and the settings that
//! the function reads. Removed if the settings name no reports: the bucket stays.

use async_trait::async_trait;
use kiro_config::ReportSchedule;

use super::data_layer::{DataLayer, results_bucket};
use super::desired_stack::DesiredStack;
use super::function_kind::FunctionKind;
use super::identity_layer::IdentityLayer;
use super::managed_stack::{self, ManagedStack};
use super::template::REPORTS_TEMPLATE;
use crate::progress::Progress;
use crate::report_settings::{self, REPORT_SETTINGS_FOLDER, ReportSettings};
use crate::schedule;
use crate::stack::Stack;
use crate::stack_deletion;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};
use crate::teardown::{empty_objects, is_results_key, tag_with_deployment};

/// Why the stack is not needed.
const IS_OFF: &str = "`reports` is empty";

/// Creates, updates and removes the reports stack.
pub(crate) struct ReportsStack;

#[async_trait]
impl ManagedStack for ReportsStack {
    fn name(&self, deployment: &Deployment) -> String {
        deployment.names.reports_stack()
    }

    fn template(&self) -> &'static str {
        REPORTS_TEMPLATE
    }

    async fn desired(
        &self,
        deployment: &Deployment,
        existing: Option<&Stack>,
    ) -> Result<DesiredStack, StepError> {
        let data = Stack::find(&deployment.aws, &deployment.names.data_stack()).await?;
        let names = IdentityLayer::find(deployment).await?;
        desired_stack(deployment, existing, data.as_ref(), names.as_ref())
    }
}

/// The stack by the settings and the outputs of the data and the identity stack. Makes no call.
///
/// # Errors
///
/// If the function's zip cannot be read.
pub(crate) fn desired_stack(
    deployment: &Deployment,
    existing: Option<&Stack>,
    data: Option<&Stack>,
    identity: Option<&IdentityLayer>,
) -> Result<DesiredStack, StepError> {
    let settings = deployment.settings();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let output = |name: &str| data.map_or("", |stack| stack.output(name)).to_owned();
    let map = |part: fn(&IdentityLayer) -> &String| identity.map(part).cloned().unwrap_or_default();
    let state = if settings.scheduled {
        "ENABLED"
    } else {
        "DISABLED"
    };
    let expression = |kind: ReportSchedule| {
        if settings.reports.contains(&kind) {
            schedule::report_expression(kind, &settings.reports_at)
        } else {
            String::new()
        }
    };
    let named = [
        ("ResultsBucket", results_bucket(deployment, data)),
        ("ResultsKmsKeyArn", text(&settings.results_kms_key)),
        ("MapBucket", map(|identity| &identity.map_bucket)),
        ("MapKeyArn", map(|identity| &identity.map_key)),
        ("ReportExpireDays", settings.reports_expire_days.to_string()),
        ("AccessLogBucket", text(&settings.access_log_bucket)),
        (
            "MailFrom",
            text(
                &settings
                    .mail_from
                    .clone()
                    .filter(|_| settings.mails_reports()),
            ),
        ),
        ("Architecture", settings.architecture.as_str().to_owned()),
        (
            "MemoryMegabytes",
            settings.reports_memory_megabytes.to_string(),
        ),
        (
            "EphemeralStorageMegabytes",
            settings.reports_storage_megabytes.to_string(),
        ),
        ("LogRetentionDays", settings.log_retention_days.to_string()),
        ("WeeklyExpression", expression(ReportSchedule::Weekly)),
        ("MonthlyExpression", expression(ReportSchedule::Monthly)),
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
        REPORTS_TEMPLATE,
        FunctionKind::SendReports,
        named,
    )
}

#[async_trait]
impl Step for ReportsStack {
    fn name(&self) -> &'static str {
        "reports_stack"
    }

    fn title(&self) -> &'static str {
        "Reports stack"
    }

    async fn check(&self, deployment: &Deployment) -> Result<(), StepError> {
        if let Some((what, hint)) = schedule::report_time_problem(deployment.settings()) {
            return Err(StepError::failed(ErrorCategory::Usage, what, hint));
        }
        Ok(())
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if !deployment.settings().writes_reports() {
            return plan_removal(deployment).await;
        }
        let mut planned = managed_stack::plan(self, deployment, earlier).await?;
        let mut changes = planned.changes.iter_mut();
        if let Some(creation) = changes.find(|change| managed_stack::is_creation(change)) {
            creation.details.splice(0..0, consequences(deployment));
        }
        let settings = if let Some(layer) = DataLayer::find(deployment).await? {
            ReportSettings::find(deployment, &layer.results_bucket)
                .await?
                .change()
        } else {
            // What cannot be written is an error of the plan.
            report_settings::scheduled_reports(deployment.settings(), None)?;
            Some(Change::new(ChangeKind::Create, "settings of reports"))
        };
        planned.changes.splice(0..0, settings);
        Ok(planned)
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        if deployment.settings().writes_reports() {
            let layer = DataLayer::require(deployment).await?;
            let settings = ReportSettings::find(deployment, &layer.results_bucket).await?;
            settings.write(deployment).await?;
            return managed_stack::apply(self, deployment, plan, progress).await;
        }
        if let Some(stack) = managed_stack::removable(self, deployment).await? {
            // The tag finds the bucket that the stack leaves.
            let bucket = stack.output("ReportsBucketName");
            if !bucket.is_empty() {
                tag_with_deployment(&deployment.aws, &deployment.names.prefix, bucket).await?;
            }
            stack_deletion::delete(&deployment.aws, &stack, progress).await?;
        }
        if let Some(bucket) = bucket_with_settings(deployment).await? {
            let aws = &deployment.aws;
            let folder = REPORT_SETTINGS_FOLDER;
            empty_objects(aws, &bucket, folder, is_results_key, progress).await?;
        }
        Ok(Applied::default())
    }

    async fn discard_plan(&self, deployment: &Deployment) -> Result<(), StepError> {
        if !deployment.settings().writes_reports() {
            return Ok(());
        }
        managed_stack::discard_plan(self, deployment).await
    }
}

/// Plans the removal of a stack of an earlier deployment, and of the settings of its function.
async fn plan_removal(deployment: &Deployment) -> Result<Planned, StepError> {
    let Some(stack) = managed_stack::removable(&ReportsStack, deployment).await? else {
        return Ok(Planned::skipped(IS_OFF));
    };
    stack_deletion::refuse_protected(&stack)?;
    let change = Change::new(ChangeKind::Delete, format!("stack `{}`", stack.name));
    let mut changes = vec![
        change
            .detail(format!("{IS_OFF}: no reports are written"))
            .detail(format!(
                "bucket `{}` stays with its reports until they expire",
                stack.output("ReportsBucketName")
            )),
    ];
    if let Some(bucket) = bucket_with_settings(deployment).await? {
        let key = report_settings::key();
        let what = format!("settings of reports in `s3://{bucket}/{key}`");
        let change = Change::new(ChangeKind::Delete, what);
        changes.push(change.detail("with the salt of anonymous reports, in all versions"));
    }
    Ok(Planned::changes(changes))
}

/// The results bucket, if it has settings of reports.
async fn bucket_with_settings(deployment: &Deployment) -> Result<Option<String>, StepError> {
    let Some(layer) = DataLayer::find(deployment).await? else {
        return Ok(None);
    };
    let buckets = deployment.aws.buckets().owned();
    let bucket = layer.results_bucket;
    let has_settings = buckets.has_object(&bucket, &report_settings::key()).await?;
    Ok(has_settings.then_some(bucket))
}

/// What reports mean for the people in them.
fn consequences(deployment: &Deployment) -> Vec<String> {
    let settings = deployment.settings();
    let who = if settings.reports_anonymize {
        "reports show pseudonyms"
    } else {
        "reports name people"
    };
    vec![format!(
        "{who}; they are in a private bucket for {} days{}",
        settings.reports_expire_days,
        if settings.mails_reports() {
            ", and are mailed"
        } else {
            ""
        }
    )]
}
