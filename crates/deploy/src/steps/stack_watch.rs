//! Waiting for the data stack: until it is made, gone, or no longer changed by others; and why it was not made.

use std::collections::BTreeSet;
use std::time::Duration;

use super::template::{DATA_TEMPLATE, resources};
use crate::aws::Aws;
use crate::progress::Progress;
use crate::stack::{Stack, StackEvent, StackState, first_cause};
use crate::step::{Blame, Deployment, StepError};

/// So long a stack may take.
const WITHIN: Duration = Duration::from_hours(1);

/// Waits while something else changes the stack: a deployment that was interrupted, for example.
pub(crate) async fn wait_until_settled(
    deployment: &Deployment,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    let name = deployment.names.data_stack();
    let stack = Stack::find(&deployment.aws, &name).await?;
    if stack.is_some_and(|stack| stack.state() == StackState::Moving) {
        progress.doing(&format!("waiting: stack {name} is being changed already"));
        // How it ends is the plan's matter.
        match watch(&deployment.aws, &name, progress).await {
            Ok(_) | Err(StepError::Failed { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

pub(super) async fn delete(
    aws: &Aws,
    name: &str,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    Stack::delete(aws, name).await?;
    let mut polling = aws.polling(WITHIN);
    while let Some(stack) = Stack::find(aws, name).await? {
        if stack.status == "DELETE_FAILED" {
            let cause = explained(aws, name, &stack.reason).await?;
            return Err(StepError::failed(
                Blame::Aws,
                format!("stack `{name}` could not be deleted: {cause}"),
                "remove what it names in the console, then run the command again",
            ));
        }
        progress.doing(&format!("stack {name}: {}", stack.status));
        if !polling.again().await {
            return Err(moving(&stack));
        }
    }
    Ok(())
}

/// Watches a stack until it has settled, telling what happens to its resources.
pub(super) async fn watch(
    aws: &Aws,
    name: &str,
    progress: &dyn Progress,
) -> Result<Stack, StepError> {
    let all = resources(DATA_TEMPLATE).len() as u64;
    let mut polling = aws.polling(WITHIN);
    loop {
        let stack = Stack::find(aws, name).await?;
        let events = StackEvent::of_last_attempt(aws, name).await?;
        let done: BTreeSet<&str> = events
            .iter()
            .filter(|event| !event.is_of_stack() && event.status.ends_with("_COMPLETE"))
            .map(|event| event.resource.as_str())
            .collect();
        if let Some(last) = events.iter().rev().find(|event| !event.is_of_stack()) {
            progress.doing(&format!("{}: {}", last.resource, last.status));
        }
        progress.count(
            done.len() as u64,
            Some(all.max(done.len() as u64)),
            "resources",
        );
        let Some(stack) = stack else {
            let cause = told(&events, "it is gone");
            return Err(unmade(name, "DELETE_COMPLETE", &cause));
        };
        if stack.state() != StackState::Moving {
            let is_good = matches!(
                stack.status.as_str(),
                "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE"
            );
            if is_good {
                return Ok(stack);
            }
            return Err(unmade(name, &stack.status, &told(&events, &stack.reason)));
        }
        if !polling.again().await {
            return Err(moving(&stack));
        }
    }
}

pub(super) fn moving(stack: &Stack) -> StepError {
    StepError::failed(
        Blame::Aws,
        format!("stack `{}` is being changed ({})", stack.name, stack.status),
        "wait until that has ended, then run the command again",
    )
}

fn unmade(name: &str, status: &str, cause: &str) -> StepError {
    StepError::failed(
        Blame::Aws,
        format!("stack `{name}` could not be deployed ({status}): {cause}"),
        "remove the cause, then run the command again: it explains what is left and, after asking, cleans it",
    )
}

pub(super) async fn explained(aws: &Aws, name: &str, otherwise: &str) -> Result<String, StepError> {
    let events = StackEvent::of_last_attempt(aws, name).await?;
    Ok(told(&events, otherwise))
}

fn told(events: &[StackEvent], otherwise: &str) -> String {
    match first_cause(events) {
        Some(event) => format!("`{}` ({}): {}", event.resource, event.kind, event.reason),
        None if otherwise.is_empty() => "CloudFormation gives no reason".to_owned(),
        None => otherwise.to_owned(),
    }
}
