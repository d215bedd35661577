//! The roles that Quick Sight reads with: whether they exist, trust Quick Sight, and have their policies.

use super::context::CheckContext;
use super::finding::Finding;
use crate::aws::AwsError;
use crate::service_roles::{ServiceRole, role_names};
use crate::step::ErrorCategory;
use crate::steps::ATHENA_POLICY;

pub(super) async fn check(context: &CheckContext<'_>) -> Finding {
    if let Some(finding) = context.without_quicksight() {
        return finding;
    }
    let roles = match ServiceRole::find_all(context.aws, context.settings()).await {
        Ok(roles) => roles,
        Err(error) => return Finding::of(&error),
    };
    if roles.is_empty() {
        let names: Vec<String> = role_names(context.settings())
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        return Finding::fail(
            ErrorCategory::Usage,
            format!("there is no role {}", names.join(" or ")),
            "in Manage Quick Sight, Security & permissions, allow Amazon Athena once, which creates the role; or name the role you use with --set quicksight_role=NAME",
        );
    }
    let mut finding = Finding::empty();
    for role in &roles {
        finding.add(format!("role `{}` exists", role.name));
        check_role(context, role, &mut finding).await;
    }
    finding
}

async fn check_role(context: &CheckContext<'_>, role: &ServiceRole, finding: &mut Finding) {
    if !role.trust.is_empty() && !role.trust.contains("quicksight.amazonaws.com") {
        finding.add_failure(
            ErrorCategory::Usage,
            "the role does not trust quicksight.amazonaws.com".to_owned(),
            "name the role that Manage Quick Sight, Security & permissions shows with --set quicksight_role=NAME",
        );
    }
    if role.has_boundary {
        finding.add_warning(
            "the role has a permissions boundary".to_owned(),
            "the boundary must allow what the deployment's policy allows: reading the results bucket, Athena and Glue",
        );
    }
    match policies(context, role).await {
        Err(error) => finding.add_error(&error),
        Ok((attached, inline)) => {
            let own = context.names.quicksight_policy(context.settings());
            let state = |exists: bool| {
                if exists {
                    "exists"
                } else {
                    "is missing: `deploy` shows it, and adds it after you approve"
                }
            };
            let has_athena = attached
                .iter()
                .any(|name| name.eq_ignore_ascii_case(ATHENA_POLICY));
            finding.add(format!("policy `{ATHENA_POLICY}` {}", state(has_athena)));
            if !has_athena {
                finding.add(
                    "Amazon Athena may be switched off: Manage Quick Sight, Security & permissions, must list it, or imports are denied",
                );
            }
            finding.add(format!("policy `{own}` {}", state(inline.contains(&own))));
        }
    }
}

async fn policies(
    context: &CheckContext<'_>,
    role: &ServiceRole,
) -> Result<(Vec<String>, Vec<String>), AwsError> {
    let (attached, inline) = tokio::join!(
        role.attached_policies(context.aws),
        role.inline_policies(context.aws)
    );
    Ok((attached?, inline?))
}
