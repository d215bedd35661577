//! Where the names of users come from: the Identity Store, and a roster.

use kiro_config::Config;
use kiro_directory::{DirectoryError, DirectoryOptions, RoleOptions, find_directory};
use kiro_people::GroupPatterns;

use crate::aws::Aws;
use crate::step::{ErrorCategory, StepError};

/// How the directory is read, by the settings.
pub(crate) fn directory_options(settings: &Config) -> DirectoryOptions {
    let groups = settings.team_groups.iter().chain(&settings.seat_groups);
    DirectoryOptions {
        identity_store: settings.identity_store.clone(),
        region: settings.identity_region.clone(),
        role: settings.identity_role.clone().map(|arn| RoleOptions {
            arn,
            external_id: settings.identity_external_id.clone(),
        }),
        groups: GroupPatterns::new(groups),
        ..DirectoryOptions::default()
    }
}

/// The Identity Store of the settings, else the deployed one, else the only one that the caller can see. Empty if there is none
/// and names come from a roster.
///
/// # Errors
///
/// If there is none and no roster either.
pub(crate) async fn identity_store(
    aws: &Aws,
    settings: &Config,
    deployed: Option<&str>,
) -> Result<String, StepError> {
    if let Some(store) = &settings.identity_store {
        return Ok(store.clone());
    }
    if let Some(store) = deployed.filter(|store| !store.is_empty()) {
        return Ok(store.to_owned());
    }
    match find_directory(aws.config(), &directory_options(settings)).await {
        Ok(found) => Ok(found.identity_store),
        Err(_) if settings.roster.is_some() => Ok(String::new()),
        Err(error) => Err(not_found(&error)),
    }
}

fn not_found(error: &DirectoryError) -> StepError {
    StepError::failed(
        ErrorCategory::Usage,
        format!("`identity_mapping` needs a source of names: {error}"),
        format!(
            "{}; or name the Identity Store with --set identity_store=d-…, or a roster with --set roster=s3://BUCKET/KEY",
            error.hint()
        ),
    )
}
