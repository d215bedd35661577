//! Stacks, alarms and the schedule.

use aws_sdk_cloudwatch::types::{MetricAlarm, StateValue};
use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::types::ScheduleState;
use serde::Serialize;

use super::StatusProblem;
use crate::aws::Aws;
use crate::observed_stack::{ObservedStack, alarm_resources};
use crate::stack::{Stack, StackState};
use crate::stack_drift::Drift;
use crate::stack_resources::StackResource;
use crate::step::ErrorCategory;

/// What the names of the identity stack's alarms begin with.
const NAMES: &str = "identity ";
/// What the names of the follow-up stack's alarms begin with.
const FOLLOW_UP: &str = "follow-up ";
/// What the names of the reports stack's alarms begin with.
const REPORTS: &str = "reports ";

/// The status of a stack.
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

/// The status of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmStatus {
    /// Its name in the template, such as `FailedAlarm`.
    pub name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`
    pub state: String,
    /// The meaning of the alarm.
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
                "the last change was rolled back: `kiro-analytics deploy` tries it again and shows what fails"
            }
            StackState::InProgress => "it is being changed: wait, then run this again",
            StackState::Empty | StackState::CreationFailed => {
                "`kiro-analytics deploy` shows the cause, and cleans up after confirmation"
            }
            StackState::RollbackFailed => {
                "`kiro-analytics deploy` continues the rollback, then updates the stack"
            }
        };
        let reason = if self.reason.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.reason)
        };
        Some(StatusProblem::new(
            ErrorCategory::Aws,
            format!("stack `{name}` is {status}{reason}"),
            hint,
        ))
    }
}

impl AlarmStatus {
    fn of(alarm: &MetricAlarm, resources: &[&StackResource]) -> Self {
        let name = alarm.alarm_name().unwrap_or_default();
        let known = resources
            .iter()
            .find(|resource| resource.physical_id == name);
        let description = alarm.alarm_description().unwrap_or_default();
        let first = description.split(". ").next().unwrap_or(description);
        Self {
            name: known
                .map_or(name, |resource| &resource.logical_id)
                .to_owned(),
            state: alarm
                .state_value()
                .map_or("", StateValue::as_str)
                .to_owned(),
            meaning: first.trim_end_matches('.').to_owned(),
        }
    }

    /// The alarm of the identity stack: `identity FailedAlarm`.
    pub(super) fn of_names(self) -> Self {
        Self {
            name: format!("{NAMES}{}", self.name),
            ..self
        }
    }

    /// The alarm of the follow-up stack: `follow-up FailedAlarm`.
    pub(super) fn of_follow_up(self) -> Self {
        Self {
            name: format!("{FOLLOW_UP}{}", self.name),
            ..self
        }
    }

    /// The alarm of the reports stack: `reports FailedAlarm`.
    pub(super) fn of_reports(self) -> Self {
        Self {
            name: format!("{REPORTS}{}", self.name),
            ..self
        }
    }

    pub(super) fn hint(&self) -> &'static str {
        if let Some(name) = self.name.strip_prefix(FOLLOW_UP) {
            return match name {
                "FailedAlarm" => {
                    "`kiro-analytics logs` names the datasets, the alerts and the reasons; `kiro-analytics refresh --only import` imports now"
                }
                _ => "the queue's message shows the reason; purge it after fixing the cause",
            };
        }
        if let Some(name) = self.name.strip_prefix(REPORTS) {
            return match name {
                "FailedAlarm" => "`kiro-analytics logs` has the reasons",
                _ => "the queue's message shows the reason; purge it after fixing the cause",
            };
        }
        if let Some(name) = self.name.strip_prefix(NAMES) {
            return match name {
                "FailedAlarm" => {
                    "`kiro-analytics refresh` makes the map again and says why it fails"
                }
                "NotRunAlarm" => {
                    "`kiro-analytics refresh` makes the map now; also check the schedule"
                }
                _ => "the queue's message shows the reason; purge it after fixing the cause",
            };
        }
        match self.name.as_str() {
            "FailedAlarm" | "RejectedRowsAlarm" => "`kiro-analytics logs` names the exports",
            "NotRunAlarm" => "`kiro-analytics refresh` runs it now; also check the schedule",
            "DeadLettersAlarm" => {
                "the queue's message shows the reason; purge it after fixing the cause"
            }
            _ => "`kiro-analytics preflight` checks whether exports still arrive",
        }
    }
}

/// The problems of changes made outside `CloudFormation`.
pub(super) async fn drift(
    aws: &Aws,
    stack: &Stack,
    resources: &[StackResource],
    observed: &ObservedStack,
) -> Vec<StatusProblem> {
    if stack.state() != StackState::Settled {
        return Vec::new();
    }
    let drift = Drift::compare(aws, stack, resources, observed).await;
    let unread = drift.errors.iter().map(StatusProblem::of);
    let differences = drift.differences.into_iter().map(|difference| {
        StatusProblem::new(
            ErrorCategory::Aws,
            format!("changed outside CloudFormation: {difference}"),
            "`kiro-analytics deploy` corrects it",
        )
    });
    differences.chain(unread).collect()
}

/// The status of the alarms, with their names in the template.
pub(super) fn alarms(found: &[MetricAlarm], resources: &[StackResource]) -> Vec<AlarmStatus> {
    let ours: Vec<&StackResource> = alarm_resources(resources).collect();
    let alarms = found.iter().map(|alarm| AlarmStatus::of(alarm, &ours));
    let mut alarms: Vec<AlarmStatus> = alarms.collect();
    alarms.sort_by(|one, other| one.name.cmp(&other.name));
    alarms
}

impl ScheduleStatus {
    pub(super) fn of(schedule: GetScheduleOutput) -> Self {
        Self {
            state: schedule
                .state()
                .map_or("", ScheduleState::as_str)
                .to_owned(),
            expression: schedule.schedule_expression.unwrap_or_default(),
            time_zone: schedule.schedule_expression_timezone.unwrap_or_default(),
        }
    }
}
