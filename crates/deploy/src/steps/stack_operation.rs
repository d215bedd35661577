//! Waits for operations on a stack: its own, and those of others.
//!
//! `DescribeStacks` may return the status from before the operation, so the status alone does not end a wait: a newer event of
//! the stack does, or the status of the change set. The SDK's waiters use only the status.

use std::collections::BTreeSet;
use std::time::Duration;

use super::change_set::PreparedChangeSet;
use super::template::{DATA_TEMPLATE, IDENTITY_TEMPLATE, resources};
use crate::aws::Aws;
use crate::progress::Progress;
use crate::stack::{Stack, StackState};
use crate::stack_events::{StackEvent, failure_text, final_status};
use crate::step::{Deployment, ErrorCategory, StepError};

/// Maximum time for an operation.
const TIMEOUT: Duration = Duration::from_hours(1);

/// A running operation on a stack.
pub(super) struct StackOperation<'a> {
    pub(super) aws: &'a Aws,
    /// Name of the stack.
    pub(super) name: &'a str,
    /// Its id, or its name.
    pub(super) address: String,
    pub(super) template: &'static str,
    /// The newest event from before the operation.
    pub(super) before: Option<String>,
    /// The change set that is executed; none if the rollback of an update is continued.
    pub(super) change_set: Option<PreparedChangeSet>,
}

impl StackOperation<'_> {
    /// Waits for its end, and reports the progress of the resources.
    pub(super) async fn wait(&self, progress: &dyn Progress) -> Result<Stack, StepError> {
        let mut polling = self.aws.polling(TIMEOUT);
        loop {
            let events =
                match StackEvent::after(self.aws, &self.address, self.before.as_deref()).await {
                    Err(error) if error.is_not_found() => {
                        return Err(self.failed("DELETE_COMPLETE", "it no longer exists"));
                    }
                    events => events?,
                };
            show(&events, self.template, progress);
            let ended = final_status(&events);
            let executed = match (&self.change_set, ended) {
                (Some(change_set), None) => change_set.was_executed(self.aws, self.name).await?,
                _ => None,
            };
            if ended.is_some() || executed.is_some() {
                let stack = Stack::find(self.aws, &self.address).await?;
                if ended == Some("DELETE_COMPLETE") {
                    return Err(self.failed(
                        "DELETE_COMPLETE",
                        &failure_text(&events, "it no longer exists"),
                    ));
                }
                if let Some(stack) = stack
                    && is_after(&stack, ended, executed)
                {
                    return self.outcome(stack, &events);
                }
            }
            if !polling.again().await {
                return Err(StepError::failed(
                    ErrorCategory::Aws,
                    format!(
                        "stack `{}` is still being changed after {} minutes",
                        self.name,
                        TIMEOUT.as_secs() / 60
                    ),
                    "run the command again: it continues to wait",
                ));
            }
        }
    }

    fn outcome(&self, stack: Stack, events: &[StackEvent]) -> Result<Stack, StepError> {
        let is_good = match stack.status.as_str() {
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => true,
            // Success for a continued rollback, failure for an update.
            "UPDATE_ROLLBACK_COMPLETE" => self.change_set.is_none(),
            _ => false,
        };
        if is_good {
            return Ok(stack);
        }
        Err(self.failed(&stack.status, &failure_text(events, &stack.reason)))
    }

    fn failed(&self, status: &str, cause: &str) -> StepError {
        StepError::failed(
            ErrorCategory::Aws,
            format!(
                "stack `{}` could not be deployed ({status}): {cause}",
                self.name
            ),
            "fix the cause, then run the command again: it shows what is left and removes it after confirmation",
        )
    }
}

/// Returns true if the stack was read after the operation. `ended` is the final status of the operation, by its events;
/// `executed` is the result of the change set.
fn is_after(stack: &Stack, ended: Option<&str>, executed: Option<bool>) -> bool {
    match (ended, executed) {
        (Some(ended), _) => stack.status == ended,
        (None, Some(true)) => {
            matches!(
                stack.status.as_str(),
                "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE"
            )
        }
        (None, Some(false)) => {
            stack.status.contains("ROLLBACK") && stack.state() != StackState::InProgress
                || stack.status.ends_with("_FAILED")
        }
        (None, None) => false,
    }
}

/// Waits while other operations change the stacks, such as those of an interrupted deployment.
pub(crate) async fn wait_until_settled(
    deployment: &Deployment,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    let stacks = [
        (deployment.names.data_stack(), DATA_TEMPLATE),
        (deployment.names.identity_stack(), IDENTITY_TEMPLATE),
    ];
    for (name, template) in stacks {
        wait_for(deployment, &name, template, progress).await?;
    }
    Ok(())
}

async fn wait_for(
    deployment: &Deployment,
    name: &str,
    template: &str,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    let aws = &deployment.aws;
    let mut polling = aws.polling(TIMEOUT);
    while let Some(stack) = Stack::find(aws, name).await? {
        if stack.state() != StackState::InProgress {
            break;
        }
        let events = StackEvent::of_last_attempt(aws, stack.address()).await?;
        show(&events, template, progress);
        progress.doing(&format!("waiting: stack {name} is being changed"));
        if !polling.again().await {
            return Err(in_progress(&stack));
        }
    }
    Ok(())
}

fn show(events: &[StackEvent], template: &str, progress: &dyn Progress) {
    let done: BTreeSet<&str> = events
        .iter()
        .filter(|event| !event.is_of_stack() && event.status.ends_with("_COMPLETE"))
        .map(|event| event.resource.as_str())
        .collect();
    if let Some(last) = events.iter().rev().find(|event| !event.is_of_stack()) {
        progress.doing(&format!("{}: {}", last.resource, last.status));
    }
    let all = resources(template).len().max(done.len()) as u64;
    progress.count(done.len() as u64, Some(all), "resources");
}

pub(super) fn in_progress(stack: &Stack) -> StepError {
    StepError::failed(
        ErrorCategory::Aws,
        format!("stack `{}` is being changed ({})", stack.name, stack.status),
        "wait until the change ends, then run the command again",
    )
}

/// The error if another deployment has changed the stack since its settings were read or its change set was created.
pub(super) fn concurrent_change(name: &str, how: &str) -> StepError {
    StepError::failed(
        ErrorCategory::Aws,
        format!("stack `{name}` was changed by another deployment in the meantime: {how}"),
        "nothing was overwritten; run the command again: it starts from the current state",
    )
}

/// The cause of the failure of the newest operation.
pub(super) async fn failure_cause(aws: &Aws, stack: &Stack) -> Result<String, StepError> {
    let events = StackEvent::of_last_attempt(aws, stack.address()).await?;
    Ok(failure_text(&events, &stack.reason))
}
