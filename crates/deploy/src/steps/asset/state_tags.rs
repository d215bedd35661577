//! The tags of an asset that store its state for the next run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::desired::DesiredAsset;
use super::existing::ExistingAsset;
use super::permissions::principal_hash;
use crate::aws::AwsError;
use crate::tags;

/// The hash of the applied request.
pub(super) const APPLIED_HASH: &str = "kiro-analytics:sent";
/// The [`ObservedState`] after it was applied.
pub(super) const OBSERVED_HASH: &str = "kiro-analytics:described";
/// Hashes of principals that were granted access. A principal that leaves the settings is revoked. Further hashes are in
/// `kiro-analytics:let-in-2` and so on.
pub(super) const GRANTED: &str = "kiro-analytics:let-in";
/// Placeholder for the observed state during a change.
pub(super) const IN_PROGRESS: &str = "under-way";

/// Hashes in one tag: its value has at most 256 characters.
const HASHES_PER_TAG: usize = 28;
/// The value of a tag without hashes: a value cannot be empty.
const NO_HASHES: &str = "-";

/// Three fingerprints of the described asset. If one of them is unchanged, the asset was not changed outside the deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ObservedState {
    /// The hash of the whole content.
    pub(super) all: String,
    /// The hash of the members that the request contains.
    pub(super) applied_members: String,
    /// The version, or the time of the last change in milliseconds since 1970.
    pub(super) revision: String,
}

impl fmt::Display for ObservedState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = [&*self.all, &*self.applied_members, &*self.revision].join(" ");
        formatter.write_str(text.trim_end())
    }
}

impl ObservedState {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Returns true if `remembered`, the value of the tag, describes the same state. `is_same_body` is true if the desired
    /// request is the applied one.
    pub(super) fn is_remembered(&self, remembered: &str, is_same_body: bool) -> bool {
        let mut words = remembered.split(' ');
        let all = words.next().unwrap_or_default();
        let applied_members = words.next().unwrap_or_default();
        let revision = words.next().unwrap_or_default();
        (!revision.is_empty() && revision == self.revision)
            || all == self.all
            || (is_same_body && applied_members == self.applied_members)
    }
}

impl DesiredAsset<'_> {
    pub(super) async fn tags(&self) -> Result<BTreeMap<String, String>, AwsError> {
        tags::of_asset(&self.deployment.aws, &self.arn(), self.title()).await
    }

    pub(super) fn missing_tags(&self, existing: &ExistingAsset) -> BTreeMap<String, String> {
        let mut desired = tags::of(self.deployment);
        desired.extend(self.granted_tags());
        for (key, value) in &existing.tags {
            let is_stale = key.starts_with(GRANTED) && !desired.contains_key(key);
            if is_stale && value != NO_HASHES {
                desired.insert(key.clone(), NO_HASHES.to_owned());
            }
        }
        let is_remembered = existing.tags.contains_key(OBSERVED_HASH);
        if existing.is_up_to_date && !is_remembered && !existing.state.is_empty() {
            desired.insert(OBSERVED_HASH.to_owned(), existing.state.to_string());
        }
        desired.retain(|key, value| existing.tags.get(key) != Some(value));
        desired
    }

    /// Tags with the hashes of all principals of the settings.
    pub(super) fn granted_tags(&self) -> BTreeMap<String, String> {
        let desired = self.desired_permissions();
        let hashes: Vec<String> = desired.keys().map(|arn| principal_hash(arn)).collect();
        let tags = (1..).zip(hashes.chunks(HASHES_PER_TAG));
        tags.map(|(number, hashes)| {
            let key = match number {
                1 => GRANTED.to_owned(),
                number => format!("{GRANTED}-{number}"),
            };
            (key, hashes.join(" "))
        })
        .collect()
    }

    pub(super) async fn tag(&self, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
        tags::add_to_asset(&self.deployment.aws, &self.arn(), self.title(), tags).await
    }
}

/// The hashes of all principals that were granted access.
pub(super) fn granted_principals(tags: &BTreeMap<String, String>) -> BTreeSet<&str> {
    let values = tags.iter().filter(|(key, _)| key.starts_with(GRANTED));
    values.flat_map(|(_, value)| value.split(' ')).collect()
}

#[cfg(test)]
mod tests {
    use super::ObservedState;

    #[test]
    fn one_sign_of_three_is_enough() {
        let state = ObservedState {
            all: "a".to_owned(),
            applied_members: "b".to_owned(),
            revision: "3".to_owned(),
        };
        assert!(state.is_remembered(&state.to_string(), false));
        assert!(state.is_remembered("a", false), "an older version's tag");
        assert!(state.is_remembered("x x 3", false), "the same revision");
        assert!(state.is_remembered("x b 2", true), "members were added");
        assert!(!state.is_remembered("x b 2", false));
        assert!(!state.is_remembered("x x 2", true));
    }
}
