//! A stack that a step creates and updates by change sets: plan, apply and discard are the same for all stacks.

use async_trait::async_trait;

use super::change_set::ChangeSet;
use super::data_layer::DataLayer;
use super::desired_stack::DesiredStack;
use super::stack_operation::{StackOperation, concurrent_change, failure_cause, in_progress};
use super::stack_owner::{refuse_unmanaged, taking_over};
use super::template::resources;
use crate::aws::{Aws, Context};
use crate::progress::Progress;
use crate::stack::{Stack, StackState};
use crate::stack_deletion::{delete, refuse_protected};
use crate::stack_drift::Drift;
use crate::stack_events::StackEvent;
use crate::stack_resources::StackResource;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, StepError, StepPlan,
};
use crate::tags;

/// What differs from stack to stack.
#[async_trait]
pub(super) trait ManagedStack: Send + Sync {
    fn name(&self, deployment: &Deployment) -> String;

    fn template(&self) -> &'static str;

    /// The desired stack. `existing` is none if the stack will be created.
    async fn desired(
        &self,
        deployment: &Deployment,
        existing: Option<&Stack>,
    ) -> Result<DesiredStack, StepError>;

    /// Whether outputs of the data stack are among its parameters.
    fn follows_data_stack(&self) -> bool {
        true
    }

    /// Refuses an existing stack that must not be changed.
    fn refuse(&self, _deployment: &Deployment, _stack: &Stack) -> Result<(), StepError> {
        Ok(())
    }

    /// Changes to show besides those of the change set.
    async fn replacements(
        &self,
        _deployment: &Deployment,
        _stack: &Stack,
        _desired: &DesiredStack,
    ) -> Result<Vec<Change>, StepError> {
        Ok(Vec::new())
    }
}

/// The stack of an earlier deployment that had it; none if another tool has created it.
pub(super) async fn removable(
    managed: &dyn ManagedStack,
    deployment: &Deployment,
) -> Result<Option<Stack>, StepError> {
    let stack = Stack::find(&deployment.aws, &managed.name(deployment)).await?;
    let prefix = &deployment.names.prefix;
    Ok(stack.filter(|stack| stack.tags.get(tags::DEPLOYMENT) == Some(prefix)))
}

/// Returns true if the change creates a stack.
pub(super) fn is_creation(change: &Change) -> bool {
    change.kind == ChangeKind::Create && change.what.starts_with("stack ")
}

/// Plans the creation or the update.
pub(super) async fn plan(
    managed: &dyn ManagedStack,
    deployment: &Deployment,
    earlier: &[StepPlan],
) -> Result<Planned, StepError> {
    let (name, template) = (managed.name(deployment), managed.template());
    let aws = &deployment.aws;
    let Some(stack) = Stack::find(aws, &name).await? else {
        managed.desired(deployment, None).await?;
        return Ok(Planned::changes(vec![creation(&name, template)]));
    };
    refuse_unmanaged(deployment, &stack)?;
    managed.refuse(deployment, &stack)?;
    let existing = matches!(
        stack.state(),
        StackState::Settled | StackState::RollbackFailed
    );
    let desired = managed
        .desired(deployment, existing.then_some(&stack))
        .await?;
    match stack.state() {
        StackState::Empty => Ok(Planned::changes(vec![creation(&name, template)])),
        StackState::CreationFailed => {
            refuse_protected(&stack)?;
            let cause = failure_cause(aws, &stack).await?;
            let change = Change::new(ChangeKind::Replace, format!("stack `{name}`"))
                .detail(format!("it is in state {}: {cause}", stack.status))
                .detail("its remaining resources are deleted, then it is created again; a bucket with results is retained");
            Ok(Planned::changes(vec![change, creation(&name, template)]))
        }
        StackState::InProgress => Err(in_progress(&stack)),
        StackState::RollbackFailed => {
            let cause = failure_cause(aws, &stack).await?;
            let change = Change::new(ChangeKind::Update, format!("stack `{name}`"))
                .detail(format!("it is in state {}: {cause}", stack.status))
                .detail("the rollback of its last update is continued, then it is updated");
            Ok(Planned::changes(vec![change]))
        }
        // Its parameters are known when the data stack is there again.
        StackState::Settled
            if managed.follows_data_stack() && DataLayer::find(deployment).await?.is_none() =>
        {
            let change = Change::new(ChangeKind::Update, format!("stack `{name}`"))
                .detail("the data stack is missing: it gets the outputs of the new one");
            Ok(Planned::changes(vec![change]))
        }
        StackState::Settled => {
            let drift = without_planned_code(drift_of(aws, &stack).await?, earlier);
            if drift.is_empty() && desired.matches(aws, &stack).await? {
                return Ok(Planned::default());
            }
            let replaced = managed.replacements(deployment, &stack, &desired).await?;
            let change_set = change_set(aws, &name, &desired, Some(&stack), &drift);
            let prepared = change_set.prepare(&desired, Some(&stack)).await?;
            let mut changes = prepared.map_or_else(Vec::new, |prepared| prepared.changes);
            changes.splice(0..0, desired.changed_parameters(&stack));
            changes.splice(0..0, replaced);
            changes.splice(0..0, drift_change(&name, drift));
            changes.splice(0..0, taking_over(deployment, &stack));
            if changes.is_empty() {
                changes.push(
                    Change::new(ChangeKind::Update, format!("stack `{name}`"))
                        .detail("its template or its tags"),
                );
            }
            Ok(Planned::changes(changes))
        }
    }
}

/// Creates or updates the stack, as planned.
pub(super) async fn apply(
    managed: &dyn ManagedStack,
    deployment: &Deployment,
    plan: &StepPlan,
    progress: &dyn Progress,
) -> Result<Applied, StepError> {
    let (name, template) = (managed.name(deployment), managed.template());
    let aws = &deployment.aws;
    let mut stack = Stack::find(aws, &name).await?;
    if let Some(found) = &stack {
        refuse_unmanaged(deployment, found)?;
        managed.refuse(deployment, found)?;
    }
    match stack.as_ref().map(Stack::state) {
        Some(StackState::CreationFailed) => {
            progress.doing(&format!("deleting the remaining resources of stack {name}"));
            if let Some(remains) = stack.take() {
                delete(aws, &remains, progress).await?;
            }
        }
        Some(StackState::RollbackFailed) => {
            progress.doing(&format!("continuing the rollback of stack {name}"));
            stack = Some(continue_rollback(aws, &name, template, progress).await?);
        }
        Some(StackState::Empty) => stack = None,
        Some(StackState::Settled | StackState::InProgress) | None => {}
    }
    let desired = managed.desired(deployment, stack.as_ref()).await?;
    let drift = match &stack {
        Some(stack) => drift_of(aws, stack).await?,
        None => Vec::new(),
    };
    let change_set = change_set(aws, &name, &desired, stack.as_ref(), &drift);
    let prepared = change_set.prepare(&desired, stack.as_ref()).await?;
    let Some(prepared) = prepared else {
        return check_no_drift(&name, &drift, "CloudFormation found nothing to correct");
    };
    if let Some(change) = plan.unapproved_destructive_change(&prepared.changes) {
        return Err(concurrent_change(
            &name,
            &format!(
                "{} would be lost, which was not in the approved plan",
                change.what
            ),
        ));
    }
    let address = stack.as_ref().map_or(name.as_str(), Stack::address);
    let before = StackEvent::newest(aws, address).await?;
    change_set.execute(&prepared).await?;
    // The id of a new stack is known only after its change set was created.
    let address = match &stack {
        Some(stack) => stack.address().to_owned(),
        None => Stack::find(aws, &name)
            .await?
            .map_or_else(|| name.clone(), |stack| stack.address().to_owned()),
    };
    let operation = StackOperation {
        aws,
        name: &name,
        address,
        template,
        before,
        change_set: Some(prepared),
    };
    let stack = operation.wait(progress).await?;
    if drift.is_empty() {
        return Ok(Applied::default());
    }
    let drift = drift_of(aws, &stack).await?;
    check_no_drift(&name, &drift, "CloudFormation did not correct it")
}

/// Deletes the change sets that planning has created.
pub(super) async fn discard_plan(
    managed: &dyn ManagedStack,
    deployment: &Deployment,
) -> Result<(), StepError> {
    let name = managed.name(deployment);
    let stack = Stack::find(&deployment.aws, &name).await?;
    let Some(stack) = stack.filter(|stack| stack.state() == StackState::Settled) else {
        return Ok(());
    };
    let desired = managed.desired(deployment, Some(&stack)).await?;
    let change_set = ChangeSet::new(
        &deployment.aws,
        &name,
        desired.change_set_name(Some(&stack)),
    );
    change_set.delete().await?;
    Ok(change_set.reverting_drift().delete().await?)
}

/// The changes made outside `CloudFormation`. Ignores denied reads, which `status` and `preflight` report.
async fn drift_of(aws: &Aws, stack: &Stack) -> Result<Vec<String>, StepError> {
    let resources = StackResource::of_stack(aws, stack.address()).await?;
    let drift = Drift::find(aws, stack, &resources).await;
    match drift.errors.into_iter().find(|error| !error.is_denied()) {
        Some(error) => Err(error.into()),
        None => Ok(drift.differences),
    }
}

/// Leaves out the function's code if the step `function_code` of the same run replaces it.
fn without_planned_code(mut drift: Vec<String>, earlier: &[StepPlan]) -> Vec<String> {
    let plans = earlier.iter().filter(|plan| plan.name == "function_code");
    let planned: Vec<&str> = plans
        .flat_map(|plan| &plan.changes)
        .map(|change| change.what.as_str())
        .collect();
    drift.retain(|difference| {
        let is_planned = |what: &&str| {
            let rest = difference.strip_prefix(*what);
            rest.is_some_and(|rest| rest.starts_with(" runs other code"))
        };
        !planned.iter().any(is_planned)
    });
    drift
}

fn change_set<'a>(
    aws: &'a Aws,
    name: &'a str,
    desired: &DesiredStack,
    stack: Option<&Stack>,
    drift: &[String],
) -> ChangeSet<'a> {
    let change_set = ChangeSet::new(aws, name, desired.change_set_name(stack));
    if drift.is_empty() {
        change_set
    } else {
        change_set.reverting_drift()
    }
}

fn drift_change(name: &str, drift: Vec<String>) -> Option<Change> {
    if drift.is_empty() {
        return None;
    }
    let change = Change::new(ChangeKind::Update, format!("drift of stack `{name}`"));
    let change = change.detail("changed outside CloudFormation, and corrected:");
    Some(drift.into_iter().fold(change, Change::detail))
}

fn check_no_drift(name: &str, drift: &[String], why: &str) -> Result<Applied, StepError> {
    if drift.is_empty() {
        return Ok(Applied::default());
    }
    Err(StepError::failed(
        ErrorCategory::Aws,
        format!(
            "stack `{name}` differs from its template, and {why}: {}",
            drift.join("; ")
        ),
        "correct it in the console, or delete the resource and change a setting such as `memory_megabytes`, which updates the stack",
    ))
}

/// Continues the failed rollback of an update, and waits for its end.
async fn continue_rollback(
    aws: &Aws,
    name: &str,
    template: &'static str,
    progress: &dyn Progress,
) -> Result<Stack, StepError> {
    let before = StackEvent::newest(aws, name).await?;
    aws.clients()
        .cloudformation
        .continue_update_rollback()
        .stack_name(name)
        .send()
        .await
        .context(
            aws,
            "cloudformation:ContinueUpdateRollback",
            format!("stack `{name}`"),
        )?;
    let operation = StackOperation {
        aws,
        name,
        address: name.to_owned(),
        template,
        before,
        change_set: None,
    };
    operation.wait(progress).await
}

fn creation(name: &str, template: &'static str) -> Change {
    let mut change = Change::new(ChangeKind::Create, format!("stack `{name}`"));
    for (resource, kind, condition) in resources(template) {
        let when = condition.map_or_else(String::new, |condition| format!(", if {condition}"));
        change = change.detail(format!("{resource} ({kind}{when})"));
    }
    change
}
