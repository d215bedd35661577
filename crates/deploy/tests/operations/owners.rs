//! Buckets that the caller cannot read: an error for the deployment's own, a warning for those with exports.

use kiro_deploy::preflight::{Finding, PreflightReport, Verdict};

use crate::account::Account;

fn finding(report: &PreflightReport, name: &str) -> Finding {
    let check = report.checks.iter().find(|check| check.name == name);
    check.unwrap().finding.clone()
}

#[tokio::test]
async fn a_bucket_of_the_deployment_that_denies_access_fails() {
    let account = Account::new().await;
    account.fail("HeadBucket", 403, "AccessDenied");
    let found = finding(&account.preflight().await, "own_buckets");
    assert_eq!(found.verdict, Verdict::Fail, "{found:?}");
    let text = found.found.join("\n");
    assert!(
        text.contains("it belongs to an account other than `123456789012`"),
        "{text}"
    );
}

/// Exports can be in another account whose bucket policy allows the function and not the deployer.
#[tokio::test]
async fn exports_that_the_caller_may_not_look_at_are_a_warning_with_the_policy_s_pattern() {
    for operation in ["HeadBucket", "ListObjectsV2", "GetObject"] {
        let account = Account::new().await;
        account.fail(operation, 403, "AccessDenied");
        let report = account.preflight().await;
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
    let found = finding(&account.preflight_of(Ok(None)).await, "function");
    assert_eq!(found.verdict, Verdict::Warn);
    assert!(found.found[0].contains("needed at apply"), "{found:?}");
}
