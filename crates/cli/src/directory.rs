//! Reads IAM Identity Center with the settings of a command.

use indicatif::ProgressBar;
use kiro_config::Config;
use kiro_directory::{
    DirectoryError, DirectoryOptions, MAX_DESCRIBED_USERS, Progress, ReadCounts, RequestLimits,
    RoleOptions, UserSelection, read_directory,
};
use kiro_people::{GroupPatterns, GroupRules};
use kiro_s3::{SdkOptions, load_sdk_config};

use crate::command_error::CommandError;
use crate::directory_reading::{DirectoryReading, DirectoryRequest};
use crate::format::{count, counted};
use crate::progress::spinner;

/// Most users that are asked for one by one.
pub(crate) const MAX_IDS: usize = MAX_DESCRIBED_USERS;

/// Signs in as other AWS tools do, and reads the directory of the settings.
pub(crate) async fn read(
    config: &Config,
    rules: &GroupRules,
    request: DirectoryRequest<'_>,
) -> Result<DirectoryReading, CommandError> {
    let sdk = load_sdk_config(&SdkOptions::default())
        .await
        .map_err(CommandError::usage)?;
    let (users, groups) = match request {
        DirectoryRequest::All => (UserSelection::All, rules.groups()),
        DirectoryRequest::Ids(ids) => (UserSelection::Ids(ids), GroupPatterns::none()),
    };
    let options = DirectoryOptions {
        identity_store: config.identity_store.clone(),
        region: config.identity_region.clone(),
        role: config.identity_role.clone().map(|arn| RoleOptions {
            arn,
            external_id: config.identity_external_id.clone(),
        }),
        groups,
        limits: RequestLimits::default(),
    };
    let progress = DirectoryProgress(spinner("asking IAM Identity Center"));
    let answer = read_directory(&sdk, &options, users, &progress).await;
    progress.0.finish_and_clear();
    let answer = answer.map_err(command_error)?;
    Ok(DirectoryReading {
        directory: answer.directory,
        not_found: answer.missing,
        ignored_members: answer.ignored_members,
        store_id: answer.identity_store,
        region: answer.region,
    })
}

/// Counts on a terminal.
struct DirectoryProgress(ProgressBar);

impl Progress for DirectoryProgress {
    fn update(&self, counts: ReadCounts) {
        let mut text = format!("reading {}", counted(counts.users, "user"));
        if counts.selected_groups > 0 {
            let groups = counted(counts.selected_groups, "group");
            text = format!("{text}, {} of {groups}", count(counts.groups));
        }
        if counts.retries > 0 {
            text = format!("{text}, {} again", counted(counts.retries, "request"));
        }
        self.0.set_message(text);
    }
}

fn command_error(error: DirectoryError) -> CommandError {
    let hint = error.hint();
    let failure = match error {
        DirectoryError::Call(_) => CommandError::aws(error),
        DirectoryError::Options(_)
        | DirectoryError::MissingRegion
        | DirectoryError::NoInstance { .. }
        | DirectoryError::SeveralInstances { .. } => CommandError::usage(error),
    };
    failure.hint(hint)
}
