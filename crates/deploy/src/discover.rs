//! Finds exports in a bucket, users of Amazon Quick Sight, and the Identity Store of an account.

use std::collections::{BTreeSet, VecDeque};

use aws_sdk_s3::operation::list_buckets::ListBucketsOutput;
use aws_sdk_ssoadmin::types::InstanceStatus;

use kiro_report::{ACCOUNT_ROOT, LOG_ROOTS};

use crate::aws::{Aws, AwsError, Context};

/// Maximum number of listings: a bucket is searched folder by folder, never object by object.
const MAX_LISTINGS: usize = 60;
/// Maximum depth of a prefix, in folders.
const MAX_DEPTH: usize = 4;
/// Common prefixes, which are tried first.
const COMMON_PREFIXES: [&str; 6] = [
    "",
    "kiro-logs/",
    "kiro/",
    "user-activity/",
    "usage-activity/",
    "user-activity-reports/",
];

/// The location of exports in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundExports {
    /// `s3://bucket/prefix`
    pub url: String,
    /// Accounts with exports below the prefix.
    pub accounts: Vec<String>,
    /// Folders that were listed.
    pub probed: Vec<String>,
}

/// A user or group of Amazon Quick Sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickSightUser {
    pub arn: String,
    pub name: String,
    /// `ADMIN`, `AUTHOR`, `READER`; empty for a group.
    pub role: String,
}

/// Finds the prefix in a bucket that Kiro writes to; none if the listed folders have no exports.
///
/// # Errors
///
/// If the bucket does not exist or cannot be listed.
pub async fn exports_in(aws: &Aws, bucket: &str) -> Result<Option<FoundExports>, AwsError> {
    let Some(head) = aws.buckets().head(bucket).await? else {
        return Err(AwsError::no_bucket(bucket, aws.scope()));
    };
    let regional = aws.in_region(&head.region);
    let buckets = regional.buckets();
    let mut probed: BTreeSet<String> = BTreeSet::new();
    let mut waiting: VecDeque<String> = COMMON_PREFIXES
        .iter()
        .map(|prefix| (*prefix).to_owned())
        .collect();
    while let Some(prefix) = waiting.pop_front() {
        if probed.len() >= MAX_LISTINGS || !probed.insert(prefix.clone()) {
            continue;
        }
        let folders = buckets.folders(bucket, &prefix, 1000).await?;
        let logs = format!("{prefix}{ACCOUNT_ROOT}/");
        if folders.contains(&logs) {
            let mut accounts = Vec::new();
            for folder in buckets.folders(bucket, &logs, 1000).await? {
                let account = folder
                    .trim_start_matches(logs.as_str())
                    .trim_end_matches('/');
                let below = buckets.folders(bucket, &folder, 1000).await?;
                let is_log_root = |below: &String| {
                    let name = below.trim_end_matches('/').rsplit('/').next();
                    name.is_some_and(|name| LOG_ROOTS.contains(&name))
                };
                if below.iter().any(is_log_root) {
                    accounts.push(account.to_owned());
                }
            }
            if !accounts.is_empty() {
                let url = format!("s3://{bucket}/{}", prefix.trim_end_matches('/'));
                return Ok(Some(FoundExports {
                    url: url.trim_end_matches('/').to_owned(),
                    accounts,
                    probed: probed.into_iter().collect(),
                }));
            }
        }
        if prefix.matches('/').count() < MAX_DEPTH {
            waiting.extend(folders.into_iter().filter(|folder| *folder != logs));
        }
    }
    Ok(None)
}

/// The names of the buckets, those that contain `kiro` first.
pub async fn bucket_names(aws: &Aws) -> Result<Vec<String>, AwsError> {
    let pages = aws.clients().s3.list_buckets().into_paginator().send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await;
    let pages = pages.context(aws, "s3:ListBuckets", "your buckets")?;
    let listed = pages.iter().flat_map(ListBucketsOutput::buckets);
    let names = listed.filter_map(|bucket| bucket.name());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort_by_key(|name| {
        (
            !name.contains("kiro"),
            !name.contains("amazonq"),
            name.clone(),
        )
    });
    Ok(names)
}

/// Users and groups, administrators and authors first, and the Region of the users.
pub async fn quicksight_users(aws: &Aws) -> Result<(String, Vec<QuickSightUser>), AwsError> {
    let (region, users) = match users(aws).await {
        Ok(users) => (aws.region().to_owned(), users),
        Err(error) => match identity_region(&error.message) {
            Some(region) => {
                let regional = aws.in_region(&region);
                let users = users(&regional).await?;
                (region, users)
            }
            None => return Err(error),
        },
    };
    let regional = aws.in_region(&region);
    let groups = groups(&regional).await?;
    let mut all: Vec<QuickSightUser> = users.into_iter().chain(groups).collect();
    let rank = |role: &str| match role {
        "ADMIN" | "ADMIN_PRO" => 0,
        "AUTHOR" | "AUTHOR_PRO" => 1,
        "" => 2,
        _ => 3,
    };
    all.sort_by_key(|user| (rank(&user.role), user.name.clone()));
    Ok((region, all))
}

/// The namespace that every account has.
const NAMESPACE: &str = "default";

async fn users(aws: &Aws) -> Result<Vec<QuickSightUser>, AwsError> {
    let request = aws.clients().quicksight.list_users();
    let request = request.aws_account_id(aws.account()).namespace(NAMESPACE);
    let pages = request.into_paginator().send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await;
    let pages = pages.context(aws, "quicksight:ListUsers", namespace())?;
    let users = pages
        .into_iter()
        .flat_map(|page| page.user_list.unwrap_or_default());
    Ok(users
        .map(|user| QuickSightUser {
            arn: user.arn.unwrap_or_default(),
            name: user.user_name.unwrap_or_default(),
            role: user
                .role
                .map(|role| role.as_str().to_owned())
                .unwrap_or_default(),
        })
        .collect())
}

async fn groups(aws: &Aws) -> Result<Vec<QuickSightUser>, AwsError> {
    let request = aws.clients().quicksight.list_groups();
    let request = request.aws_account_id(aws.account()).namespace(NAMESPACE);
    let pages = request.into_paginator().send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await;
    let pages = pages.context(aws, "quicksight:ListGroups", namespace())?;
    let groups = pages
        .into_iter()
        .flat_map(|page| page.group_list.unwrap_or_default());
    Ok(groups
        .map(|group| QuickSightUser {
            arn: group.arn.unwrap_or_default(),
            name: group.group_name.unwrap_or_default(),
            role: String::new(),
        })
        .collect())
}

fn namespace() -> String {
    format!("namespace `{NAMESPACE}` of Amazon Quick Sight")
}

/// "…but your identity region is us-east-1. Please use the us-east-1 endpoint."
pub fn identity_region(message: &str) -> Option<String> {
    let (_, after) = message.split_once("identity region is ")?;
    let region: String = after
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-')
        .collect();
    (!region.is_empty()).then_some(region)
}

/// The Identity Stores of IAM Identity Center in this Region that the account can see: of the organization, and of the account
/// itself. An instance that is being made or deleted is left out.
pub async fn identity_stores(aws: &Aws) -> Result<Vec<String>, AwsError> {
    let pages = aws.clients().sso_admin.list_instances().into_paginator();
    let instances = pages.items().send().collect::<Result<Vec<_>, _>>().await;
    let instances = instances.context(aws, "sso:ListInstances", "IAM Identity Center")?;
    let active = instances
        .into_iter()
        .filter(|instance| matches!(instance.status, None | Some(InstanceStatus::Active)));
    let stores = active.filter_map(|instance| instance.identity_store_id);
    let stores: BTreeSet<String> = stores.filter(|store| !store.is_empty()).collect();
    Ok(stores.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::identity_region;

    #[test]
    fn the_identity_region_is_read_from_the_refusal() {
        let message = "Operation is being called from endpoint eu-central-1, but your identity region is us-east-1. Please use the us-east-1 endpoint.";
        assert_eq!(identity_region(message).as_deref(), Some("us-east-1"));
        assert_eq!(identity_region("no"), None);
    }
}
