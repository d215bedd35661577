//! The function's zip on this machine, and room for the function in the account.

use std::path::PathBuf;

use aws_sdk_lambda::types::AccountLimit;

use super::Place;
use super::finding::Finding;
use crate::aws::Context;
use crate::step::Blame;

pub(super) fn zip(place: &Place<'_>, folders: &[PathBuf]) -> Finding {
    let architecture = &place.settings().architecture;
    let name = format!("normalize-report-{architecture}.zip");
    let mut candidates = folders.iter().map(|folder| folder.join(&name));
    if let Some(path) = candidates.find(|path| path.is_file()) {
        return Finding::pass(format!("`{}`", path.display()));
    }
    let advice = format!(
        "unpack a release, or build it with `scripts/build-lambda --arch {architecture}`, and name its folder with --set functions=DIR"
    );
    if place.stack.is_some_and(|stack| !stack.outputs.is_empty()) {
        return Finding::warn(
            format!("there is no `{name}` here: the deployed function would stay as it is"),
            advice,
        );
    }
    let looked: Vec<String> = folders
        .iter()
        .map(|folder| format!("`{}`", folder.display()))
        .collect();
    Finding::warn(
        format!(
            "there is no `{name}` in {}: needed at apply",
            looked.join(", ")
        ),
        advice,
    )
}

/// The concurrency that is not reserved, which functions without a reservation share.
pub(super) async fn quota(place: &Place<'_>) -> Finding {
    let call = place.aws.clients().lambda.get_account_settings();
    let answer = call.send().await;
    let answer = match answer.context(place.aws, "lambda:GetAccountSettings", "the account") {
        Ok(answer) => answer,
        Err(error) => return Finding::of(&error),
    };
    let limit = answer.account_limit();
    let (Some(all), Some(free)) = (
        limit.map(AccountLimit::concurrent_executions),
        limit.and_then(AccountLimit::unreserved_concurrent_executions),
    ) else {
        return Finding::pass("no limit is told");
    };
    let found = format!("{free} of {all} concurrent executions are not reserved; one is needed");
    match free {
        ..=0 => Finding::fail(
            Blame::Aws,
            found,
            "release reserved concurrency of other functions, or have the quota raised (Service Quotas, Lambda)",
        ),
        1..5 => Finding::warn(
            found,
            "other functions may keep the normalizer waiting: have the quota raised (Service Quotas, Lambda)",
        ),
        _ => Finding::pass(found),
    }
}
