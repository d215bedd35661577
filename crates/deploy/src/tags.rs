//! The tags that everything of a deployment carries.

use std::collections::BTreeMap;

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
