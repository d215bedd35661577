//! The stacks: plans their removal and deletes them.

use super::plan::{Action, TeardownPlan};
use super::planner::Teardown;
use crate::aws::{Aws, AwsError};
use crate::progress::Progress;
use crate::stack::Stack;
use crate::stack_deletion;
use crate::stack_resources::StackResource;
use crate::step::StepError;
use crate::tags;

const BUCKET: &str = "AWS::S3::Bucket";
/// The types of resources that the templates retain.
const RETAINED: [&str; 2] = [BUCKET, "AWS::S3::BucketPolicy"];

pub(super) async fn plan(teardown: &Teardown<'_>, plan: &mut TeardownPlan) -> Result<(), AwsError> {
    let follow_up = Stack::find(teardown.aws, &teardown.names.follow_up_stack()).await?;
    let reports = Stack::find(teardown.aws, &teardown.names.reports_stack()).await?;
    let identity = Stack::find(teardown.aws, &teardown.names.identity_stack()).await?;
    let stacks = [
        follow_up.as_ref(),
        reports.as_ref(),
        identity.as_ref(),
        teardown.stack,
    ];
    for stack in stacks.into_iter().flatten() {
        let prefix = &teardown.names.prefix;
        if stack.tags.get(tags::DEPLOYMENT) != Some(prefix) {
            plan.block(
                format!("stack `{}` was not created by `kiro-analytics deploy`: it has no tag of this deployment", stack.name),
                format!("to remove it, delete it in the CloudFormation console; or run `kiro-analytics deploy --prefix {prefix} --take-over {}` once, which makes it part of this deployment", stack.name),
            );
            continue;
        }
        if let Err(refusal) = stack_deletion::refuse_protected(stack) {
            plan.block(refusal.to_string(), refusal.hint());
        }
        if stack.status.ends_with("_IN_PROGRESS") && stack.status != "DELETE_IN_PROGRESS" {
            plan.block(
                format!("stack `{}` is {}", stack.name, stack.status),
                "wait until the change ends",
            );
        }
        let resources = StackResource::of_stack(teardown.aws, &stack.name).await?;
        let mut kinds: Vec<String> = resources
            .iter()
            .filter(|resource| !RETAINED.contains(&resource.kind.as_str()))
            .map(|resource| resource.logical_id.clone())
            .collect();
        kinds.sort();
        let buckets = resources
            .iter()
            .filter(|resource| resource.kind == BUCKET && !resource.physical_id.is_empty())
            .map(|resource| resource.physical_id.clone());
        plan.remove(
            format!("stack `{}`", stack.name),
            vec![format!("{} resources: {}", kinds.len(), kinds.join(", "))],
            Action::Stack {
                name: stack.name.clone(),
                leaves: buckets.collect(),
            },
        );
    }
    Ok(())
}

/// Deletes a stack and waits until it no longer exists.
pub(super) async fn delete(
    aws: &Aws,
    name: &str,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    match Stack::find(aws, name).await? {
        Some(stack) => stack_deletion::delete(aws, &stack, progress).await,
        None => Ok(()),
    }
}
