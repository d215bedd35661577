//! The functions' zips on this machine, and the Lambda quota of the account.

use std::path::PathBuf;

use aws_sdk_lambda::types::AccountLimit;

use super::context::CheckContext;
use super::finding::Finding;
use crate::aws::Context;
use crate::step::ErrorCategory;
use crate::steps::{FunctionKind, Zip};

pub(super) fn zip(context: &CheckContext<'_>, folders: &[PathBuf]) -> Finding {
    let mut finding = Finding::empty();
    let architecture = context.settings().architecture.as_str();
    for kind in FunctionKind::needed(context.settings()) {
        if let Some(path) = Zip::locate(kind, architecture, folders) {
            finding.add(format!("`{}`", path.display()));
            continue;
        }
        let is_deployed = kind == FunctionKind::NormalizeReport
            && context.stack.is_some_and(|stack| !stack.outputs.is_empty());
        let missing = if is_deployed {
            let name = Zip::file_name(kind, architecture);
            format!("there is no `{name}` here: the deployed function would not change")
        } else {
            let missing = Zip::not_found_in(kind, architecture, folders);
            format!("{missing}: needed at apply")
        };
        finding.add_warning(
            missing,
            Zip::missing_zip_hint(architecture, "--set functions=DIR"),
        );
    }
    finding
}

/// Checks the unreserved concurrency, which all functions without a reservation share.
pub(super) async fn quota(context: &CheckContext<'_>) -> Finding {
    let call = context.aws.clients().lambda.get_account_settings();
    let answer = call.send().await;
    let answer = match answer.context(context.aws, "lambda:GetAccountSettings", "the account") {
        Ok(answer) => answer,
        Err(error) => return Finding::of(&error),
    };
    let limit = answer.account_limit();
    let (Some(all), Some(free)) = (
        limit.map(AccountLimit::concurrent_executions),
        limit.and_then(AccountLimit::unreserved_concurrent_executions),
    ) else {
        return Finding::pass("Lambda reports no limit");
    };
    let found = format!("{free} of {all} concurrent executions are not reserved; one is needed");
    match free {
        ..=0 => Finding::fail(
            ErrorCategory::Aws,
            found,
            "release reserved concurrency of other functions, or request a higher quota (Service Quotas, Lambda)",
        ),
        1..5 => Finding::warn(
            found,
            "other functions may delay the normalizer: request a higher quota (Service Quotas, Lambda)",
        ),
        _ => Finding::pass(found),
    }
}
