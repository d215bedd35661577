//! The data stack: bucket, database, workgroup, function, schedule and alarms, by change set.

use async_trait::async_trait;
use serde_json::json;

use super::change_set::ChangeSet;
use super::desired_stack::DesiredStack;
use super::export_source::find_exports;
use super::stack_watch::{delete, explained, moving, watch};
use super::template::{DATA_TEMPLATE, resources};
use crate::aws::services;
use crate::progress::Progress;
use crate::stack::{Stack, StackState};
use crate::step::{
    Applied, Blame, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan,
};

/// Makes and changes the data stack.
pub(crate) struct DataStack;

#[async_trait]
impl Step for DataStack {
    fn name(&self) -> &'static str {
        "data_stack"
    }

    fn title(&self) -> &'static str {
        "Data stack"
    }

    async fn check(&self, deployment: &Deployment) -> Result<(), StepError> {
        let problems = deployment.names.problems();
        if let Some(problem) = problems.first() {
            return Err(StepError::failed(
                Blame::Usage,
                problem.clone(),
                "name a shorter prefix with --prefix",
            ));
        }
        find_exports(deployment).await?;
        Ok(())
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        let name = deployment.names.data_stack();
        let aws = &deployment.aws;
        let stack = Stack::find(aws, &name).await?;
        let existing = stack
            .as_ref()
            .filter(|stack| matches!(stack.state(), StackState::Settled | StackState::Stuck));
        let desired = DesiredStack::of(deployment, existing)?;
        match &stack {
            None => Ok(Planned::changes(vec![creation(&name)])),
            Some(stack) => match stack.state() {
                StackState::Empty => Ok(Planned::changes(vec![creation(&name)])),
                StackState::Stillborn => {
                    let cause = explained(aws, &name, &stack.reason).await?;
                    let change = Change::new(ChangeKind::Replace, format!("stack `{name}`"))
                        .detail(format!("it is in state {}: {cause}", stack.status))
                        .detail("what is left of it is deleted, then it is made again; a bucket with results stays");
                    Ok(Planned::changes(vec![change, creation(&name)]))
                }
                StackState::Moving => Err(moving(stack)),
                StackState::Stuck => {
                    let cause = explained(aws, &name, &stack.reason).await?;
                    let change = Change::new(ChangeKind::Update, format!("stack `{name}`"))
                        .detail(format!("it is in state {}: {cause}", stack.status))
                        .detail("the undoing of its last update is continued, then it is updated");
                    Ok(Planned::changes(vec![change]))
                }
                StackState::Settled => {
                    if desired.is_met_by(aws, stack).await? {
                        return Ok(Planned::default());
                    }
                    let change_set =
                        ChangeSet::new(aws, &name, desired.change_set_name(Some(stack)));
                    let changes = change_set.prepare(&desired, Some(stack)).await?;
                    let mut told = changes.unwrap_or_default();
                    told.splice(0..0, desired.said_anew(stack));
                    if told.is_empty() {
                        told.push(
                            Change::new(ChangeKind::Update, format!("stack `{name}`"))
                                .detail("its template or its tags"),
                        );
                    }
                    Ok(Planned::changes(told))
                }
            },
        }
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let name = deployment.names.data_stack();
        let aws = &deployment.aws;
        let mut stack = Stack::find(aws, &name).await?;
        match stack.as_ref().map(Stack::state) {
            Some(StackState::Stillborn) => {
                progress.doing(&format!("deleting what is left of stack {name}"));
                delete(aws, &name, progress).await?;
                stack = None;
            }
            Some(StackState::Stuck) => {
                progress.doing(&format!("continuing the undoing of stack {name}"));
                aws.call(&services::CLOUDFORMATION, "ContinueUpdateRollback")
                    .on(format!("stack `{name}`"))
                    .body(json!({"StackName": name}))
                    .send()
                    .await?;
                stack = Some(watch(aws, &name, progress).await?);
            }
            Some(StackState::Empty) => stack = None,
            Some(StackState::Settled | StackState::Moving) | None => {}
        }
        let desired = DesiredStack::of(deployment, stack.as_ref())?;
        let change_set = ChangeSet::new(aws, &name, desired.change_set_name(stack.as_ref()));
        if change_set
            .prepare(&desired, stack.as_ref())
            .await?
            .is_none()
        {
            return Ok(Applied::default());
        }
        change_set.execute().await?;
        watch(aws, &name, progress).await?;
        Ok(Applied::default())
    }

    async fn forget(&self, deployment: &Deployment) -> Result<(), StepError> {
        let name = deployment.names.data_stack();
        let stack = Stack::find(&deployment.aws, &name).await?;
        let Some(stack) = stack.filter(|stack| stack.state() == StackState::Settled) else {
            return Ok(());
        };
        let desired = DesiredStack::of(deployment, Some(&stack))?;
        let change_set = ChangeSet::new(
            &deployment.aws,
            &name,
            desired.change_set_name(Some(&stack)),
        );
        Ok(change_set.delete().await?)
    }
}

fn creation(name: &str) -> Change {
    let mut change = Change::new(ChangeKind::Create, format!("stack `{name}`"));
    for (resource, kind, condition) in resources(DATA_TEMPLATE) {
        let when = condition.map_or_else(String::new, |condition| format!(", if {condition}"));
        change = change.detail(format!("{resource} ({kind}{when})"));
    }
    change
}
