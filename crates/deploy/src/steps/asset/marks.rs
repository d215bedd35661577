//! What we remember of an asset, in its tags.

use std::collections::BTreeMap;

use super::look::Look;
use super::wanted::WantedAsset;
use crate::aws::AwsError;
use crate::tags;

/// The hash of what was sent.
pub(super) const SENT: &str = "kiro-analytics:sent";
/// The hash of what was described after that.
pub(super) const DESCRIBED: &str = "kiro-analytics:described";
/// Whom we have let in, as short hashes: those who are no longer named are let out.
pub(super) const LET_IN: &str = "kiro-analytics:let-in";
/// Stands for a hash while a change is under way.
pub(super) const UNDER_WAY: &str = "under-way";

impl WantedAsset<'_> {
    pub(super) async fn tags(&self) -> Result<BTreeMap<String, String>, AwsError> {
        tags::of_asset(&self.deployment.aws, &self.arn(), self.what()).await
    }

    pub(super) fn missing_tags(&self, look: &Look) -> BTreeMap<String, String> {
        let mut wanted = tags::of(self.deployment);
        if !self.let_in().is_empty() {
            wanted.insert(LET_IN.to_owned(), self.let_in());
        }
        if look.is_as_sent && !look.tags.contains_key(DESCRIBED) && !look.state.is_empty() {
            wanted.insert(DESCRIBED.to_owned(), look.state.clone());
        }
        wanted.retain(|key, value| look.tags.get(key) != Some(value));
        wanted
    }

    pub(super) async fn tag(&self, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
        tags::add_to_asset(&self.deployment.aws, &self.arn(), self.what(), tags).await
    }
}
