//! The tags that everything of a deployment carries, and those of an asset of Amazon Quick Sight.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::aws::{Aws, AwsError, Fields, Method, services};
use crate::step::Deployment;

/// Says which deployment a thing belongs to.
pub const DEPLOYMENT: &str = "kiro-analytics:deployment";
/// Says which version made it.
pub const VERSION: &str = "kiro-analytics:version";

/// Ours and those of the settings.
pub(crate) fn of(deployment: &Deployment) -> BTreeMap<String, String> {
    let mut tags = deployment.settings().tags.clone();
    tags.insert(DEPLOYMENT.to_owned(), deployment.names.prefix.clone());
    tags.insert(VERSION.to_owned(), deployment.version.clone());
    tags
}

/// What is there with ours laid over it: tags that others have set stay.
pub(crate) fn merged(
    there: &BTreeMap<String, String>,
    deployment: &Deployment,
) -> BTreeMap<String, String> {
    let mut tags = there.clone();
    tags.extend(of(deployment));
    tags
}

/// The tags of an asset of Amazon Quick Sight; `title` is what messages call it.
pub(crate) async fn of_asset(
    aws: &Aws,
    arn: &str,
    title: String,
) -> Result<BTreeMap<String, String>, AwsError> {
    let path = ["resources", arn, "tags"];
    let call = aws.rest(
        &services::QUICKSIGHT,
        "ListTagsForResource",
        Method::Get,
        &path,
    );
    let answer = call.on(title).send().await?;
    let tags = answer.items("Tags").iter();
    Ok(tags
        .map(|tag| (tag.text("Key").to_owned(), tag.text("Value").to_owned()))
        .collect())
}

/// Adds tags to an asset of Amazon Quick Sight, or gives them other values.
pub(crate) async fn add_to_asset(
    aws: &Aws,
    arn: &str,
    title: String,
    tags: &BTreeMap<String, String>,
) -> Result<(), AwsError> {
    let path = ["resources", arn, "tags"];
    let call = aws.rest(&services::QUICKSIGHT, "TagResource", Method::Post, &path);
    call.on(title)
        .body(json!({"Tags": listed(tags)}))
        .send()
        .await?;
    Ok(())
}

/// As most services want to be told them.
pub(crate) fn listed(tags: &BTreeMap<String, String>) -> Vec<Value> {
    tags.iter()
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect()
}
