//! Whether the caller may do what a deployment does, asked of IAM's own simulation where that is allowed.

use futures::stream::{self, StreamExt};
use serde_json::json;

use super::Place;
use super::finding::Finding;
use super::needs::{Need, needs};
use crate::aws::{AwsError, AwsErrorKind, Fields, services};
use crate::step::Blame;

/// So many simulations side by side.
const AT_ONCE: usize = 4;

pub(super) async fn check(place: &Place<'_>) -> Finding {
    let caller = place.aws.caller().arn.as_str();
    if caller.ends_with(":root") {
        return Finding::pass("the root user may do everything");
    }
    let source = match source_of(place, caller).await {
        Ok(Some(source)) => source,
        Ok(None) => return unknown(&format!("`{caller}` is no user or role of the account")),
        Err(error) => return not_simulated(&error),
    };
    let needs = needs(place);
    let count: usize = needs.iter().map(|need| need.actions.len()).sum();
    let source = &source;
    let answers: Vec<(Need, Result<Vec<String>, AwsError>)> = stream::iter(needs)
        .map(|need| async move {
            let denied = place
                .aws
                .denied_actions(source, need.actions, &need.resource);
            let denied = denied.await;
            (need, denied)
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let mut finding = Finding::empty();
    for (need, answer) in answers {
        match answer {
            Err(error) => return not_simulated(&error),
            Ok(denied) if denied.is_empty() => {}
            Ok(denied) => finding.add_failure(
                Blame::Aws,
                format!("not allowed on `{}`: {}", need.resource, denied.join(", ")),
                "have them allowed: docs/permissions.md has the whole policy",
            ),
        }
    }
    if finding.found.is_empty() {
        finding.add(format!(
            "all {count} actions that were tried are allowed by your policies (what an organisation forbids may not show)"
        ));
    }
    finding
}

fn not_simulated(error: &AwsError) -> Finding {
    match error.kind {
        AwsErrorKind::Denied => unknown("you may not ask IAM to simulate your policies"),
        _ => Finding::of(error),
    }
}

fn unknown(why: &str) -> Finding {
    Finding::warn(
        format!("could not be found out: {why}"),
        "docs/permissions.md has the policy a deployment needs; what is missing is told by the call that fails, and `deploy` goes on from there",
    )
}

/// The ARN whose policies count: a session's role, or the user.
async fn source_of(place: &Place<'_>, caller: &str) -> Result<Option<String>, AwsError> {
    if caller.contains(":user/") {
        return Ok(Some(caller.to_owned()));
    }
    let session = caller.split_once(":assumed-role/");
    let Some(role) = session.and_then(|(_, rest)| rest.split('/').next()) else {
        return Ok(None);
    };
    // A session does not tell the path of its role.
    let call = place
        .aws
        .call(&services::IAM, "GetRole")
        .on(format!("role `{role}`"))
        .body(json!({"RoleName": role}));
    let found = call.find().await?;
    Ok(found.map(|found| found.text("Role/Arn").to_owned()))
}
