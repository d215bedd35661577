//! The bucket with the function's code, the zip in it, and the code that the function runs.

use std::path::Path;

use kiro_deploy::aws::AwsErrorKind;
use kiro_deploy::driver;
use kiro_deploy::progress::NoProgress;
use kiro_deploy::step::{Change, ChangeKind, Deployment, ErrorCategory, StepError};
use kiro_deploy::steps::missing_zip;

use crate::code_account::{CODE, CodeAccount, State};
use crate::deployment::plan;

/// Changes of the account by a killed run or by others.
type Loss = fn(&mut State);

fn folder_with_zip() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("normalize-report-arm64.zip");
    std::fs::write(zip, "a zip").unwrap();
    folder
}

async fn changes(deployment: &Deployment) -> Vec<Change> {
    let plan = plan(deployment, "function_code").await.unwrap();
    plan.steps[0].changes.clone()
}

async fn deploy(deployment: &Deployment) {
    let plan = plan(deployment, "function_code").await.unwrap();
    driver::apply(deployment, &plan, &NoProgress).await.unwrap();
}

/// The account after a first deployment of the zip.
async fn deployed(folder: &Path) -> (CodeAccount, Deployment) {
    let account = CodeAccount::new(State::default()).await;
    let deployment = account.deployment(folder).await;
    deploy(&deployment).await;
    (account, deployment)
}

#[tokio::test]
async fn the_code_bucket_is_created_with_all_properties_and_then_unchanged() {
    let folder = folder_with_zip();
    let account = CodeAccount::new(State::default()).await;
    let deployment = account.deployment(folder.path()).await;
    let planned = changes(&deployment).await;
    assert_eq!(planned[0].what, format!("bucket `{CODE}`"));
    assert!(
        planned
            .iter()
            .all(|change| change.kind == ChangeKind::Create)
    );
    deploy(&deployment).await;
    let state = account.state.lock().unwrap().clone();
    assert!(state.has_bucket && state.is_closed);
    assert!(state.policy.unwrap().contains("aws:SecureTransport"));
    assert!(state.tags.unwrap().contains("kiro-analytics:deployment"));
    assert_eq!(state.objects.len(), 1);
    assert_eq!(changes(&deployment).await, []);
}

/// A run that was killed after `CreateBucket` leaves a bucket with no property at all.
#[tokio::test]
async fn each_property_of_the_code_bucket_is_put_right_on_its_own() {
    let folder = folder_with_zip();
    let (account, deployment) = deployed(folder.path()).await;
    let losses: [(Loss, &str); 3] = [
        (|state| state.is_closed = false, "public access is blocked"),
        (
            |state| state.policy = None,
            "its policy refuses requests without TLS",
        ),
        (|state| state.tags = None, "its tags: "),
    ];
    for (lose, detail) in losses {
        account.change(lose);
        let planned = changes(&deployment).await;
        assert_eq!(planned.len(), 1, "{planned:?}");
        assert_eq!(planned[0].kind, ChangeKind::Update);
        assert_eq!(planned[0].details.len(), 1, "{planned:?}");
        assert!(planned[0].details[0].starts_with(detail), "{planned:?}");
        deploy(&deployment).await;
        assert_eq!(changes(&deployment).await, []);
    }
}

#[tokio::test]
async fn statements_of_others_in_the_bucket_s_policy_stay() {
    let folder = folder_with_zip();
    let (account, deployment) = deployed(folder.path()).await;
    let theirs = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Audit", "Effect": "Deny"}]}"#;
    account.change(|state| state.policy = Some(theirs.to_owned()));
    deploy(&deployment).await;
    let policy = account.state.lock().unwrap().policy.clone().unwrap();
    assert!(
        policy.contains("Audit") && policy.contains("OnlyOverTls"),
        "{policy}"
    );
}

/// The key is the hash of a public zip: another account may have stored other bytes under it.
#[tokio::test]
async fn an_object_with_other_bytes_under_the_right_key_is_replaced() {
    let folder = folder_with_zip();
    let (account, deployment) = deployed(folder.path()).await;
    let right = account.state.lock().unwrap().objects.clone();
    for wrong in ["ZXZpbA==", ""] {
        account.change(|state| {
            for sha256 in state.objects.values_mut() {
                wrong.clone_into(sha256);
            }
        });
        let planned = changes(&deployment).await;
        assert_eq!((planned.len(), planned[0].kind), (1, ChangeKind::Update));
        deploy(&deployment).await;
        assert_eq!(account.state.lock().unwrap().objects, right);
    }
}

#[tokio::test]
async fn a_code_bucket_of_another_account_is_refused_and_nothing_is_written() {
    let folder = folder_with_zip();
    let cases = [
        (
            true,
            AwsErrorKind::ForeignOwner,
            "it belongs to an account other than `123456789012`",
        ),
        (
            false,
            AwsErrorKind::Denied,
            "it belongs to an account other than `123456789012`, or you have no access to it",
        ),
    ];
    for (is_open, kind, message) in cases {
        let account = CodeAccount::new(State {
            owner: "999999999999",
            has_bucket: true,
            is_open,
            ..State::default()
        })
        .await;
        let deployment = account.deployment(folder.path()).await;
        let error = plan(&deployment, "function_code").await.unwrap_err();
        let StepError::Aws(error) = error else {
            panic!("{error}");
        };
        assert_eq!(error.kind, kind);
        assert_eq!(error.message, message);
        assert!(!error.hint().is_empty());
        assert_eq!(account.written(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn every_call_on_the_code_bucket_names_its_owner() {
    let folder = folder_with_zip();
    let (account, deployment) = deployed(folder.path()).await;
    changes(&deployment).await;
    for asked in account.server.asked() {
        let is_of_bucket = asked.path.contains(CODE);
        let creates = asked.method == "PUT" && asked.path.trim_matches('/') == CODE;
        if is_of_bucket && !creates {
            let owner = asked.header("x-amz-expected-bucket-owner");
            assert_eq!(owner, "123456789012", "{} {}", asked.method, asked.path);
        }
    }
}

#[tokio::test]
async fn code_that_the_function_should_not_run_is_replaced_by_the_zip() {
    let folder = folder_with_zip();
    let (account, deployment) = deployed(folder.path()).await;
    let (key, sha256) = account.state.lock().unwrap().objects.pop_first().unwrap();
    account.change(|state| {
        state.objects.insert(key.clone(), sha256.clone());
        state.code_key = key;
        state.results_bucket = "results";
        state.function_sha256 = "ZXZpbA==".to_owned();
    });
    let planned = changes(&deployment).await;
    assert_eq!(
        (planned.len(), planned[0].what.as_str()),
        (1, "function `f`")
    );
    assert!(planned[0].details[0].starts_with("it runs other code than"));
    deploy(&deployment).await;
    assert_eq!(account.state.lock().unwrap().function_sha256, sha256);
    assert_eq!(changes(&deployment).await, []);
}

/// Planning needs no zip; applying does.
#[tokio::test]
async fn without_a_zip_the_plan_shows_that_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let account = CodeAccount::new(State::default()).await;
    let deployment = account.deployment(folder.path()).await;
    let plan = plan(&deployment, "function_code").await.unwrap();
    let change = &plan.steps[0].changes[0];
    assert_eq!(change.what, "function code: needed at apply");
    assert!(
        change.details[1].contains("scripts/build-lambda --arch arm64"),
        "{change:?}"
    );
    let missing = missing_zip(&deployment, &plan).unwrap();
    assert_eq!(missing.category(), ErrorCategory::Usage);
    assert_eq!(account.written(), Vec::<String>::new());
}
