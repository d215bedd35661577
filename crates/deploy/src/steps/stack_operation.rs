//! Waits for the data stack: until an operation on it has ended, or others have ended theirs.
//!
//! `DescribeStacks` may answer with the status from before the operation, so a status alone ends no wait: an event of the stack
//! that is newer than the operation does, or the change set's own status. The SDK's waiters judge the status alone.

use std::collections::BTreeSet;
use std::time::Duration;

use super::change_set::PreparedChangeSet;
use super::template::{DATA_TEMPLATE, resources};
use crate::aws::Aws;
use crate::progress::Progress;
use crate::stack::{Stack, StackState};
use crate::stack_events::{StackEvent, failure_text, final_status};
use crate::step::{Deployment, ErrorCategory, StepError};

/// Longest time that an operation may take.
const TIMEOUT: Duration = Duration::from_hours(1);

/// An operation on a stack that was begun.
pub(super) struct StackOperation<'a> {
    pub(super) aws: &'a Aws,
    /// Name of the stack.
    pub(super) name: &'a str,
    /// Its id, or its name.
    pub(super) address: String,
    /// The newest event from before the operation.
    pub(super) before: Option<String>,
    /// What is carried out; none if the rollback of an update is continued.
    pub(super) change_set: Option<PreparedChangeSet>,
}

impl StackOperation<'_> {
    /// Waits for its end, and reports what happens to the resources.
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
            show(&events, progress);
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
            // The aim of a rollback that is continued, and the failure of an update.
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

/// Returns true if the stack was read after the operation. `ended` is the status that the operation ended with, by its events;
/// `executed` says whether the change set was carried out.
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

/// Waits while something else changes the stack: a deployment that was interrupted, for example.
pub(crate) async fn wait_until_settled(
    deployment: &Deployment,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    let name = deployment.names.data_stack();
    let aws = &deployment.aws;
    let mut polling = aws.polling(TIMEOUT);
    while let Some(stack) = Stack::find(aws, &name).await? {
        if stack.state() != StackState::InProgress {
            break;
        }
        let events = StackEvent::of_last_attempt(aws, stack.address()).await?;
        show(&events, progress);
        progress.doing(&format!("waiting: stack {name} is being changed"));
        if !polling.again().await {
            return Err(in_progress(&stack));
        }
    }
    Ok(())
}

fn show(events: &[StackEvent], progress: &dyn Progress) {
    let done: BTreeSet<&str> = events
        .iter()
        .filter(|event| !event.is_of_stack() && event.status.ends_with("_COMPLETE"))
        .map(|event| event.resource.as_str())
        .collect();
    if let Some(last) = events.iter().rev().find(|event| !event.is_of_stack()) {
        progress.doing(&format!("{}: {}", last.resource, last.status));
    }
    let all = resources(DATA_TEMPLATE).len().max(done.len()) as u64;
    progress.count(done.len() as u64, Some(all), "resources");
}

pub(super) fn in_progress(stack: &Stack) -> StepError {
    StepError::failed(
        ErrorCategory::Aws,
        format!("stack `{}` is being changed ({})", stack.name, stack.status),
        "wait until the change ends, then run the command again",
    )
}

/// Another deployment has changed the stack since its settings were read, or its change set was made.
pub(super) fn concurrent_change(name: &str, how: &str) -> StepError {
    StepError::failed(
        ErrorCategory::Aws,
        format!("stack `{name}` was changed by another deployment in the meantime: {how}"),
        "nothing was overwritten; run the command again: it starts from the current state",
    )
}

/// Why the newest operation has failed.
pub(super) async fn failure_cause(aws: &Aws, stack: &Stack) -> Result<String, StepError> {
    let events = StackEvent::of_last_attempt(aws, stack.address()).await?;
    Ok(failure_text(&events, &stack.reason))
}
