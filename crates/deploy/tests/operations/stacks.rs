//! Stacks that are not to be removed.

use kiro_deploy::teardown::{Teardown, TeardownPlan};

use crate::account::Account;
use crate::operation::is_mutating;

async fn plan(account: &Account) -> TeardownPlan {
    let teardown = Teardown {
        aws: &account.aws,
        names: &account.names,
        settings: &account.resolved.settings,
        stack: Some(&account.stack),
        deletes_data: true,
    };
    teardown.plan().await.unwrap()
}

#[tokio::test]
async fn termination_protection_is_found_before_anything_is_removed() {
    let mut account = Account::new().await;
    account.stack.is_protected = true;
    let plan = plan(&account).await;
    assert_eq!(plan.blockers.len(), 1, "{:?}", plan.blockers);
    let reported = format!("{:?}", plan.blockers);
    assert!(
        reported.contains("stack `kiro-analytics-data` has termination protection"),
        "{reported}"
    );
    assert!(account.operations().iter().all(|name| !is_mutating(name)));
}

#[tokio::test]
async fn a_stack_without_the_tag_is_retained_with_the_command_to_take_it_over() {
    let mut account = Account::new().await;
    account.stack.tags.clear();
    let reported = format!("{:?}", plan(&account).await.blockers);
    assert!(
        reported.contains("--take-over kiro-analytics-data"),
        "{reported}"
    );
}
