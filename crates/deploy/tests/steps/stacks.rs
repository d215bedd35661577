//! Stacks that were never made, or cannot be.

use std::sync::atomic::{AtomicUsize, Ordering};

use kiro_deploy::step::{Blame, ChangeKind};

use crate::deployment::{action, apply, bucket, deployment, plan};
use crate::server::{Given, Server};

const EVENTS: &str = "<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>\
    <member><EventId>4</EventId><LogicalResourceId>Workgroup</LogicalResourceId><ResourceType>AWS::Athena::WorkGroup</ResourceType>\
    <ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>Resource creation cancelled</ResourceStatusReason></member>\
    <member><EventId>3</EventId><LogicalResourceId>Normalizer</LogicalResourceId><ResourceType>AWS::Lambda::Function</ResourceType>\
    <ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>no such zip</ResourceStatusReason></member>\
    <member><EventId>1</EventId><LogicalResourceId>kiro-analytics-data</LogicalResourceId>\
    <ResourceType>AWS::CloudFormation::Stack</ResourceType><ResourceStatus>CREATE_IN_PROGRESS</ResourceStatus></member>\
    </StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>";

fn stack(status: &str) -> Given {
    let body = format!(
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>kiro-analytics-data</StackName>\
         <StackStatus>{status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    );
    Given::text(200, &body)
}

fn refused(code: &str, message: &str) -> Given {
    let body = format!(
        "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    );
    Given::text(400, &body)
}

#[tokio::test]
async fn a_stack_that_was_never_made_is_explained_by_its_first_cause_and_made_again() {
    let server = Server::start(|asked| match action(asked) {
        "DescribeStacks" => stack("ROLLBACK_COMPLETE"),
        "DescribeStackEvents" => Given::text(200, EVENTS),
        _ => bucket(asked).unwrap_or_else(|| refused("Unexpected", "unexpected")),
    })
    .await;
    let deployment = deployment(&server).await;
    let plan = plan(&deployment, "data_stack").await.unwrap();
    let changes = &plan.steps[0].changes;
    assert_eq!(changes[0].kind, ChangeKind::Replace);
    assert_eq!(
        changes[0].details[0],
        "it is in state ROLLBACK_COMPLETE: `Normalizer` (AWS::Lambda::Function): no such zip"
    );
    assert_eq!(changes[1].kind, ChangeKind::Create);
    let is_mutating = |action: &str| !action.starts_with("Describe") && !action.starts_with("Get");
    let asked = server.asked();
    assert!(
        !asked
            .iter()
            .map(action)
            .any(|action| !action.is_empty() && is_mutating(action))
    );
}

#[tokio::test]
async fn a_stack_that_cannot_be_made_is_told_by_its_first_cause() {
    let (sets, looks) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let server = Server::start(move |asked| match action(asked) {
        "DescribeStacks" if sets.load(Ordering::SeqCst) < 2 => {
            refused("ValidationError", "Stack with id kiro-analytics-data does not exist")
        }
        "DescribeStacks" if looks.fetch_add(1, Ordering::SeqCst) < 2 => stack("CREATE_IN_PROGRESS"),
        "DescribeStacks" => stack("ROLLBACK_COMPLETE"),
        "DescribeStackEvents" => Given::text(200, EVENTS),
        "DescribeChangeSet" if sets.load(Ordering::SeqCst) == 0 => refused("ChangeSetNotFound", "no such change set"),
        "DescribeChangeSet" => Given::text(
            200,
            "<DescribeChangeSetResponse><DescribeChangeSetResult><Status>CREATE_COMPLETE</Status></DescribeChangeSetResult></DescribeChangeSetResponse>",
        ),
        "CreateChangeSet" | "ExecuteChangeSet" => {
            sets.fetch_add(1, Ordering::SeqCst);
            Given::text(200, "<Response/>")
        }
        _ => bucket(asked).unwrap_or_else(|| refused("Unexpected", "unexpected")),
    })
    .await;
    let deployment = deployment(&server).await;
    let error = apply(&deployment, "data_stack").await;
    assert_eq!(
        (error.number, error.name, error.cause.blame()),
        (2, "data_stack", Blame::Aws)
    );
    let text = error.cause.to_string();
    assert_eq!(
        text,
        "stack `kiro-analytics-data` could not be deployed (ROLLBACK_COMPLETE): `Normalizer` (AWS::Lambda::Function): no such zip"
    );
    assert!(error.cause.hint().contains("run the command again"));
}

#[tokio::test]
async fn what_cloudformation_does_not_accept_is_told_and_left_nowhere() {
    let server = Server::start(|asked| match action(asked) {
        "DescribeStacks" => refused(
            "ValidationError",
            "Stack with id kiro-analytics-data does not exist",
        ),
        "CreateChangeSet" => refused("ValidationError", "Template format error: unresolved"),
        "DescribeChangeSet" => refused("ChangeSetNotFound", "no such change set"),
        _ => bucket(asked).unwrap_or_else(|| refused("Unexpected", "unexpected")),
    })
    .await;
    let deployment = deployment(&server).await;
    let error = apply(&deployment, "data_stack").await;
    let text = error.cause.to_string();
    assert!(text.starts_with("`cloudformation:CreateChangeSet` for stack `kiro-analytics-data` was not accepted: Template format error"), "{text}");
}
