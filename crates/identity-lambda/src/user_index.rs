//! The users that occur in the data: an index that only reads parts of days that have changed.

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
    /// A digest of the names of the parts by day. Parts are never changed, so the same names have the same users.
    days: BTreeMap<String, String>,
    users: BTreeMap<String, BTreeSet<String>>,
}

impl UserIndex {
    /// Reads the parts of days that are new or have other parts. Returns false if there are no parts at all.
    pub(crate) async fn update(
        &mut self,
        objects: &dyn Objects,
        source: &str,
    ) -> Result<bool, InvocationError> {
        let mut days: BTreeMap<String, Vec<ObjectMeta>> = BTreeMap::new();
        for dataset in DATASETS {
            for part in objects.list(dataset).await? {
                let key = part.key.as_str();
                if let Some((day, name)) = key.rsplit_once('/')
                    && name.ends_with(".parquet")
                {
                    days.entry(day.to_owned()).or_default().push(part);
                }
            }
        }
        // Parts are only added. Without some of them this is another source.
        let has_lost = self.days.keys().any(|day| !days.contains_key(day));
        if has_lost || self.source != source {
            *self = Self {
                source: source.to_owned(),
                ..Self::default()
            };
        }
        let has_parts = !days.is_empty();
        let mut changed = Vec::new();
        for (day, parts) in days {
            let digest = digest(&parts);
            if self.days.get(&day) != Some(&digest) {
                self.days.insert(day, digest);
                changed.extend(parts);
            }
        }
        if !changed.is_empty() {
            tracing::info!(parts = changed.len(), "Parts of changed days are read.");
        }
        let mut found = stream::iter(&changed)
            .map(|part| read_part_users(objects, part))
            .buffer_unordered(CONCURRENT_PARTS);
        while let Some(users) = found.try_next().await? {
            self.add(users);
        }
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

    pub(crate) fn len(&self) -> usize {
        self.users.len()
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
            .field("days", &self.days.len())
            .field("users", &self.users.len())
            .finish_non_exhaustive()
    }
}

/// A digest of names, in any order.
fn digest(parts: &[ObjectMeta]) -> String {
    let mut names: Vec<&str> = parts.iter().map(|part| part.key.as_str()).collect();
    names.sort_unstable();
    let mut digest = hex::encode(Sha256::digest(names.join("\n")));
    digest.truncate(DIGEST_DIGITS);
    digest
}
