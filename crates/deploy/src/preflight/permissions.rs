//! Whether the caller has all permissions of a deployment: IAM simulates every permission of the list.

use futures::stream::{self, StreamExt};

use super::context::CheckContext;
use super::finding::Finding;
use super::simulation::{Decision, simulate};
use crate::aws::{AwsError, AwsErrorKind, Context, Optional};
use crate::permissions::{PolicyScope, Statement, statements};
use crate::step::ErrorCategory;

/// Maximum concurrent simulations: IAM throttles early.
const MAX_CONCURRENT: usize = 4;

const PRINT_POLICY: &str =
    "allow them: `kiro-analytics permissions` prints the whole policy for your settings";

pub(super) async fn check(context: &CheckContext<'_>) -> Finding {
    let caller = context.aws.caller().arn.as_str();
    if caller.ends_with(":root") {
        return Finding::pass("the root user may do everything");
    }
    let source = match policy_source(context, caller).await {
        Ok(Some(source)) => source,
        Ok(None) => return unknown(&format!("`{caller}` is not a user or role of the account")),
        Err(error) => return not_simulated(&error),
    };
    let scope = PolicyScope {
        deployer_role: Some(source.clone()),
        ..PolicyScope::new(context.names, context.settings())
    };
    let statements = statements(&scope);
    let simulations = statements.iter();
    let simulations: Vec<_> = simulations
        .map(|statement| simulate(context.aws, &source, statement))
        .collect();
    let answers: Vec<Result<Vec<Decision>, AwsError>> = stream::iter(simulations)
        .buffered(MAX_CONCURRENT)
        .collect()
        .await;
    let mut finding = Finding::empty();
    for (statement, answer) in statements.iter().zip(answers) {
        match answer {
            Err(error) => return not_simulated(&error),
            Ok(decisions) => add(&mut finding, statement, &decisions),
        }
    }
    if finding.found.is_empty() {
        let count: usize = statements.iter().map(|one| one.actions().len()).sum();
        finding.add(format!(
            "all {count} actions in {} statements are allowed by your policies (a denial by an organisation's policy may not be visible)",
            statements.len()
        ));
    }
    finding
}

/// Adds the actions that are denied, by resource, and those that the simulation cannot decide.
fn add(finding: &mut Finding, statement: &Statement, decisions: &[Decision]) {
    let mut resources: Vec<&str> = decisions.iter().map(Decision::resource).collect();
    resources.sort_unstable();
    resources.dedup();
    for resource in resources {
        let mut denied: Vec<String> = Vec::new();
        let mut unknown: Vec<String> = Vec::new();
        for decision in decisions.iter().filter(|one| one.resource() == resource) {
            match decision {
                Decision::Allowed { .. } => {}
                Decision::Denied { action, by, .. } => denied.push(match by {
                    Some(by) => format!("{action} (denied by {by})"),
                    None => action.clone(),
                }),
                Decision::Unknown { action, why, .. } => unknown.push(format!("{action} ({why})")),
            }
        }
        if !denied.is_empty() {
            finding.add_failure(
                ErrorCategory::Aws,
                format!(
                    "{}: not allowed on `{resource}`: {}",
                    statement.sid,
                    denied.join(", ")
                ),
                PRINT_POLICY,
            );
        }
        if !unknown.is_empty() {
            finding.add_warning(
                format!(
                    "{}: could not be simulated on `{resource}`: {}",
                    statement.sid,
                    unknown.join(", ")
                ),
                "verify these in another way: a denied call names its action, and `deploy` continues from there",
            );
        }
    }
}

fn not_simulated(error: &AwsError) -> Finding {
    match error.kind {
        AwsErrorKind::Denied => unknown("you are not allowed to simulate your policies in IAM"),
        _ => Finding::of(error),
    }
}

fn unknown(why: &str) -> Finding {
    Finding::warn(
        format!("could not be determined: {why}"),
        "`kiro-analytics permissions` prints the policy that a deployment needs; a call that fails names the missing action, and `deploy` continues from there",
    )
}

/// The ARN of the user, or of the session's role, whose policies apply.
async fn policy_source(
    context: &CheckContext<'_>,
    caller: &str,
) -> Result<Option<String>, AwsError> {
    if caller.contains(":user/") {
        return Ok(Some(caller.to_owned()));
    }
    let session = caller.split_once(":assumed-role/");
    let Some(role) = session.and_then(|(_, rest)| rest.split('/').next()) else {
        return Ok(None);
    };
    // The ARN of a session does not contain the path of its role.
    let iam = &context.aws.clients().iam;
    let found = iam.get_role().role_name(role).send().await;
    let found = found
        .context(context.aws, "iam:GetRole", format!("role `{role}`"))
        .optional()?;
    Ok(found.and_then(|found| found.role).map(|role| role.arn))
}
