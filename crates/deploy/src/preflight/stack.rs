//! What is deployed, and whether the names of the database and the workgroup are available.

use super::context::CheckContext;
use super::finding::Finding;
use crate::aws::{Aws, AwsError, Context, Optional};
use crate::stack::{Stack, StackState};
use crate::stack_drift::Drift;
use crate::stack_resources::StackResource;
use crate::step::ErrorCategory;
use crate::tags;

fn versions(stack: Option<&Stack>, prefix: &str, version: &str) -> Finding {
    let Some(stack) = stack else {
        return Finding::pass(format!("{version} here, nothing deployed yet"));
    };
    let deployed = stack.version();
    let deployed_text = if deployed.is_empty() {
        "none"
    } else {
        deployed
    };
    let found = format!(
        "{version} here, {deployed_text} deployed; stack `{}` is {}",
        stack.name, stack.status
    );
    match stack.state() {
        StackState::InProgress => Finding::fail(
            ErrorCategory::Aws,
            found,
            "the stack is being changed: wait until the change ends",
        ),
        StackState::RollbackFailed => Finding::warn(
            found,
            "`kiro-analytics deploy` continues the rollback, then updates the stack",
        ),
        StackState::Empty | StackState::CreationFailed => Finding::warn(
            found,
            "`kiro-analytics deploy` shows what failed and cleans up after confirmation",
        ),
        StackState::Settled
            if stack
                .tags
                .get(tags::DEPLOYMENT)
                .is_none_or(|tag| tag != prefix) =>
        {
            Finding::fail(
                ErrorCategory::Usage,
                format!("{found}; it has no tag of this deployment"),
                format!(
                    "choose another prefix with --prefix, or take the stack over with `kiro-analytics deploy --take-over {}`; `teardown` then removes it, too",
                    stack.name
                ),
            )
        }
        StackState::Settled if is_newer(deployed, version) => Finding::warn(
            found,
            "the deployed version is newer than this program: install that version, or downgrade deliberately",
        ),
        StackState::Settled => Finding::pass(found),
    }
}

/// Checks the deployed version and the stack's drift.
pub(super) async fn check(
    aws: &Aws,
    stack: Option<&Stack>,
    prefix: &str,
    version: &str,
) -> Finding {
    let mut finding = versions(stack, prefix, version);
    let Some(stack) = stack.filter(|stack| stack.state() == StackState::Settled) else {
        return finding;
    };
    let drift = match StackResource::of_stack(aws, stack.address()).await {
        Ok(resources) => Drift::find(aws, stack, &resources).await,
        Err(error) => {
            finding.add_error(&error);
            return finding;
        }
    };
    for difference in drift.differences {
        finding.add_failure(
            ErrorCategory::Aws,
            format!("changed outside CloudFormation: {difference}"),
            "`kiro-analytics deploy` corrects it",
        );
    }
    for error in &drift.errors {
        finding.add_error(error);
    }
    finding
}

/// Returns true if one version is newer, by its numbers.
fn is_newer(one: &str, other: &str) -> bool {
    let numbers = |version: &str| -> Option<Vec<u64>> {
        let core = version.split(['-', '+']).next()?;
        core.split('.').map(|part| part.parse().ok()).collect()
    };
    match (numbers(one), numbers(other)) {
        (Some(one), Some(other)) => one > other,
        _ => false,
    }
}

/// Checks that database and workgroup do not exist, or belong to this deployment.
pub(super) async fn catalogue(context: &CheckContext<'_>) -> Finding {
    let (database, workgroup) = (
        context.names.database(context.settings()),
        context.names.workgroup(context.settings()),
    );
    let (has_database, has_workgroup) = tokio::join!(
        has_database(context, &database),
        has_workgroup(context, &workgroup)
    );
    let deployed = |output: &str| context.stack.map_or("", |stack| stack.output(output));
    let mut finding = Finding::empty();
    let checked = [
        ("database", database, has_database, "DatabaseName"),
        ("workgroup", workgroup, has_workgroup, "WorkgroupName"),
    ];
    for (kind, name, exists, output) in checked {
        match exists {
            Err(error) => finding.add_error(&error),
            Ok(true) if deployed(output) == name => {
                finding.add(format!("{kind} `{name}` belongs to this deployment"));
            }
            Ok(true) => finding.add_failure(
                ErrorCategory::Usage,
                format!("{kind} `{name}` exists and does not belong to this deployment"),
                format!("name another one with --set {kind}=NAME, or another --prefix"),
            ),
            Ok(false) => finding.add(format!("{kind} `{name}` is free")),
        }
    }
    finding
}

async fn has_database(context: &CheckContext<'_>, database: &str) -> Result<bool, AwsError> {
    let found = context
        .aws
        .clients()
        .glue
        .get_database()
        .name(database)
        .send()
        .await
        .context(
            context.aws,
            "glue:GetDatabase",
            format!("database `{database}`"),
        )
        .optional()?;
    Ok(found.is_some())
}

async fn has_workgroup(context: &CheckContext<'_>, workgroup: &str) -> Result<bool, AwsError> {
    let found = context
        .aws
        .clients()
        .athena
        .get_work_group()
        .work_group(workgroup)
        .send()
        .await
        .context(
            context.aws,
            "athena:GetWorkGroup",
            format!("workgroup `{workgroup}`"),
        );
    match found {
        // Athena has no error code of its own for a workgroup that does not exist.
        Err(error) if error.is_not_found() || error.message.contains("not found") => Ok(false),
        Err(error) => Err(error),
        Ok(_) => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::is_newer;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(is_newer("0.10.0", "0.9.1"));
        assert!(!is_newer("0.9.1", "0.9.1"));
        assert!(!is_newer("unreleased", "0.9.1"));
    }
}
