//! The data stack: creation, update, repair, take-over and conflicts.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use kiro_deploy::driver::{self, DeploymentError, DeploymentReport};
use kiro_deploy::progress::NoProgress;
use kiro_deploy::step::{ChangeKind, Deployment, ErrorCategory};

use crate::deployment::{action, apply, bucket, deployment, plan};
use crate::server::{Asked, Given, Server};

const ID: &str = "arn:aws:cloudformation:eu-central-1:123456789012:stack/kiro-analytics-data/1";
const STACK: &str = "AWS::CloudFormation::Stack";

fn result(operation: &str, inner: &str) -> Given {
    let body = format!(
        "<{operation}Response><{operation}Result>{inner}</{operation}Result></{operation}Response>"
    );
    Given::text(200, &body)
}

/// A stack with the tag of this deployment and these parameters.
fn stack_with(status: &str, parameters: &[(&str, &str)]) -> Given {
    let tag = "<Tags><member><Key>kiro-analytics:deployment</Key><Value>kiro-analytics</Value></member></Tags>";
    stack_of(status, parameters, tag)
}

fn stack_of(status: &str, parameters: &[(&str, &str)], tags: &str) -> Given {
    let parameters: Vec<String> = parameters
        .iter()
        .map(|(key, value)| {
            format!("<member><ParameterKey>{key}</ParameterKey><ParameterValue>{value}</ParameterValue></member>")
        })
        .collect();
    let parameters = parameters.concat();
    let inner = format!(
        "<Stacks><member><StackName>kiro-analytics-data</StackName><StackId>{ID}</StackId><StackStatus>{status}</StackStatus>\
         <Parameters>{parameters}</Parameters>{tags}</member></Stacks>"
    );
    result("DescribeStacks", &inner)
}

fn stack(status: &str) -> Given {
    stack_with(status, &[])
}

/// Events, the newest first: resource, type, status, reason.
fn events(list: &[(&str, &str, &str, &str)]) -> Given {
    let members: Vec<String> = list
        .iter()
        .zip((0..list.len()).rev())
        .map(|((resource, kind, status, reason), number)| {
            format!(
                "<member><EventId>{number}</EventId><LogicalResourceId>{resource}</LogicalResourceId><ResourceType>{kind}</ResourceType>\
                 <ResourceStatus>{status}</ResourceStatus><ResourceStatusReason>{reason}</ResourceStatusReason></member>"
            )
        })
        .collect();
    let members = members.concat();
    result(
        "DescribeStackEvents",
        &format!("<StackEvents>{members}</StackEvents>"),
    )
}

const FAILED_CREATION: [(&str, &str, &str, &str); 5] = [
    ("kiro-analytics-data", STACK, "ROLLBACK_COMPLETE", ""),
    (
        "Workgroup",
        "AWS::Athena::WorkGroup",
        "CREATE_FAILED",
        "Resource creation cancelled",
    ),
    (
        "Normalizer",
        "AWS::Lambda::Function",
        "CREATE_FAILED",
        "no such zip",
    ),
    ("kiro-analytics-data", STACK, "CREATE_IN_PROGRESS", ""),
    ("kiro-analytics-data", STACK, "REVIEW_IN_PROGRESS", ""),
];

fn change_set(execution: &str) -> Given {
    let inner = format!(
        "<ChangeSetId>arn:aws:cloudformation:x:1:changeSet/kiro/1</ChangeSetId><Status>CREATE_COMPLETE</Status>\
         <ExecutionStatus>{execution}</ExecutionStatus>"
    );
    result("DescribeChangeSet", &inner)
}

fn refused(code: &str, message: &str) -> Given {
    let body = format!(
        "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    );
    Given::text(400, &body)
}

fn missing() -> Given {
    refused(
        "ValidationError",
        "Stack with id kiro-analytics-data does not exist",
    )
}

fn otherwise(asked: &Asked) -> Given {
    if action(asked) == "ListStackResources" {
        return result("ListStackResources", "");
    }
    bucket(asked).unwrap_or_else(|| refused("Unexpected", "unexpected"))
}

async fn applied(deployment: &Deployment) -> Result<DeploymentReport, DeploymentError> {
    let plan = plan(deployment, "data_stack").await.unwrap();
    driver::apply(deployment, &plan, &NoProgress).await
}

fn actions(server: &Server) -> Vec<String> {
    let asked = server.asked();
    asked.iter().map(|asked| action(asked).to_owned()).collect()
}

fn changes_something(server: &Server) -> bool {
    let reads = |action: &String| {
        let verbs = ["Describe", "Get", "List"];
        verbs.iter().any(|verb| action.starts_with(verb))
    };
    actions(server)
        .iter()
        .any(|action| !action.is_empty() && !reads(action))
}

#[tokio::test]
async fn a_failed_creation_is_explained_by_its_first_cause_and_repeated() {
    let server = Server::start(|asked| match action(asked) {
        "DescribeStacks" => stack("ROLLBACK_COMPLETE"),
        "DescribeStackEvents" => events(&FAILED_CREATION),
        _ => otherwise(asked),
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
    assert!(!changes_something(&server));
}

/// A server on which a stack is created. After the change set is executed, `read` gives the responses about the stack and `reported`
/// those about its events, by their number.
async fn creation(
    read: impl Fn(usize) -> Given + Send + Sync + 'static,
    reported: impl Fn(usize) -> Given + Send + Sync + 'static,
    execution: &'static str,
) -> Server {
    let (is_made, is_executed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (reads, tellings) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Server::start(move |asked| {
        let executed = is_executed.load(Ordering::SeqCst) > 0;
        match action(asked) {
            "DescribeStacks" if executed => read(reads.fetch_add(1, Ordering::SeqCst)),
            "DescribeStacks" => missing(),
            "DescribeStackEvents" if executed => reported(tellings.fetch_add(1, Ordering::SeqCst)),
            "DescribeStackEvents" => events(&FAILED_CREATION[4..]),
            "CreateChangeSet" => {
                is_made.fetch_add(1, Ordering::SeqCst);
                result("CreateChangeSet", "")
            }
            "DescribeChangeSet" if is_made.load(Ordering::SeqCst) == 0 => {
                refused("ChangeSetNotFound", "no such change set")
            }
            "DescribeChangeSet" if executed => change_set(execution),
            "DescribeChangeSet" => change_set("AVAILABLE"),
            "ExecuteChangeSet" => {
                is_executed.fetch_add(1, Ordering::SeqCst);
                result("ExecuteChangeSet", "")
            }
            _ => otherwise(asked),
        }
    })
    .await
}

#[tokio::test]
async fn a_failed_stack_is_reported_with_its_first_cause() {
    let server = creation(
        |number| {
            stack(if number < 3 {
                "CREATE_IN_PROGRESS"
            } else {
                "ROLLBACK_COMPLETE"
            })
        },
        |number| {
            events(if number < 2 {
                &FAILED_CREATION[3..]
            } else {
                &FAILED_CREATION
            })
        },
        "EXECUTE_IN_PROGRESS",
    )
    .await;
    let deployment = deployment(&server).await;
    let error = apply(&deployment, "data_stack").await;
    assert_eq!(
        (error.number, error.name, error.cause.category()),
        (2, "data_stack", ErrorCategory::Aws)
    );
    let text = error.cause.to_string();
    assert_eq!(
        text,
        "stack `kiro-analytics-data` could not be deployed (ROLLBACK_COMPLETE): `Normalizer` (AWS::Lambda::Function): no such zip"
    );
    assert!(error.cause.hint().contains("run the command again"));
}

/// aws/aws-cdk-cli #1848: after `ExecuteChangeSet`, `DescribeStacks` may return the state from before.
#[tokio::test]
async fn an_answer_from_before_the_execution_ends_no_wait() {
    for stale in ["REVIEW_IN_PROGRESS", "CREATE_COMPLETE"] {
        let made = [
            ("kiro-analytics-data", STACK, "CREATE_COMPLETE", ""),
            ("kiro-analytics-data", STACK, "CREATE_IN_PROGRESS", ""),
            ("kiro-analytics-data", STACK, "REVIEW_IN_PROGRESS", ""),
        ];
        let server = creation(
            move |number| stack(if number < 2 { stale } else { "CREATE_COMPLETE" }),
            move |number| {
                // The first answer is from before the execution, the next three from during it.
                events(match number {
                    0 => &made[2..],
                    1..4 => &made[1..],
                    _ => &made,
                })
            },
            "EXECUTE_IN_PROGRESS",
        )
        .await;
        let deployment = deployment(&server).await;
        applied(&deployment).await.unwrap();
        let polls = actions(&server);
        let polls = polls
            .iter()
            .filter(|action| *action == "DescribeStackEvents");
        assert!(polls.count() > 5, "{stale}");
    }
}

#[tokio::test]
async fn the_change_set_shows_its_execution_if_events_are_late() {
    let server = creation(
        |number| {
            stack(if number < 2 {
                "REVIEW_IN_PROGRESS"
            } else {
                "CREATE_COMPLETE"
            })
        },
        |_| events(&FAILED_CREATION[4..]),
        "EXECUTE_COMPLETE",
    )
    .await;
    let deployment = deployment(&server).await;
    applied(&deployment).await.unwrap();
}

#[tokio::test]
async fn a_rejected_stack_is_reported_and_not_left_behind() {
    let server = Server::start(|asked| match action(asked) {
        "DescribeStacks" => missing(),
        "CreateChangeSet" => refused("ValidationError", "Template format error: unresolved"),
        "DescribeChangeSet" => refused("ChangeSetNotFound", "no such change set"),
        _ => otherwise(asked),
    })
    .await;
    let deployment = deployment(&server).await;
    let error = apply(&deployment, "data_stack").await;
    let text = error.cause.to_string();
    assert!(text.starts_with("`cloudformation:CreateChangeSet` for stack `kiro-analytics-data` was not accepted: Template format error"), "{text}");
}

#[tokio::test]
async fn a_failed_rollback_is_continued_and_the_stack_updated_in_one_run() {
    let updated = [
        ("kiro-analytics-data", STACK, "UPDATE_COMPLETE", ""),
        ("kiro-analytics-data", STACK, "UPDATE_IN_PROGRESS", ""),
        ("kiro-analytics-data", STACK, "UPDATE_ROLLBACK_COMPLETE", ""),
        (
            "kiro-analytics-data",
            STACK,
            "UPDATE_ROLLBACK_IN_PROGRESS",
            "",
        ),
        ("kiro-analytics-data", STACK, "UPDATE_ROLLBACK_FAILED", ""),
        ("kiro-analytics-data", STACK, "UPDATE_IN_PROGRESS", ""),
    ];
    let done: Mutex<Vec<String>> = Mutex::default();
    let server = Server::start(move |asked| {
        let name = action(asked);
        let mut done = done.lock().unwrap();
        let has = |name: &str| done.iter().any(|done| done == name);
        let (is_continued, is_executed) = (has("ContinueUpdateRollback"), has("ExecuteChangeSet"));
        match name {
            "DescribeStacks" if is_executed => stack("UPDATE_COMPLETE"),
            "DescribeStacks" if is_continued => stack("UPDATE_ROLLBACK_COMPLETE"),
            "DescribeStacks" => stack("UPDATE_ROLLBACK_FAILED"),
            "DescribeStackEvents" if is_executed => events(&updated),
            "DescribeStackEvents" if is_continued => events(&updated[2..]),
            "DescribeStackEvents" => events(&updated[4..]),
            "DescribeChangeSet" if !has("CreateChangeSet") => {
                refused("ChangeSetNotFound", "no such change set")
            }
            "DescribeChangeSet" => change_set("AVAILABLE"),
            "ContinueUpdateRollback" | "CreateChangeSet" | "ExecuteChangeSet" => {
                done.push(name.to_owned());
                result(name, "")
            }
            _ => otherwise(asked),
        }
    })
    .await;
    let deployment = deployment(&server).await;
    applied(&deployment).await.unwrap();
    let changing: Vec<String> = actions(&server)
        .into_iter()
        .filter(|action| {
            let reads = ["Describe", "List"]
                .iter()
                .any(|verb| action.starts_with(verb));
            !action.is_empty() && !reads
        })
        .collect();
    assert_eq!(
        changing,
        [
            "ContinueUpdateRollback",
            "CreateChangeSet",
            "ExecuteChangeSet"
        ]
    );
}

#[tokio::test]
async fn a_stack_without_our_tag_is_refused_unless_it_is_named() {
    for tags in [
        "",
        "<Tags><member><Key>kiro-analytics:deployment</Key><Value>other</Value></member></Tags>",
    ] {
        let server = Server::start(move |asked| match action(asked) {
            "DescribeStacks" => stack_of("CREATE_COMPLETE", &[], tags),
            "DescribeChangeSet" => change_set("AVAILABLE"),
            _ => otherwise(asked),
        })
        .await;
        let mut deployment = deployment(&server).await;
        let error = plan(&deployment, "data_stack").await.unwrap_err();
        assert_eq!(error.category(), ErrorCategory::Usage);
        assert!(
            error.hint().contains("`--take-over kiro-analytics-data`"),
            "{}",
            error.hint()
        );
        assert!(!changes_something(&server));
        deployment.take_over = vec!["kiro-analytics-data".to_owned()];
        let plan = plan(&deployment, "data_stack").await.unwrap();
        assert_eq!(plan.steps[0].changes[0].kind, ChangeKind::Overwrite);
    }
}

/// Two deployments at once: the second has read its settings before the first was done.
#[tokio::test]
async fn a_concurrent_deployment_is_not_overwritten() {
    let server = Server::start(|asked| match action(asked) {
        "DescribeStacks" => stack_with("UPDATE_COMPLETE", &[("RememberedSettings", "{}")]),
        _ => otherwise(asked),
    })
    .await;
    let mut deployment = deployment(&server).await;
    deployment.read_parameters = Some(
        [(
            "RememberedSettings".to_owned(),
            "{\"theme\":\"dark\"}".to_owned(),
        )]
        .into(),
    );
    let error = plan(&deployment, "data_stack").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "stack `kiro-analytics-data` was changed by another deployment in the meantime: its values of `RememberedSettings` have changed"
    );
    assert!(error.hint().contains("run the command again"));
    deployment.read_parameters = None;
    let error = plan(&deployment, "data_stack").await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("created after the settings were read")
    );
    assert!(!changes_something(&server));
}

#[tokio::test]
async fn a_change_set_that_another_has_outdated_is_not_executed() {
    let sets = AtomicUsize::new(0);
    let server = Server::start(move |asked| match action(asked) {
        "DescribeStacks" => stack("UPDATE_COMPLETE"),
        "DescribeStackEvents" => events(&[]),
        "DescribeChangeSet" => change_set("AVAILABLE"),
        "ExecuteChangeSet" => {
            sets.fetch_add(1, Ordering::SeqCst);
            refused("InvalidChangeSetStatus", "ChangeSet is in OBSOLETE status")
        }
        _ => otherwise(asked),
    })
    .await;
    let deployment = deployment(&server).await;
    let error = apply(&deployment, "data_stack").await;
    assert!(
        error
            .cause
            .to_string()
            .ends_with("its change set is out of date"),
        "{}",
        error.cause
    );
}

/// Policies of other accounts name the function's role by a pattern, which a shortened name would not match.
#[tokio::test]
async fn a_prefix_that_shortens_the_role_s_name_is_refused_for_a_new_stack_only() {
    let server = Server::start(|asked| match action(asked) {
        "DescribeStacks" => missing(),
        _ => otherwise(asked),
    })
    .await;
    let mut deployment = deployment(&server).await;
    deployment.names.prefix = "a".repeat(32);
    deployment.read_parameters = None;
    let error = plan(&deployment, "data_stack").await.unwrap_err();
    assert_eq!(error.category(), ErrorCategory::Usage);
    assert!(
        error.to_string().contains("-data-NormalizerRole-"),
        "{error}"
    );
    deployment.read_parameters = Some(std::collections::BTreeMap::new());
    let planned = plan(&deployment, "data_stack").await;
    assert!(planned.is_ok(), "{planned:?}");
}

fn glue_tables(parameters: &str) -> String {
    format!("{{\"TableList\": [{{\"Name\": \"their_table\", \"Parameters\": {{{parameters}}}}}]}}")
}

#[tokio::test]
async fn a_database_under_another_name_takes_no_tables_of_others_along() {
    for (parameters, is_ours) in [("", false), ("\"kiro_analytics_ddl\": \"1\"", true)] {
        let server = Server::start(move |asked| {
            if asked.header("x-amz-target").ends_with("GetTables") {
                return Given::text(200, &glue_tables(parameters));
            }
            match action(asked) {
                "DescribeStacks" => stack_with("UPDATE_COMPLETE", &[("DatabaseName", "earlier")]),
                "DescribeChangeSet" => change_set("AVAILABLE"),
                _ => otherwise(asked),
            }
        })
        .await;
        let mut deployment = deployment(&server).await;
        deployment.read_parameters =
            Some([("DatabaseName".to_owned(), "earlier".to_owned())].into());
        let planned = plan(&deployment, "data_stack").await;
        if is_ours {
            let plan = planned.unwrap();
            let change = &plan.steps[0].changes[0];
            assert_eq!(
                (change.kind, change.what.as_str()),
                (ChangeKind::Replace, "database `earlier`")
            );
            assert!(
                plan.overview()
                    .contains(&"Replaced: database `earlier`".to_owned())
            );
            continue;
        }
        let error = planned.unwrap_err();
        assert_eq!(
            error.to_string(),
            "database `earlier` would be replaced, and contains 1 tables or views that this deployment did not create"
        );
        assert!(!changes_something(&server));
    }
}

#[tokio::test]
async fn a_protected_stack_whose_creation_failed_is_not_deleted() {
    let server = Server::start(|asked| match action(asked) {
        "DescribeStacks" => {
            let given = stack("ROLLBACK_COMPLETE");
            let protected = "<EnableTerminationProtection>true</EnableTerminationProtection><Tags>";
            let text = String::from_utf8(given.body).unwrap();
            Given::text(200, &text.replace("<Tags>", protected))
        }
        "DescribeStackEvents" => events(&FAILED_CREATION),
        _ => otherwise(asked),
    })
    .await;
    let deployment = deployment(&server).await;
    let error = plan(&deployment, "data_stack").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "stack `kiro-analytics-data` has termination protection"
    );
    assert!(error.hint().contains("update-termination-protection"));
}
