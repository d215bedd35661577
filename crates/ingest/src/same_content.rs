//! Finds the export of a source that has the same content as a file, under any name.

use std::collections::HashMap;

use futures::StreamExt;
use kiro_report::{ExportKey, ObjectKey};
use md5::Md5;
use sha2::{Digest, Sha256};

use crate::store::{ObjectMeta, ObjectStore, StoreError};

/// Maximum number of exports of one size that are read because their entity tags are no hashes, as under a KMS key.
const MAX_READS: usize = 4;

/// The size and the hashes of a file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentHash {
    bytes: u64,
    /// As [`LocalFolder`](crate::LocalFolder) tags a file: the first 32 hexadecimal digits.
    sha256: String,
    /// As S3 tags an object that was uploaded in one part without a KMS key.
    md5: String,
}

/// Hashes a content that arrives in pieces.
#[derive(Debug, Clone, Default)]
pub struct ContentHasher {
    bytes: u64,
    sha256: Sha256,
    md5: Md5,
}

impl ContentHasher {
    /// A hasher of no bytes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        self.sha256.update(piece);
        self.md5.update(piece);
    }

    /// The hash of all pieces.
    pub fn finish(self) -> ContentHash {
        ContentHash {
            bytes: self.bytes,
            sha256: hex::encode(&self.sha256.finalize()[..16]),
            md5: hex::encode(self.md5.finalize()),
        }
    }
}

impl ContentHash {
    /// The hash of a whole content.
    pub fn of(content: &[u8]) -> Self {
        let mut hasher = ContentHasher::new();
        hasher.update(content);
        hasher.finish()
    }

    fn has_tag(&self, e_tag: &str) -> bool {
        self.sha256 == e_tag || self.md5 == e_tag
    }
}

/// The key of an export in `source` for each content that an export there has.
///
/// Lists the source once, and hashes exports of the same size only. In a bucket the listing has the hashes; where it has
/// not, at most four exports of one size are read. An export that cannot be listed or read is not a match.
pub async fn find_same_content(
    source: &dyn ObjectStore,
    contents: &[ContentHash],
) -> Vec<Option<ObjectKey>> {
    let mut matches = Matches {
        contents,
        keys: vec![None; contents.len()],
    };
    let mut unread: HashMap<u64, Vec<ObjectMeta>> = HashMap::new();
    let mut listing = source.list("");
    while let Some(object) = listing.next().await {
        let Ok(object) = object else { continue };
        if !matches.has_open(object.bytes)
            || ExportKey::classify(&object.key, object.last_modified).is_err()
        {
            continue;
        }
        let Ok(tag) = source.e_tag(&object).await else {
            continue;
        };
        matches.add(&object, |content| content.has_tag(&tag));
        // A tag that the listing does not have was computed from the content.
        if object.e_tag.is_some() {
            let unread = unread.entry(object.bytes).or_default();
            if unread.len() < MAX_READS {
                unread.push(object);
            }
        }
    }
    for object in unread.into_values().flatten() {
        if matches.has_open(object.bytes)
            && let Ok(hash) = hash_object(source, &object).await
        {
            matches.add(&object, |content| *content == hash);
        }
    }
    matches.keys
}

/// The contents and the keys that were found for them.
struct Matches<'c> {
    contents: &'c [ContentHash],
    keys: Vec<Option<ObjectKey>>,
}

impl Matches<'_> {
    /// Returns true if a content of this size has no key yet.
    fn has_open(&self, bytes: u64) -> bool {
        let mut pairs = self.contents.iter().zip(&self.keys);
        pairs.any(|(content, key)| content.bytes == bytes && key.is_none())
    }

    fn add(&mut self, object: &ObjectMeta, has_content: impl Fn(&ContentHash) -> bool) {
        for (content, key) in self.contents.iter().zip(&mut self.keys) {
            if content.bytes == object.bytes && has_content(content) {
                key.get_or_insert_with(|| object.key.clone());
            }
        }
    }
}

async fn hash_object(
    source: &dyn ObjectStore,
    object: &ObjectMeta,
) -> Result<ContentHash, StoreError> {
    let mut reader = source.get(object).await?;
    let mut hasher = ContentHasher::new();
    while let Some(piece) = reader.next().await? {
        hasher.update(&piece);
    }
    Ok(hasher.finish())
}
