//! Status, log and imports, with successes and failed calls.

use kiro_deploy::assets::{AssetKind, Assets};
use kiro_deploy::ingestion::import_all;
use kiro_deploy::logs::LogReport;
use kiro_deploy::progress::NoProgress;

use crate::account::{Account, FAILURES};

const NOW: &str = "2026-07-11T03:15:00Z";

#[tokio::test]
async fn a_deployment_that_is_well_has_no_problem() {
    let account = Account::new().await;
    let status = account.status(NOW).await;
    assert_eq!(status.problems, [], "{status:#?}");
    assert_eq!(status.normalization.unwrap().files_processed, 1);
    assert_eq!(status.newest_day.as_deref(), Some("2026-07-10"));
    assert_eq!(status.parts.unwrap().parts, 1);
    assert_eq!(status.data_sets[0].view, "user_totals");
    assert_eq!(status.alarms[0].name, "FailedAlarm");
    assert_eq!(
        status.dashboard.unwrap().address,
        "https://eu-central-1.quicksight.aws.amazon.com/sn/dashboards/kiro-analytics-kiro"
    );
}

/// Drift: resources of the stack were changed or deleted outside it.
#[tokio::test]
async fn drift_is_a_problem_that_deploy_corrects() {
    let account = Account::new().await;
    for (operation, reported) in [
        ("GetFunctionConfiguration", "function `f` does not exist"),
        ("GetSchedule", "schedule `nightly` does not exist"),
        ("GetBucketPolicy", "has no policy that requires TLS"),
        ("GetPublicAccessBlock", "does not block public access"),
    ] {
        account.fail(operation, 404, "ResourceNotFoundException");
        let status = account.status(NOW).await;
        let mut problems = status.problems.iter();
        let found = problems.find(|problem| problem.what.contains(reported));
        let found = found.unwrap_or_else(|| panic!("{operation}: {:?}", status.problems));
        assert!(found.what.starts_with("changed outside CloudFormation: "));
        assert_eq!(found.hint, "`kiro-analytics deploy` corrects it");
    }
}

/// A failed read is a problem with a hint, and everything else is still reported.
#[tokio::test]
async fn every_call_that_fails_is_a_problem_and_hides_nothing_else() {
    let account = Account::new().await;
    account.status(NOW).await;
    let mut operations = account.operations();
    assert!(operations.len() > 8, "{operations:?}");
    // The test itself also reads the stack.
    operations.remove("DescribeStacks");
    for operation in &operations {
        for (status, code) in FAILURES {
            account.fail(operation, status, code);
            let seen = account.status(NOW).await;
            let context = format!("{operation} {code}: {seen:#?}");
            assert!(!seen.stacks.is_empty(), "{context}");
            if status == 404 {
                continue;
            }
            let mut problems = seen.problems.iter();
            let reported =
                problems.find(|problem| problem.what.contains(&format!(":{operation}`")));
            let reported = reported.unwrap_or_else(|| panic!("not reported: {context}"));
            assert!(reported.what.contains(code), "{context}");
            assert!(!reported.hint.is_empty(), "{context}");
            assert!(seen.category().is_some(), "{context}");
        }
    }
}

/// The schedule and the alarms are read for the status and for the drift comparison.
#[tokio::test]
async fn a_failed_read_of_schedule_or_alarms_is_one_problem() {
    let account = Account::new().await;
    for operation in ["GetSchedule", "DescribeAlarms"] {
        account.fail(operation, 403, "AccessDeniedException");
        let problems = account.status(NOW).await.problems;
        let of_operation = problems
            .iter()
            .filter(|problem| problem.what.contains(&format!(":{operation}`")));
        assert_eq!(of_operation.count(), 1, "{problems:#?}");
    }
}

#[tokio::test]
async fn an_unreadable_log_is_reported() {
    let account = Account::new().await;
    let since = "2026-07-04T03:15:00Z".parse().unwrap();
    let report = LogReport::read(&account.aws, &account.stack, since).await;
    assert_eq!(report.unwrap().runs.len(), 1);
    for operation in ["FilterLogEvents", "GetQueueAttributes"] {
        for (status, code) in FAILURES {
            account.fail(operation, status, code);
            let report = LogReport::read(&account.aws, &account.stack, since).await;
            if status == 404 {
                assert!(report.is_ok(), "a log that does not exist is empty");
                continue;
            }
            let error = report.unwrap_err();
            assert!(
                error.to_string().contains(&format!(":{operation}`")),
                "{error}"
            );
            assert!(!error.hint().is_empty(), "{error}");
        }
    }
}

#[tokio::test]
async fn a_failed_import_is_reported_for_its_data_set() {
    let account = Account::new().await;
    let (aws, names) = (&account.aws, &account.names);
    let assets = Assets::find_kinds(aws, names, &[AssetKind::DataSet]).await;
    let assets = assets.unwrap();
    let data_sets: Vec<_> = assets.of(AssetKind::DataSet).collect();
    let well = import_all(aws, names, &data_sets, "refresh-1", &NoProgress).await;
    assert_eq!(well[0].line().rows, Some(7));
    for operation in ["CreateIngestion", "DescribeIngestion"] {
        for (status, code) in FAILURES {
            account.fail(operation, status, code);
            let imported = import_all(aws, names, &data_sets, "refresh-2", &NoProgress).await;
            let line = imported[0].line();
            let error = line.error.unwrap();
            assert!(!imported[0].has_succeeded());
            assert!(error.contains(&format!(":{operation}`")), "{error}");
            assert!(line.hint.is_some_and(|hint| !hint.is_empty()), "{error}");
        }
    }
}
