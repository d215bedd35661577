//! The role that Quick Sight reads with: there, trusting Quick Sight, and what it may do already.

use percent_encoding::percent_decode_str;
use serde_json::json;

use super::Place;
use super::finding::Finding;
use crate::aws::{AwsError, Fields, services};
use crate::step::Blame;

/// The managed policy by which Quick Sight may use Athena.
const ATHENA_ACCESS: &str = "AWSQuicksightAthenaAccess";

pub(super) async fn check(place: &Place<'_>) -> Finding {
    if let Some(finding) = place.without_quicksight() {
        return finding;
    }
    let role = place.settings().quicksight_role.as_str();
    let found = place
        .aws
        .call(&services::IAM, "GetRole")
        .on(format!("role `{role}`"))
        .body(json!({"RoleName": role}))
        .find()
        .await;
    let described = match found {
        Ok(Some(described)) => described,
        Ok(None) => {
            return Finding::fail(
                Blame::Usage,
                format!("there is no role `{role}`"),
                "in Manage Quick Sight, Security & permissions, allow Amazon Athena once, which makes it; or name the role you use with --set quicksight_role=NAME",
            );
        }
        Err(error) => return Finding::of(&error),
    };
    let mut finding = Finding::pass(format!("role `{role}` is there"));
    let trust = described.text("Role/AssumeRolePolicyDocument");
    let trust = percent_decode_str(trust).decode_utf8_lossy();
    if !trust.is_empty() && !trust.contains("quicksight.amazonaws.com") {
        finding.add_failure(
            Blame::Usage,
            "the role does not trust quicksight.amazonaws.com".to_owned(),
            "name the role that Manage Quick Sight, Security & permissions shows with --set quicksight_role=NAME",
        );
    }
    if !described
        .text("Role/PermissionsBoundary/PermissionsBoundaryArn")
        .is_empty()
    {
        finding.add_warning(
            "the role has a permissions boundary".to_owned(),
            "the boundary must allow what our policy allows: reading the results bucket, Athena and Glue",
        );
    }
    match policies(place, role).await {
        Err(error) => finding.add_error(&error),
        Ok((attached, inline)) => {
            let own = place.settings().quicksight_policy(place.names);
            let told = |is_there: bool| {
                if is_there {
                    "is there"
                } else {
                    "is missing: `deploy` shows it, and adds it once you agree"
                }
            };
            let has_athena = attached
                .iter()
                .any(|name| name.eq_ignore_ascii_case(ATHENA_ACCESS));
            finding.add(format!("policy `{ATHENA_ACCESS}` {}", told(has_athena)));
            finding.add(format!("policy `{own}` {}", told(inline.contains(&own))));
        }
    }
    finding
}

async fn policies(place: &Place<'_>, role: &str) -> Result<(Vec<String>, Vec<String>), AwsError> {
    let call = |operation: &'static str| {
        let call = place.aws.call(&services::IAM, operation);
        call.on(format!("role `{role}`"))
            .body(json!({"RoleName": role}))
    };
    let (attached, inline) = tokio::join!(
        call("ListAttachedRolePolicies").pages("AttachedPolicies", "Marker"),
        call("ListRolePolicies").pages("PolicyNames", "Marker"),
    );
    let attached = attached?;
    let attached = attached.iter().map(|policy| policy.text("PolicyName"));
    let inline = inline?;
    let inline = inline.iter().filter_map(serde_json::Value::as_str);
    Ok((
        attached.map(str::to_owned).collect(),
        inline.map(str::to_owned).collect(),
    ))
}
