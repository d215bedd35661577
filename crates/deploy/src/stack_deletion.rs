//! Deletes a stack and waits until it no longer exists.

use std::time::Duration;

use crate::aws::Aws;
use crate::progress::Progress;
use crate::stack::Stack;
use crate::stack_events::{StackEvent, failure_text, final_status};
use crate::stack_resources::StackResource;
use crate::step::{ErrorCategory, StepError};

/// Maximum time for the deletion of a stack.
const TIMEOUT: Duration = Duration::from_mins(45);

/// Deletes the stack, or waits for a deletion that is already running.
pub(crate) async fn delete(
    aws: &Aws,
    stack: &Stack,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    let (name, address) = (&stack.name, stack.address());
    refuse_protected(stack)?;
    // A deletion that failed earlier has left its own events.
    let before = match stack.status.as_str() {
        "DELETE_FAILED" => StackEvent::newest(aws, address).await?,
        _ => None,
    };
    if stack.status != "DELETE_IN_PROGRESS" {
        Stack::delete(aws, address).await?;
    }
    let mut polling = aws.polling(TIMEOUT);
    while let Some(found) = Stack::find(aws, address).await? {
        if found.status == "DELETE_FAILED" {
            let events = StackEvent::after(aws, address, before.as_deref()).await?;
            if final_status(&events) == Some("DELETE_FAILED") {
                let cause = failure_text(&events, &found.reason);
                return Err(StepError::failed(
                    ErrorCategory::Aws,
                    format!("stack `{name}` could not be deleted: {cause}"),
                    "remove what it names in the console, then run the command again: it continues where it stopped",
                ));
            }
        }
        let resources = StackResource::of_stack(aws, address).await?;
        progress.doing(&format!("stack {name}: {}", found.status));
        progress.count(resources.len() as u64, None, "resources left");
        if !polling.again().await {
            return Err(StepError::failed(
                ErrorCategory::Aws,
                format!(
                    "stack `{name}` is not deleted after {} minutes",
                    TIMEOUT.as_secs() / 60
                ),
                "check its events in the CloudFormation console; run the command again to continue waiting",
            ));
        }
    }
    Ok(())
}

/// Rejects a stack with termination protection, which `CloudFormation` does not delete.
pub(crate) fn refuse_protected(stack: &Stack) -> Result<(), StepError> {
    if !stack.is_protected {
        return Ok(());
    }
    Err(StepError::failed(
        ErrorCategory::Usage,
        format!("stack `{}` has termination protection", stack.name),
        format!(
            "switch it off with `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name {}`, then run the command again",
            stack.name
        ),
    ))
}
