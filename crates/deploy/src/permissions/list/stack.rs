//! The stack, and its change sets.

use crate::permissions::scope::PolicyScope;
use crate::permissions::statement::{Grant, Resource, Statement};

const STACK: &[Grant] = &[
    Grant::call(
        "the stack: planned and changed by change sets, watched, deleted",
        &[
            "cloudformation:ContinueUpdateRollback",
            "cloudformation:CreateChangeSet",
            "cloudformation:DeleteChangeSet",
            "cloudformation:DeleteStack",
            "cloudformation:DescribeChangeSet",
            "cloudformation:DescribeStackEvents",
            "cloudformation:DescribeStacks",
            "cloudformation:ExecuteChangeSet",
            "cloudformation:GetTemplate",
            "cloudformation:ListStackResources",
        ],
    ),
    Grant::documentation(
        "tags of the stack, and the drift detection that a change set requires",
        &[
            "cloudformation:DescribeStackResourceDrifts",
            "cloudformation:DetectStackDrift",
            "cloudformation:DetectStackResourceDrift",
            "cloudformation:TagResource",
            "cloudformation:UntagResource",
        ],
    ),
];

pub(crate) fn stack(scope: &PolicyScope) -> Vec<Statement> {
    let stack = |rest: &str| scope.arn("cloudformation", &format!("stack/{rest}"));
    let resource = Resource::new(
        stack(&format!("{}/*", scope.owned())),
        stack(&format!("{}/1", scope.data_stack())),
    );
    vec![Statement::new("Stack", vec![resource], STACK)]
}
