//! Stacks, alarms and the schedule.

use serde::Serialize;
use serde_json::json;

use super::StatusProblem;
use crate::aws::{Aws, AwsError, Fields, Method, services};
use crate::stack::{Stack, StackState};
use crate::stack_resources::StackResource;
use crate::step::Blame;

/// A stack as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StackStatus {
    pub name: String,
    pub status: String,
    pub version: String,
    pub updated: String,
    pub reason: String,
    #[serde(skip)]
    state: Option<StackState>,
}

/// An alarm as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmStatus {
    /// Its name in the template, such as `FailedAlarm`.
    pub name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`
    pub state: String,
    /// What it says when it is on.
    pub meaning: String,
}

/// When the normalizer runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScheduleStatus {
    pub expression: String,
    pub time_zone: String,
    /// `ENABLED` or `DISABLED`
    pub state: String,
}

impl StackStatus {
    pub(super) fn of(stack: &Stack) -> Self {
        Self {
            name: stack.name.clone(),
            status: stack.status.clone(),
            version: stack.version().to_owned(),
            updated: stack.updated.clone(),
            reason: stack.reason.clone(),
            state: Some(stack.state()),
        }
    }

    pub(super) fn problem(&self) -> Option<StatusProblem> {
        let Self { name, status, .. } = self;
        let hint = match self.state? {
            StackState::Settled if !status.contains("ROLLBACK") => return None,
            StackState::Settled => {
                "the last change was undone: `kiro-analytics deploy` tries it again and says what fails"
            }
            StackState::Moving => "something is changing it: wait, then look again",
            StackState::Empty | StackState::Stillborn => {
                "`kiro-analytics deploy` explains it, and cleans it up after asking"
            }
            StackState::Stuck => {
                "open the stack in the CloudFormation console and choose Continue update rollback"
            }
        };
        let reason = if self.reason.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.reason)
        };
        Some(StatusProblem::new(
            Blame::Aws,
            format!("stack `{name}` is {status}{reason}"),
            hint,
        ))
    }
}

impl AlarmStatus {
    pub(super) fn hint(&self) -> &'static str {
        match self.name.as_str() {
            "FailedAlarm" | "RejectedRowsAlarm" => "`kiro-analytics logs` names the exports",
            "NotRunAlarm" => "`kiro-analytics refresh` runs it now; look at the schedule, too",
            "DeadLettersAlarm" => "the queue's message says why; purge it when the cause is gone",
            _ => "`kiro-analytics preflight` looks whether exports still come",
        }
    }
}

/// The alarms among the resources of a stack.
pub(super) async fn alarms(
    aws: &Aws,
    resources: &[StackResource],
) -> Result<Vec<AlarmStatus>, AwsError> {
    let ours: Vec<&StackResource> = resources
        .iter()
        .filter(|resource| {
            resource.kind == "AWS::CloudWatch::Alarm" && !resource.physical_id.is_empty()
        })
        .collect();
    if ours.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<&str> = ours
        .iter()
        .map(|resource| resource.physical_id.as_str())
        .collect();
    let call = aws
        .call(&services::CLOUDWATCH, "DescribeAlarms")
        .on("the alarms")
        .body(json!({"AlarmNames": names}));
    let answer = call.send().await?;
    let alarms = answer.items("MetricAlarms").iter().map(|alarm| {
        let known = ours
            .iter()
            .find(|resource| resource.physical_id == alarm.text("AlarmName"));
        let description = alarm.text("AlarmDescription");
        let first = description.split(". ").next().unwrap_or(description);
        AlarmStatus {
            name: known.map_or_else(
                || alarm.text("AlarmName").to_owned(),
                |resource| resource.logical_id.clone(),
            ),
            state: alarm.text("StateValue").to_owned(),
            meaning: first.trim_end_matches('.').to_owned(),
        }
    });
    let mut alarms: Vec<AlarmStatus> = alarms.collect();
    alarms.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(alarms)
}

/// The schedule of that name.
pub(super) async fn schedule(aws: &Aws, name: &str) -> Result<Option<ScheduleStatus>, AwsError> {
    if name.is_empty() {
        return Ok(None);
    }
    let call = aws
        .rest(
            &services::SCHEDULER,
            "GetSchedule",
            Method::Get,
            &["schedules", name],
        )
        .on(format!("schedule `{name}`"));
    let found = call.find().await?;
    Ok(found.map(|schedule| ScheduleStatus {
        expression: schedule.text("ScheduleExpression").to_owned(),
        time_zone: schedule.text("ScheduleExpressionTimezone").to_owned(),
        state: schedule.text("State").to_owned(),
    }))
}
