//! The checks of `preflight`, with successes and failed calls.

use kiro_deploy::preflight::Verdict;

use crate::account::{Account, FAILURES};

#[tokio::test]
async fn a_deployment_that_is_well_fails_nothing() {
    let account = Account::new().await;
    let report = account.preflight().await;
    assert_eq!((report.failed, report.skipped), (0, 0), "{report:#?}");
    let found = |name: &str| {
        let check = report.checks.iter().find(|check| check.name == name);
        check.unwrap().finding.found.join("\n")
    };
    assert!(
        found("exports")
            .starts_with("user_report: newest of 2026-07-10, 4 columns, 0 models, without e-mail"),
        "{}",
        found("exports")
    );
    assert!(found("people").contains("owner: user `alice`, ADMIN"));
    assert_eq!(report.category(), None);
}

/// The defaults for new databases are open, but the existing database has no grant to `IAM_ALLOWED_PRINCIPALS`: the check decides
/// as `deploy` does.
#[tokio::test]
async fn lake_formation_is_in_force_for_a_database_without_a_grant_to_everyone() {
    let account = Account::new().await;
    let report = account.preflight().await;
    let mut checks = report.checks.iter();
    let check = checks.find(|check| check.name == "lake_formation").unwrap();
    assert_eq!(check.finding.verdict, Verdict::Warn);
    assert!(
        check.finding.found[0].starts_with("in force"),
        "{:?}",
        check.finding
    );
}

/// If a call fails, all checks still run, and the check that made the call names the call, the reason and a hint.
#[tokio::test]
async fn every_failed_call_is_reported_by_its_check() {
    let account = Account::new().await;
    account.preflight().await;
    let operations = account.operations();
    assert!(operations.len() > 15, "{operations:?}");
    for operation in &operations {
        for (status, code) in FAILURES {
            account.fail(operation, status, code);
            let report = account.preflight().await;
            let context = format!("{operation} {code}: {report:#?}");
            assert_eq!(report.checks.len(), 18, "{context}");
            if status == 404 {
                continue;
            }
            let mut checks = report.checks.iter();
            let reported = checks.find(|check| {
                let text = check.finding.found.join("\n");
                text.contains(&format!(":{operation}`")) || text.contains("simulate your policies")
            });
            let reported = reported.unwrap_or_else(|| panic!("not reported: {context}"));
            assert!(reported.finding.verdict >= Verdict::Warn, "{context}");
            assert!(!reported.finding.advice.is_empty(), "{context}");
            if code == "ExpiredTokenException" && operation != "HeadBucket" {
                let advice = reported.finding.advice.join("\n");
                assert!(advice.contains("sign in again"), "{context}");
            }
        }
    }
}
