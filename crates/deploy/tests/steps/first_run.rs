//! The first normalization, and the marker that it is complete.

use kiro_deploy::driver::{self, DeploymentReport};
use kiro_deploy::progress::NoProgress;
use kiro_deploy::step::{ChangeKind, Deployment};
use serde_json::{Value, json};

use crate::code_account::{CodeAccount, State};
use crate::deployment::plan;

fn stack(answers: Vec<Value>) -> State {
    State {
        has_bucket: true,
        results_bucket: "results-1",
        answers,
        ..State::default()
    }
}

fn done(seen: u64) -> Value {
    json!({"files_seen": seen, "files_processed": seen, "fact_rows": seen})
}

async fn runs(deployment: &Deployment) -> bool {
    let plan = plan(deployment, "first_run").await.unwrap();
    let changes = &plan.steps[0].changes;
    assert!(changes.iter().all(|change| change.kind == ChangeKind::Run));
    !changes.is_empty()
}

async fn deploy(deployment: &Deployment) -> DeploymentReport {
    let plan = plan(deployment, "first_run").await.unwrap();
    driver::apply(deployment, &plan, &NoProgress).await.unwrap()
}

/// A stack that was deleted manually and created again has a new bucket, while the code bucket still has the marker.
#[tokio::test]
async fn a_note_about_another_results_bucket_counts_for_nothing() {
    let account = CodeAccount::new(stack(vec![done(3)])).await;
    let deployment = account.deployment(std::path::Path::new("none")).await;
    assert!(runs(&deployment).await);
    let report = deploy(&deployment).await;
    assert_eq!(report.problems().count(), 0);
    account.change(|state| state.has_parts = true);
    assert!(!runs(&deployment).await);
    account.change(|state| state.results_bucket = "results-2");
    assert!(runs(&deployment).await);
    account.change(|state| state.results_bucket = "results-1");
    assert!(!runs(&deployment).await);
    account.change(|state| state.has_parts = false);
    assert!(runs(&deployment).await, "the parts are gone");
}

#[tokio::test]
async fn a_first_run_that_finds_or_reads_nothing_is_no_success() {
    let nothing = CodeAccount::new(stack(vec![done(0)])).await;
    let deployment = nothing.deployment(std::path::Path::new("none")).await;
    let report = deploy(&deployment).await;
    let problem = report.problems().next().unwrap();
    assert!(problem.contains("has found no export"), "{problem}");
    nothing.change(|state| state.has_parts = true);
    assert!(runs(&deployment).await, "it is tried again");

    let empty = json!({"files_seen": 2, "files_processed": 2});
    let account = CodeAccount::new(stack(vec![empty])).await;
    let deployment = account.deployment(std::path::Path::new("none")).await;
    let report = deploy(&deployment).await;
    let problem = report.problems().next().unwrap();
    assert!(problem.contains("contain no rows"), "{problem}");
}

#[tokio::test]
async fn exports_that_failed_are_counted_and_the_others_are_not_forgotten() {
    let failed = json!({"errorType": "ExportsFailed",
        "errorMessage": "1 of 45 exports could not be normalized; `a.csv`: line 2: no"});
    let account = CodeAccount::new(stack(vec![failed])).await;
    let deployment = account.deployment(std::path::Path::new("none")).await;
    let report = deploy(&deployment).await;
    assert_eq!(
        report.steps[0].applied.notes,
        ["44 of 45 exports are normalized, 1 could not be read"]
    );
    assert_eq!(report.problems().count(), 2);
}

/// The policies of a new role take effect after a while.
#[tokio::test]
async fn a_denial_right_after_the_stack_s_creation_is_retried() {
    let denied = json!({"errorType": "RunFailed", "errorMessage": "could not list `s3://b`: access denied: no"});
    let account = CodeAccount::new(stack(vec![denied.clone(), denied, done(3)])).await;
    let deployment = account.deployment(std::path::Path::new("none")).await;
    let report = deploy(&deployment).await;
    assert_eq!(
        report.steps[0].applied.notes,
        ["3 exports were normalized, 0 were unchanged"]
    );
}

/// Returns true if the plan mentions a bucket that is left.
async fn mentioned(left: (&'static str, &'static str), prefix: &str) -> bool {
    let account = CodeAccount::new(State {
        left,
        ..State::default()
    })
    .await;
    let mut deployment = account.deployment(std::path::Path::new("none")).await;
    prefix.clone_into(&mut deployment.names.prefix);
    let plan = plan(&deployment, "first_run").await.unwrap();
    let details = plan.steps[0].changes[0].details.join("\n");
    details.contains(&format!("--set existing_results_bucket={}", left.0))
}

/// `CloudFormation` shortens the name of a long stack.
#[tokio::test]
async fn a_bucket_that_an_earlier_deployment_has_left_is_mentioned_whatever_its_name() {
    let prefix = "kiro-analytics";
    assert!(mentioned(("kiro-analytics-data-resultsbucket-0", prefix), prefix).await);
    let long = "kiro-analytics-of-a-large-department";
    assert!(mentioned(("kiro-analytics-of-a-larg-resultsbucket-0", long), long).await);
    // The tag decides, not the name.
    assert!(!mentioned(("kiro-analytics-data-resultsbucket-0", "another"), prefix).await);
}
