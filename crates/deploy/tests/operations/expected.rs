//! Missing resources and late data, as `status` reports them.

use crate::account::Account;

async fn problems(account: &Account, now: &str) -> Vec<String> {
    let status = account.status(now).await;
    let problems = status.problems.into_iter();
    problems.map(|problem| problem.what).collect()
}

/// The alarm for it comes a day later.
#[tokio::test]
async fn data_are_late_as_soon_as_the_settings_say_so() {
    let account = Account::new().await;
    let reported = problems(&account, "2026-07-14T03:15:00Z").await;
    assert_eq!(reported, Vec::<String>::new());
    let reported = problems(&account, "2026-07-15T03:15:00Z").await;
    assert_eq!(
        reported,
        ["the newest day is 2026-07-10, 5 days ago: more than the 4 of `stale_after_days`"]
    );
}

#[tokio::test]
async fn missing_data_sets_of_the_built_in_dashboard_are_reported_once() {
    let mut account = Account::new().await;
    account.resolved.settings.dashboard = "builtin".to_owned();
    let reported = problems(&account, "2026-07-11T03:15:00Z").await;
    assert_eq!(reported.len(), 1, "{reported:?}");
    assert!(
        reported[0].starts_with("missing: ") && reported[0].contains(" datasets ("),
        "{reported:?}"
    );
    assert!(!reported[0].contains("user-totals"), "{reported:?}");
}
