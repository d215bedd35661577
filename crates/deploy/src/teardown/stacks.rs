//! The stacks: which of them go, and deleting them to the end.

use std::time::Duration;

use super::{Action, Teardown, TeardownPlan};
use crate::aws::{Aws, AwsError};
use crate::progress::Progress;
use crate::stack::{Stack, StackEvent, first_cause};
use crate::stack_resources::StackResource;
use crate::step::{Blame, StepError};
use crate::tags;

/// So long a stack may take.
const WITHIN: Duration = Duration::from_mins(45);

pub(super) async fn look(teardown: &Teardown<'_>, plan: &mut TeardownPlan) -> Result<(), AwsError> {
    let identity = Stack::find(teardown.aws, &teardown.names.identity_stack()).await?;
    let stacks = [identity.as_ref(), teardown.stack];
    for stack in stacks.into_iter().flatten() {
        let prefix = &teardown.names.prefix;
        if stack.tags.get(tags::DEPLOYMENT) != Some(prefix) {
            plan.obstruct(
                format!("stack `{}` was not made by `kiro-analytics deploy`: it has no tag of this deployment", stack.name),
                format!("if it shall go, delete it in the CloudFormation console; or run `kiro-analytics deploy --prefix {prefix}` once, which takes it over"),
            );
            continue;
        }
        if stack.status.ends_with("_IN_PROGRESS") && stack.status != "DELETE_IN_PROGRESS" {
            plan.obstruct(
                format!("stack `{}` is {}", stack.name, stack.status),
                "wait until that has ended",
            );
        }
        let resources = StackResource::of_stack(teardown.aws, &stack.name).await?;
        let mut kinds: Vec<String> = resources
            .iter()
            .filter(|resource| {
                resource.logical_id != "ResultsBucket"
                    && resource.logical_id != "ResultsBucketPolicy"
            })
            .map(|resource| resource.logical_id.clone())
            .collect();
        kinds.sort();
        let bucket = resources
            .iter()
            .find(|resource| resource.logical_id == "ResultsBucket")
            .map(|resource| resource.physical_id.clone());
        plan.go(
            format!("stack `{}`", stack.name),
            vec![format!("{} resources: {}", kinds.len(), kinds.join(", "))],
            Action::Stack {
                name: stack.name.clone(),
                leaves: bucket.filter(|bucket| !bucket.is_empty()),
            },
        );
    }
    Ok(())
}

/// Deletes a stack and waits until it is gone.
pub(super) async fn delete(
    aws: &Aws,
    name: &str,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    let Some(stack) = Stack::find(aws, name).await? else {
        return Ok(());
    };
    if stack.status != "DELETE_IN_PROGRESS"
        && let Err(error) = Stack::delete(aws, name).await
    {
        if error.message.contains("TerminationProtection") {
            return Err(StepError::failed(
                Blame::Aws,
                format!("stack `{name}` is protected from being deleted"),
                "take the termination protection off in the CloudFormation console, then run this again",
            ));
        }
        return Err(error.into());
    }
    let mut polling = aws.polling(WITHIN);
    loop {
        match Stack::find(aws, name).await? {
            None => return Ok(()),
            Some(stack) if stack.status == "DELETE_FAILED" => {
                return Err(failure(aws, &stack).await);
            }
            Some(_) => {}
        }
        let resources = StackResource::of_stack(aws, name).await?;
        progress.count(resources.len() as u64, None, "resources left");
        if !polling.again().await {
            return Err(StepError::failed(
                Blame::Aws,
                format!(
                    "stack `{name}` is not gone after {} minutes",
                    WITHIN.as_secs() / 60
                ),
                "look at its events in the CloudFormation console; run this again to go on waiting",
            ));
        }
    }
}

/// The first cause, on top.
async fn failure(aws: &Aws, stack: &Stack) -> StepError {
    let events = StackEvent::of_last_attempt(aws, &stack.id).await;
    let events = events.unwrap_or_default();
    let what = match first_cause(&events) {
        Some(event) => format!(
            "stack `{}` could not be deleted: {} ({}): {}",
            stack.name, event.resource, event.kind, event.reason
        ),
        None => format!(
            "stack `{}` could not be deleted: {}",
            stack.name, stack.reason
        ),
    };
    StepError::failed(
        Blame::Aws,
        what,
        "put that right, then run this again: what is gone already is not looked for",
    )
}
