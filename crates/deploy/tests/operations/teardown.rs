//! Removing a deployment, with successes and failed calls.

use kiro_deploy::progress::NoProgress;
use kiro_deploy::teardown::{Teardown, TeardownPlan};

use crate::account::{Account, FAILURES};
use crate::operation::is_mutating;

async fn plan(account: &Account) -> TeardownPlan {
    teardown(account).plan().await.unwrap()
}

fn teardown(account: &Account) -> Teardown<'_> {
    Teardown {
        aws: &account.aws,
        names: &account.names,
        settings: &account.resolved.settings,
        stack: Some(&account.stack),
        deletes_data: true,
    }
}

#[tokio::test]
async fn dependents_are_removed_first() {
    let account = Account::new().await;
    let plan = plan(&account).await;
    let removals: Vec<&str> = plan
        .removals
        .iter()
        .map(|removal| removal.what.as_str())
        .collect();
    let expected = [
        "dashboard `kiro-analytics-kiro`",
        "analysis `kiro-analytics-kiro`",
        "dataset `kiro-analytics-user-totals`",
        "data source `kiro-analytics-athena`",
        "theme `kiro-analytics-light`",
        "2 grants of Lake Formation on database `kiro_analytics`",
        "1 views and 0 tables in database `kiro_analytics`",
        "policy `kiro-analytics-QuickSightS3Access` of role `aws-quicksight-service-role-v0`",
        "stack `kiro-analytics-follow-up`",
        "stack `kiro-analytics-data`",
        "bucket `kiro-analytics-data-resultsbucket-1`",
        "bucket `kiro-analytics-code-123456789012-eu-central-1`",
    ];
    assert_eq!(removals, expected);
    assert_eq!(plan.blockers, []);
    assert!(account.operations().iter().all(|name| !is_mutating(name)));
    let done = plan.apply(&account.aws, &NoProgress).await.unwrap();
    assert_eq!((done.removed.len(), done.objects_deleted), (12, 4));
}

/// Planning changes nothing, and a failed read prevents the teardown.
#[tokio::test]
async fn a_failed_read_removes_nothing_and_has_a_reason() {
    let account = Account::new().await;
    plan(&account).await;
    let operations = account.operations();
    // The plan continues without these: the stack's own grants and buckets are known.
    let may_be_denied = ["ListPermissions", "ListBuckets"];
    for operation in &operations {
        for (status, code) in FAILURES {
            account.fail(operation, status, code);
            let plan = teardown(&account).plan().await;
            let goes_on = status == 404
                || (code == "AccessDeniedException" && may_be_denied.contains(&operation.as_str()));
            if goes_on {
                continue;
            }
            let error = plan.unwrap_err();
            assert_eq!(error.operation, operation, "{error}");
            assert!(!error.hint().is_empty(), "{error}");
        }
    }
    assert!(account.operations().iter().all(|name| !is_mutating(name)));
}

#[tokio::test]
async fn a_failed_removal_lists_what_was_removed_and_what_remains() {
    let first = Account::new().await;
    plan(&first)
        .await
        .apply(&first.aws, &NoProgress)
        .await
        .unwrap();
    let operations = first.operations();
    let changing: Vec<&String> = operations.iter().filter(|name| is_mutating(name)).collect();
    assert!(changing.len() > 8, "{changing:?}");
    for operation in changing {
        for (status, code) in FAILURES {
            // An asset that is being changed is waited for.
            let of_quicksight = ["Dashboard", "Analysis", "DataSet", "DataSource", "Theme"];
            if status == 409 && of_quicksight.iter().any(|kind| operation.ends_with(kind)) {
                continue;
            }
            let account = Account::new().await;
            let plan = plan(&account).await;
            account.fail(operation, status, code);
            let result = plan.apply(&account.aws, &NoProgress).await;
            if status == 404
                && operation != "BatchRevokePermissions"
                && operation != "DeleteObjects"
            {
                let what_is_gone_is_gone = result.is_ok() || operation == "DeleteStack";
                assert!(what_is_gone_is_gone, "{operation}");
                continue;
            }
            let error = result.unwrap_err();
            let cause = error.cause.to_string();
            assert!(
                cause.contains(&format!(":{operation}`")),
                "{operation} {code}: {cause}"
            );
            assert_eq!(error.remains.first(), Some(&error.what));
            assert_eq!(
                error.done.removed.len() + error.remains.len(),
                plan.removals.len()
            );
            assert!(!error.cause.hint().is_empty());
        }
    }
}

#[tokio::test]
async fn a_bucket_with_exports_is_never_emptied() {
    let mut account = Account::new().await;
    let bucket = "kiro-analytics-data-resultsbucket-1";
    account.resolved.settings.exports = vec![format!("s3://{bucket}/logs")];
    let plan = plan(&account).await;
    assert_eq!(plan.blockers.len(), 1, "{plan:#?}");
    assert!(plan.blockers[0].what.contains("contains exports of Kiro"));
    assert!(
        plan.removals
            .iter()
            .all(|removal| !removal.what.contains(bucket))
    );
}

#[tokio::test]
async fn a_stack_without_our_tag_is_an_obstacle() {
    let mut account = Account::new().await;
    account.stack.tags.clear();
    let plan = plan(&account).await;
    assert!(
        plan.blockers[0].what.contains("was not created by"),
        "{plan:#?}"
    );
    assert!(
        plan.removals
            .iter()
            .all(|removal| removal.what != "stack `kiro-analytics-data`")
    );
}

/// Objects at the root, among the parts, and old versions alone: all pages are read before anything is removed.
#[tokio::test]
async fn objects_that_we_have_not_written_are_an_obstacle() {
    let foreign = [
        "quarterly-board-report.xlsx",
        "normalized/my-own-extract.csv",
        "query-results/board.csv",
    ];
    let account = Account::new().await;
    account.hold(&foreign);
    let plan = plan(&account).await;
    assert_eq!(plan.blockers.len(), 1, "{plan:#?}");
    for key in foreign {
        assert!(plan.blockers[0].what.contains(key), "{plan:#?}");
    }
    assert!(plan.blockers[0].hint.contains("all their versions"));
    let bucket = "kiro-analytics-data-resultsbucket-1";
    assert!(
        plan.removals
            .iter()
            .all(|removal| !removal.what.contains(bucket))
    );
}

#[tokio::test]
async fn objects_that_arrive_after_the_plan_are_not_deleted() {
    let account = Account::new().await;
    let plan = plan(&account).await;
    account.hold(&["quarterly-board-report.xlsx"]);
    let error = plan.apply(&account.aws, &NoProgress).await.unwrap_err();
    assert!(
        error
            .cause
            .to_string()
            .contains("quarterly-board-report.xlsx"),
        "{}",
        error.cause
    );
    assert_eq!(error.what, "bucket `kiro-analytics-data-resultsbucket-1`");
    assert!(!account.operations().contains("DeleteObjects"));
}

#[tokio::test]
async fn every_call_on_a_deployment_bucket_names_its_owner() {
    let account = Account::new().await;
    let plan = plan(&account).await;
    plan.apply(&account.aws, &NoProgress).await.unwrap();
    let asked = account.asked();
    let of_ours = asked
        .iter()
        .filter(|asked| asked.path.starts_with("/kiro-analytics-"));
    for asked in of_ours {
        let owner = asked.header("x-amz-expected-bucket-owner");
        assert_eq!(owner, "123456789012", "{} {}", asked.method, asked.path);
    }
}
