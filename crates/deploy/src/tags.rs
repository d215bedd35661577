//! The tags of all resources of a deployment, and the tags of an asset in Amazon Quick Sight.

use std::collections::BTreeMap;

use aws_sdk_quicksight::types::Tag;
use serde_json::{Value, json};

use crate::aws::{Aws, AwsError, Context};
use crate::step::Deployment;

/// The deployment that a resource belongs to: its prefix.
pub const DEPLOYMENT: &str = "kiro-analytics:deployment";
/// The version of this program that created or changed a resource.
pub const VERSION: &str = "kiro-analytics:version";

/// The tags of a deployment, with those of the settings.
pub(crate) fn of(deployment: &Deployment) -> BTreeMap<String, String> {
    let mut tags = deployment.settings().tags.clone();
    tags.insert(DEPLOYMENT.to_owned(), deployment.names.prefix.clone());
    tags.insert(VERSION.to_owned(), deployment.version.clone());
    tags
}

/// The existing tags with those of the deployment merged over them. Other tags are kept.
pub(crate) fn merged(
    existing: &BTreeMap<String, String>,
    deployment: &Deployment,
) -> BTreeMap<String, String> {
    let mut tags = existing.clone();
    tags.extend(of(deployment));
    tags
}

/// The tags of an asset of Amazon Quick Sight. `title` is its name in messages.
///
/// # Errors
///
/// If the call failed.
pub(crate) async fn of_asset(
    aws: &Aws,
    arn: &str,
    title: String,
) -> Result<BTreeMap<String, String>, AwsError> {
    let request = aws.clients().quicksight.list_tags_for_resource();
    let sent = request.resource_arn(arn).send().await;
    let found = sent.context(aws, "quicksight:ListTagsForResource", title)?;
    let tags = found.tags.unwrap_or_default().into_iter();
    Ok(tags.map(|tag| (tag.key, tag.value)).collect())
}

/// Adds tags to an asset of Amazon Quick Sight, or changes their values.
///
/// # Errors
///
/// If the call failed.
pub(crate) async fn add_to_asset(
    aws: &Aws,
    arn: &str,
    title: String,
    tags: &BTreeMap<String, String>,
) -> Result<(), AwsError> {
    let tags = tags
        .iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build());
    // Both required members are set.
    let tags: Vec<Tag> = tags.filter_map(Result::ok).collect();
    let request = aws.clients().quicksight.tag_resource();
    let sent = request.resource_arn(arn).set_tags(Some(tags)).send().await;
    sent.context(aws, "quicksight:TagResource", title)?;
    Ok(())
}

/// As members `Key` and `Value`, the form of most services.
pub(crate) fn listed(tags: &BTreeMap<String, String>) -> Vec<Value> {
    tags.iter()
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect()
}
