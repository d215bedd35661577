//! Finds the prefix in the AWS sample's `KIRO_LOGS_BUCKET` if `KIRO_LOGS_PREFIX` is not set.

use kiro_config::Resolved;

use crate::aws::{Aws, AwsError};
use crate::discover::exports_in;

/// Finds the prefix, as the AWS sample does, and sets it in the settings. Returns the address that was found.
///
/// # Errors
///
/// If the bucket cannot be listed.
pub async fn find_prefix(aws: &Aws, resolved: &mut Resolved) -> Result<Option<String>, AwsError> {
    let Some(bucket) = resolved.bucket_without_prefix.clone() else {
        return Ok(None);
    };
    let Some(found) = exports_in(aws, &bucket).await? else {
        return Ok(None);
    };
    let is_own = found.accounts.len() == 1 && found.accounts[0] == aws.account();
    let accounts = if is_own { Vec::new() } else { found.accounts };
    resolved.set_found_exports(&found.url, accounts);
    Ok(Some(found.url))
}
