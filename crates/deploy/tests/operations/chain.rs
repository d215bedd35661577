//! The chain from the exports to the imports, as `status` reports it.

use crate::account::Account;

#[tokio::test]
async fn the_chain_has_every_step_and_is_complete() {
    let account = Account::new().await;
    let status = account.status("2026-07-11T03:15:00Z").await;
    let steps: Vec<String> = status
        .chain
        .iter()
        .map(|step| format!("{} {:?}: {}", step.name, step.is_newer, step.note))
        .collect();
    assert_eq!(
        steps,
        [
            "exports None: newest day 2026-07-10",
            "normalizer Some(true): 1 exports read",
            "imports Some(true): 1 of 1 datasets",
        ]
    );
    let stacks: Vec<&str> = status
        .stacks
        .iter()
        .map(|stack| stack.name.as_str())
        .collect();
    assert_eq!(stacks, ["kiro-analytics-data", "kiro-analytics-follow-up"]);
}

/// Only the function has to list the bucket.
#[tokio::test]
async fn exports_that_may_not_be_listed_are_no_problem_of_the_chain() {
    let account = Account::new().await;
    account.fail("ListObjectsV2", 403, "AccessDeniedException");
    let status = account.status("2026-07-11T03:15:00Z").await;
    assert_eq!(
        status.chain[0].note,
        "the time of the newest is unknown: you may not list `example-kiro-reports`"
    );
    assert_eq!(status.chain[1].is_newer, None);
}
