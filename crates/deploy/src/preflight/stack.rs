//! What is deployed already, and whether the names it needs are free.

use super::Place;
use super::finding::Finding;
use crate::aws::{AwsError, Context, Optional};
use crate::stack::{Stack, StackState};
use crate::step::Blame;
use crate::tags;

pub(super) fn versions(stack: Option<&Stack>, prefix: &str, version: &str) -> Finding {
    let Some(stack) = stack else {
        return Finding::pass(format!("{version} here, nothing deployed yet"));
    };
    let deployed = stack.version();
    let told = if deployed.is_empty() {
        "none"
    } else {
        deployed
    };
    let found = format!(
        "{version} here, {told} deployed; stack `{}` is {}",
        stack.name, stack.status
    );
    match stack.state() {
        StackState::Moving => Finding::fail(
            Blame::Aws,
            found,
            "something is changing the stack: wait until it has ended",
        ),
        StackState::Stuck => Finding::warn(
            found,
            "`kiro-analytics deploy` continues the rollback, then updates the stack",
        ),
        StackState::Empty | StackState::Stillborn => Finding::warn(
            found,
            "`kiro-analytics deploy` explains what happened and cleans up after asking",
        ),
        StackState::Settled
            if stack
                .tags
                .get(tags::DEPLOYMENT)
                .is_none_or(|tag| tag != prefix) =>
        {
            Finding::fail(
                Blame::Usage,
                format!("{found}; it has no tag of this deployment"),
                format!(
                    "choose another prefix with --prefix, or take the stack over with `kiro-analytics deploy --take-over {}`; `teardown` then removes it, too",
                    stack.name
                ),
            )
        }
        StackState::Settled if is_newer(deployed, version) => Finding::warn(
            found,
            "what is deployed is newer than this program: get that version, or go back to this one on purpose",
        ),
        StackState::Settled => Finding::pass(found),
    }
}

/// Compares the numbers of two versions.
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

/// Database and workgroup are free, or ours.
pub(super) async fn catalogue(place: &Place<'_>) -> Finding {
    let (database, workgroup) = (
        place.settings().database(place.names),
        place.settings().workgroup(place.names),
    );
    let (has_database, has_workgroup) = tokio::join!(
        has_database(place, &database),
        has_workgroup(place, &workgroup)
    );
    let deployed = |output: &str| place.stack.map_or("", |stack| stack.output(output));
    let mut finding = Finding::empty();
    let looked = [
        ("database", database, has_database, "DatabaseName"),
        ("workgroup", workgroup, has_workgroup, "WorkgroupName"),
    ];
    for (kind, name, is_there, output) in looked {
        match is_there {
            Err(error) => finding.add_error(&error),
            Ok(true) if deployed(output) == name => finding.add(format!("{kind} `{name}` is ours")),
            Ok(true) => finding.add_failure(
                Blame::Usage,
                format!("{kind} `{name}` exists and is not of this deployment"),
                format!("name another one with --set {kind}=NAME, or another --prefix"),
            ),
            Ok(false) => finding.add(format!("{kind} `{name}` is free")),
        }
    }
    finding
}

async fn has_database(place: &Place<'_>, database: &str) -> Result<bool, AwsError> {
    let found = place
        .aws
        .clients()
        .glue
        .get_database()
        .name(database)
        .send()
        .await
        .context(
            place.aws,
            "glue:GetDatabase",
            format!("database `{database}`"),
        )
        .optional()?;
    Ok(found.is_some())
}

async fn has_workgroup(place: &Place<'_>, workgroup: &str) -> Result<bool, AwsError> {
    let found = place
        .aws
        .clients()
        .athena
        .get_work_group()
        .work_group(workgroup)
        .send()
        .await
        .context(
            place.aws,
            "athena:GetWorkGroup",
            format!("workgroup `{workgroup}`"),
        );
    match found {
        // Athena has no code of its own for a workgroup that does not exist.
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
