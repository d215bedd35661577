//! The subscription of Amazon Quick Sight, its edition, and the Region that keeps its users.

use serde_json::Value;

use super::Place;
use super::finding::Finding;
use crate::aws::{Aws, AwsError, Fields, Method, services};
use crate::discover::identity_region;
use crate::step::Blame;

pub(super) async fn check(place: &Place<'_>) -> Finding {
    if let Some(finding) = place.without_quicksight() {
        return finding;
    }
    let told = place.settings().quicksight_identity_region();
    let asked = place.aws.in_region(told.unwrap_or(place.aws.region()));
    let (region, answer) = match describe(&asked).await {
        Err(error) => match identity_region(&error.message) {
            Some(region) => {
                let there = place.aws.in_region(&region);
                (region, describe(&there).await)
            }
            None => (asked.region().to_owned(), Err(error)),
        },
        answer => (asked.region().to_owned(), answer),
    };
    let account = match answer {
        Ok(Some(account)) => account,
        Ok(None) => {
            return Finding::fail(
                Blame::Aws,
                "the account has no subscription of Amazon Quick Sight (QuickSight)",
                "sign up for the Enterprise edition in the console, or set `quicksight = false` and use `kiro-analytics serve`",
            );
        }
        Err(error) => return Finding::of(&error),
    };
    let (edition, status) = (
        account.text("AccountInfo/Edition"),
        account.text("AccountInfo/AccountSubscriptionStatus"),
    );
    let mut finding = Finding::empty();
    let found = format!("edition {edition}, {status}, users are kept in {region}");
    match edition {
        "ENTERPRISE" | "ENTERPRISE_AND_Q" => finding.add(found),
        _ => finding.add_failure(
            Blame::Aws,
            found,
            "dashboards can be made by programs in the Enterprise edition alone: upgrade in Manage Quick Sight",
        ),
    }
    if status != "ACCOUNT_CREATED" && status != "OK" {
        finding.add_failure(
            Blame::Aws,
            format!("the subscription is {status}"),
            "look at it in Manage Quick Sight, then run this again",
        );
    }
    if told.is_some_and(|told| told != region) {
        finding.add_warning(
            format!(
                "the settings take `{}` for that Region",
                told.unwrap_or_default()
            ),
            format!(
                "set quicksight_identity_region = \"{region}\", and take ARNs of users from there"
            ),
        );
    }
    finding
}

async fn describe(aws: &Aws) -> Result<Option<Value>, AwsError> {
    let call = aws.rest(
        &services::QUICKSIGHT,
        "DescribeAccountSubscription",
        Method::Get,
        &["account", aws.account()],
    );
    call.on("the subscription of Amazon Quick Sight")
        .find()
        .await
}
