//! The subscription of Amazon Quick Sight: its edition, the Region of its users, and the Region of the datasets.

use aws_sdk_quicksight::types::{AccountInfo, DataSetImportMode, Edition};

use super::context::CheckContext;
use super::finding::Finding;
use crate::aws::{Aws, AwsError, AwsErrorKind, Context, Optional, spice_hint};
use crate::discover::identity_region;
use crate::step::ErrorCategory;

pub(super) async fn check(context: &CheckContext<'_>) -> Finding {
    if let Some(finding) = context.without_quicksight() {
        return finding;
    }
    let configured = context.settings().quicksight_identity_region();
    let asked = context
        .aws
        .in_region(configured.unwrap_or(context.aws.region()));
    let (region, answer) = match describe(&asked).await {
        Err(error) => match identity_region(&error.message) {
            Some(region) => {
                let regional = context.aws.in_region(&region);
                (region, describe(&regional).await)
            }
            None => (asked.region().to_owned(), Err(error)),
        },
        answer => (asked.region().to_owned(), answer),
    };
    let account = match answer {
        Ok(Some(account)) => account,
        Ok(None) => {
            return Finding::fail(
                ErrorCategory::Aws,
                "the account has no subscription of Amazon Quick Sight (QuickSight)",
                "sign up for the Enterprise edition in the console, or set `quicksight = false` and use `kiro-analytics serve`",
            );
        }
        Err(error) => return Finding::of(&error),
    };
    let status = account.account_subscription_status.unwrap_or_default();
    let edition = account.edition;
    let name = edition.as_ref().map_or("unknown", Edition::as_str);
    let mut finding = Finding::empty();
    let found = format!("edition {name}, {status}, users are kept in {region}");
    match edition {
        Some(Edition::Enterprise | Edition::EnterpriseAndQ) => finding.add(found),
        _ => finding.add_failure(
            ErrorCategory::Aws,
            found,
            "only the Enterprise edition can create dashboards through the API: upgrade in Manage Quick Sight",
        ),
    }
    if status != "ACCOUNT_CREATED" && status != "OK" {
        finding.add_failure(
            ErrorCategory::Aws,
            format!("the subscription is {status}"),
            "check it in Manage Quick Sight, then run this again",
        );
    }
    if configured.is_some_and(|configured| configured != region) {
        finding.add_warning(
            format!(
                "the settings name `{}` as that Region",
                configured.unwrap_or_default()
            ),
            format!(
                "set quicksight_identity_region = \"{region}\", and use ARNs of users from that Region"
            ),
        );
    }
    check_region(context.aws, &region, &mut finding).await;
    finding
}

/// Checks Quick Sight in the Region of the deployment, the Region of datasets and dashboard.
async fn check_region(aws: &Aws, identity_region: &str, finding: &mut Finding) {
    let region = aws.region();
    let request = aws.clients().quicksight.list_data_sets();
    let pages = request.aws_account_id(aws.account()).into_paginator();
    let listed = pages.items().send().collect::<Result<Vec<_>, _>>().await;
    let listed = listed.context(
        aws,
        "quicksight:ListDataSets",
        format!("the datasets in {region}"),
    );
    match listed {
        Ok(data_sets) => {
            let has_spice = data_sets
                .iter()
                .any(|one| one.import_mode == Some(DataSetImportMode::Spice));
            // No API reports the capacity. The home Region has some; other Regions have none until it is bought.
            if region != identity_region && !has_spice {
                finding.add_warning(
                    format!(
                        "SPICE may have no capacity in {region}: there is no dataset in SPICE yet, and the users are kept in {identity_region}"
                    ),
                    spice_hint(&aws.scope()),
                );
            }
        }
        Err(error) if error.kind == AwsErrorKind::Unreachable => finding.add_failure(
            ErrorCategory::Usage,
            format!("Amazon Quick Sight does not respond in {region}, the Region of the dashboard: {error}"),
            "choose a Region that has Amazon Quick Sight (--region), or deploy without a dashboard with --set quicksight=false; AWS lists its Regions under \"Amazon Quick endpoints and quotas\"",
        ),
        Err(error) => finding.add_error(&error),
    }
}

async fn describe(aws: &Aws) -> Result<Option<AccountInfo>, AwsError> {
    let request = aws.clients().quicksight.describe_account_subscription();
    let sent = request.aws_account_id(aws.account()).send().await;
    let action = "quicksight:DescribeAccountSubscription";
    let found = sent.context(aws, action, "the subscription of Amazon Quick Sight");
    Ok(found.optional()?.and_then(|found| found.account_info))
}
