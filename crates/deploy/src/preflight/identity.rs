//! The directory and the roster that names come from, if identity mapping is on.

use kiro_directory::{CallErrorKind, CallTarget, DirectoryError, probe_directory};

use super::context::CheckContext;
use super::finding::Finding;
use crate::aws::AwsErrorKind;
use crate::identity_source::directory_options;
use crate::step::ErrorCategory;

pub(super) async fn check(context: &CheckContext<'_>) -> Finding {
    let settings = context.settings();
    if !settings.identity_mapping {
        return Finding::pass("not needed: `identity_mapping` is false");
    }
    let mut finding = directory(context).await;
    if let Some(roster) = &settings.roster {
        add_roster(context, roster, &mut finding).await;
    }
    finding
}

async fn directory(context: &CheckContext<'_>) -> Finding {
    let settings = context.settings();
    let options = directory_options(settings);
    match probe_directory(context.aws.config(), &options).await {
        Ok(found) => {
            let mut finding = Finding::pass(format!(
                "Identity Store `{}` answers in {}",
                found.identity_store, found.region
            ));
            if let Some(role) = &settings.identity_role {
                finding.add(format!("read with `{role}`"));
            }
            finding
        }
        Err(error) if settings.roster.is_some() && settings.identity_store.is_none() => {
            Finding::pass(format!("names come from the roster alone: {error}"))
        }
        Err(error) => of_error(context, &error),
    }
}

/// A role that only the function may assume, and a denied read, may be right all the same.
fn of_error(context: &CheckContext<'_>, error: &DirectoryError) -> Finding {
    let DirectoryError::Call(call) = error else {
        return Finding::fail(ErrorCategory::Usage, error.to_string(), error.hint());
    };
    match (&call.kind, &call.target) {
        (CallErrorKind::Denied(_), CallTarget::Role { .. }) => {
            let pattern = format!(
                "arn:{}:iam::{}:role/{}-MapRole-*",
                context.names.partition,
                context.names.account,
                context.names.identity_stack()
            );
            Finding::warn(
                format!("could not be checked: {error}"),
                format!("the role's trust policy must allow `{pattern}`; you need not be allowed"),
            )
        }
        (CallErrorKind::Denied(_) | CallErrorKind::KeyDenied, _) => {
            Finding::warn(format!("could not be checked: {error}"), error.hint())
        }
        (CallErrorKind::StoreNotFound, _) => {
            Finding::fail(ErrorCategory::Usage, error.to_string(), error.hint())
        }
        _ => Finding::fail(ErrorCategory::Aws, error.to_string(), error.hint()),
    }
}

async fn add_roster(context: &CheckContext<'_>, roster: &str, finding: &mut Finding) {
    let place = roster.trim_start_matches("s3://");
    let (bucket, key) = place.split_once('/').unwrap_or((place, ""));
    let found = context.aws.buckets().object_info(bucket, key).await;
    match found {
        Ok(Some(info)) => finding.add(format!("roster `{roster}` of {}", info.modified)),
        Ok(None) => finding.add_failure(
            ErrorCategory::Usage,
            format!("there is no roster `{roster}`"),
            "upload it, or remove the setting with `--set roster=`",
        ),
        Err(error) if error.kind == AwsErrorKind::Denied => finding.add_warning(
            format!("roster `{roster}` could not be checked: {error}"),
            "the function needs s3:GetObject on it; you need not be allowed",
        ),
        Err(error) => finding.add_error(&error),
    }
}
