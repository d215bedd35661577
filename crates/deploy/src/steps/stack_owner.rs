//! The owner of the data stack, and whether the stack has changed since its settings were read.

use super::stack_operation::concurrent_change;
use crate::stack::{Stack, StackState};
use crate::step::{Change, ChangeKind, Deployment, ErrorCategory, StepError};
use crate::tags;

/// Rejects a stack without the tag of this deployment, unless `--take-over` names it.
///
/// # Errors
///
/// If the stack belongs to another deployment or another tool.
pub(super) fn refuse_unmanaged(deployment: &Deployment, stack: &Stack) -> Result<(), StepError> {
    // A change set that was never executed leaves a stack without tags.
    if stack.state() == StackState::Empty
        || is_managed(deployment, stack)
        || deployment.take_over.contains(&stack.name)
    {
        return Ok(());
    }
    let name = &stack.name;
    let what = match stack.tags.get(tags::DEPLOYMENT) {
        Some(other) => format!("stack `{name}` belongs to the deployment `{other}`"),
        None => format!(
            "stack `{name}` was not created by `kiro-analytics deploy`: it has no tag `{}`",
            tags::DEPLOYMENT
        ),
    };
    Err(StepError::failed(
        ErrorCategory::Usage,
        what,
        format!(
            "choose another prefix with --prefix, or take the stack over with `--take-over {name}`: resources that are not in this program's template are then deleted, and the plan lists them first"
        ),
    ))
}

fn is_managed(deployment: &Deployment, stack: &Stack) -> bool {
    stack.tags.get(tags::DEPLOYMENT) == Some(&deployment.names.prefix)
}

/// The change for a stack that is taken over.
pub(super) fn taking_over(deployment: &Deployment, stack: &Stack) -> Option<Change> {
    if is_managed(deployment, stack) {
        return None;
    }
    let change = Change::new(ChangeKind::Overwrite, format!("stack `{}`", stack.name));
    Some(change.detail("it is taken over: from now on it carries the tag of this deployment, and `teardown` removes it"))
}

/// Fails if another deployment has changed the settings since they were read.
///
/// # Errors
///
/// If the parameters of the stack have changed.
pub(super) fn refuse_lost_settings(
    deployment: &Deployment,
    stack: &Stack,
) -> Result<(), StepError> {
    if !matches!(
        stack.state(),
        StackState::Settled | StackState::RollbackFailed
    ) {
        return Ok(());
    }
    let Some(read) = &deployment.read_parameters else {
        return Err(concurrent_change(
            &stack.name,
            "it was created after the settings were read",
        ));
    };
    let mut names: Vec<&str> = read
        .keys()
        .chain(stack.parameters.keys())
        .filter(|name| read.get(*name) != stack.parameters.get(*name))
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Ok(());
    }
    Err(concurrent_change(
        &stack.name,
        &format!("its values of `{}` have changed", names.join("`, `")),
    ))
}
