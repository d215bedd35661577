//! The buckets and folders with exports that the settings name.

use std::collections::BTreeSet;

use kiro_config::SourceFolder;

use crate::step::{Deployment, ErrorCategory, StepError};

/// Checks that the buckets in the settings have exports. Returns a note for each bucket that the caller cannot read, which is no
/// error because the function reads it with its own role.
///
/// # Errors
///
/// If a bucket does not exist, or has no exports in the folders of the settings.
pub(super) async fn find_exports(deployment: &Deployment) -> Result<Vec<String>, StepError> {
    let folders = deployment
        .settings()
        .source_folders(deployment.aws.account());
    let buckets: BTreeSet<&str> = folders
        .iter()
        .map(|folder| folder.bucket.as_str())
        .collect();
    let mut unreadable = Vec::new();
    for bucket in buckets {
        let of_bucket: Vec<&SourceFolder> = folders
            .iter()
            .filter(|folder| folder.bucket == bucket)
            .collect();
        match find_in_bucket(deployment, bucket, &of_bucket).await {
            Ok(()) => {}
            Err(StepError::Aws(error)) if error.is_denied() => unreadable.push(format!(
                "you have no access to `{bucket}`: the function reads it with its own role, which the bucket's policy must allow"
            )),
            Err(error) => return Err(error),
        }
    }
    Ok(unreadable)
}

async fn find_in_bucket(
    deployment: &Deployment,
    bucket: &str,
    folders: &[&SourceFolder],
) -> Result<(), StepError> {
    let Some(head) = deployment.aws.buckets().head(bucket).await? else {
        return Err(StepError::failed(
            ErrorCategory::Usage,
            format!("there is no bucket `{bucket}`, which `exports` names"),
            "correct `exports`; `kiro-analytics init` lists your buckets",
        ));
    };
    let regional = deployment.aws.in_region(&head.region);
    let mut probed = Vec::new();
    for folder in folders {
        // The folder itself may be an object, which also counts.
        let found = regional
            .buckets()
            .folders(bucket, &folder.folder, 2)
            .await?;
        if !found.is_empty() {
            return Ok(());
        }
        probed.push(format!("`s3://{bucket}/{}`", folder.folder));
    }
    Err(StepError::failed(
        ErrorCategory::Usage,
        format!(
            "there are no exports where `exports` points: nothing found in {}",
            probed.join(", ")
        ),
        "correct `exports` or `accounts` (`kiro-analytics init` looks for the prefix), or wait for Kiro's first report, which comes at about 02:00 UTC",
    ))
}
