//! Whose the data stack is, and whether it is still what the settings were read from.

use super::stack_operation::concurrent_change;
use crate::stack::{Stack, StackState};
use crate::step::{Change, ChangeKind, Deployment, ErrorCategory, StepError};
use crate::tags;

/// Refuses a stack without the tag of this deployment, unless `--take-over` names it.
///
/// # Errors
///
/// If the stack belongs to another deployment or another tool.
pub(super) fn refuse_unmanaged(deployment: &Deployment, stack: &Stack) -> Result<(), StepError> {
    // A change set that was never executed has made a name and no tag.
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

/// What the plan says of a stack that is taken over.
pub(super) fn taking_over(deployment: &Deployment, stack: &Stack) -> Option<Change> {
    if is_managed(deployment, stack) {
        return None;
    }
    let change = Change::new(ChangeKind::Overwrite, format!("stack `{}`", stack.name));
    Some(change.detail("it is taken over: from now on it carries the tag of this deployment, and `teardown` removes it"))
}

/// Refuses to write settings that were read before another deployment wrote others.
///
/// # Errors
///
/// If the stack has other parameters now.
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
