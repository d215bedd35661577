//! Buckets that the caller may not look at: fatal where they should be ours, no matter where they hold exports.

use kiro_deploy::Stack;
use kiro_deploy::aws::AwsError;
use kiro_deploy::preflight::{Finding, PreflightReport, Subject, Verdict};
use kiro_deploy::settings::Problems;

use crate::account::{Account, PREFIX, resolved};

async fn check(account: &Account) -> PreflightReport {
    let stack = Stack::find(&account.aws, &account.names.data_stack()).await;
    check_with(account, stack).await
}

async fn check_with(account: &Account, stack: Result<Option<Stack>, AwsError>) -> PreflightReport {
    let subject = Subject {
        aws: Ok(account.aws.clone()),
        prefix: PREFIX.to_owned(),
        stack,
        resolved: Ok(resolved()),
        problems: Problems(Vec::new()),
        version: "0.1.0".to_owned(),
        function_folders: Vec::new(),
        now: "2026-07-11T03:15:00Z".parse().unwrap(),
    };
    subject.check().await
}

fn finding(report: &PreflightReport, name: &str) -> Finding {
    let check = report.checks.iter().find(|check| check.name == name);
    check.unwrap().finding.clone()
}

#[tokio::test]
async fn a_bucket_that_should_be_ours_and_refuses_us_fails() {
    let account = Account::new().await;
    account.fail("HeadBucket", 403, "AccessDenied");
    let found = finding(&check(&account).await, "own_buckets");
    assert_eq!(found.verdict, Verdict::Fail, "{found:?}");
    let text = found.found.join("\n");
    assert!(
        text.contains("it belongs to another account than `123456789012`"),
        "{text}"
    );
}

/// Exports may lie in another account, whose owner lets the function in and not the deployer.
#[tokio::test]
async fn exports_that_the_caller_may_not_look_at_are_a_warning_with_the_policy_s_pattern() {
    for operation in ["HeadBucket", "ListObjectsV2", "GetObject"] {
        let account = Account::new().await;
        account.fail(operation, 403, "AccessDenied");
        let report = check(&account).await;
        let found = finding(&report, "exports");
        assert_eq!(found.verdict, Verdict::Warn, "{operation}: {found:?}");
        let advice = found.advice.join("\n");
        assert!(
            advice.contains("arn:aws:iam::123456789012:role/kiro-analytics-data-NormalizerRole-*"),
            "{operation}: {advice}"
        );
        assert!(finding(&report, "export_bucket").verdict <= Verdict::Warn);
    }
}

#[tokio::test]
async fn a_missing_zip_is_needed_only_at_apply() {
    let account = Account::new().await;
    let found = finding(&check_with(&account, Ok(None)).await, "function");
    assert_eq!(found.verdict, Verdict::Warn);
    assert!(found.found[0].contains("needed at apply"), "{found:?}");
}
