//! The users that occur in the data: an index that only reads new parts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use futures::{StreamExt, TryStreamExt, stream};
use kiro_ingest::ObjectMeta;
use kiro_people::SeenUser;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::InvocationError;
use crate::objects::Objects;
use crate::part_users::{PartUser, read_part_users};

/// The datasets with users.
const DATASETS: [&str; 2] = ["facts/", "code/"];
/// Parts that are read at once.
const CONCURRENT_PARTS: usize = 8;
/// Hexadecimal digits of a digest.
const DIGEST_DIGITS: usize = 16;

/// The users of the data with the addresses of the exports, and the parts that they are from.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct UserIndex {
    /// The address of the parts.
    source: String,
    /// Digests of the keys of the parts that were read. Parts are never changed, so the same key has the same users.
    parts: BTreeSet<String>,
    users: BTreeMap<String, BTreeSet<String>>,
}

impl UserIndex {
    /// Reads the parts that are new; all parts if one is gone, so that no user outlives the last part with it. Returns false
    /// if there are no parts at all.
    pub(crate) async fn update(
        &mut self,
        objects: &dyn Objects,
        source: &str,
    ) -> Result<bool, InvocationError> {
        let mut found: BTreeMap<String, ObjectMeta> = BTreeMap::new();
        for dataset in DATASETS {
            for part in objects.list(dataset).await? {
                if part.key.as_str().ends_with(".parquet") {
                    found.insert(digest(part.key.as_str()), part);
                }
            }
        }
        let has_lost = self.parts.iter().any(|part| !found.contains_key(part));
        // Without parts, the users are from a version that did not note them.
        if has_lost || self.parts.is_empty() || self.source != source {
            *self = Self {
                source: source.to_owned(),
                ..Self::default()
            };
        }
        let has_parts = !found.is_empty();
        found.retain(|digest, _| !self.parts.contains(digest));
        if !found.is_empty() {
            tracing::info!(parts = found.len(), "New parts are read.");
        }
        let mut users_of_parts = stream::iter(found.values())
            .map(|part| read_part_users(objects, part))
            .buffer_unordered(CONCURRENT_PARTS);
        while let Some(users) = users_of_parts.try_next().await? {
            self.add(users);
        }
        drop(users_of_parts);
        self.parts.extend(found.into_keys());
        Ok(has_parts)
    }

    fn add(&mut self, users: BTreeSet<PartUser>) {
        for (id, email) in users {
            let emails = self.users.entry(id).or_default();
            emails.extend(email.map(|email| email.trim().to_lowercase()));
        }
    }

    /// The users, each with each of its addresses.
    pub(crate) fn seen_users(&self) -> Vec<SeenUser> {
        let mut seen = Vec::with_capacity(self.users.len());
        for (id, emails) in &self.users {
            if emails.is_empty() {
                seen.push(SeenUser {
                    user_id: id.clone(),
                    email: None,
                });
            }
            for email in emails {
                seen.push(SeenUser {
                    user_id: id.clone(),
                    email: Some(email.clone()),
                });
            }
        }
        seen
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.users.keys().map(String::as_str)
    }

    /// Removes the addresses of some users.
    pub(crate) fn remove_emails(&mut self, is_removed: impl Fn(&str) -> bool) {
        for (id, emails) in &mut self.users {
            if is_removed(id) {
                emails.clear();
            }
        }
    }
}

impl fmt::Debug for UserIndex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("UserIndex")
            .field("parts", &self.parts.len())
            .field("users", &self.users.len())
            .finish_non_exhaustive()
    }
}

/// A digest of a key.
fn digest(key: &str) -> String {
    let mut digest = hex::encode(Sha256::digest(key));
    digest.truncate(DIGEST_DIGITS);
    digest
}
