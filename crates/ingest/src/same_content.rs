//! Finds the export of a source that has the same content as a file, under any name.

use std::collections::HashMap;

use futures::StreamExt;
use kiro_report::{ExportKey, ObjectKey, hex};
use md5::Md5;
use sha2::{Digest, Sha256};

use crate::store::{ObjectMeta, ObjectStore, StoreError};

/// Maximum number of exports of one size that are read because their entity tags are no hashes, as under a KMS key.
const MAX_READS: u32 = 4;

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
            sha256: hex(&self.sha256.finalize()[..16]),
            md5: hex(&self.md5.finalize()),
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
/// Lists the source once, and hashes exports of the same size only; in a bucket the listing has the hashes, and at most
/// four exports of one size are read where it has not. An export that cannot be listed or read is not a match.
pub async fn find_same_content(
    source: &dyn ObjectStore,
    contents: &[ContentHash],
) -> Vec<Option<ObjectKey>> {
    let mut found = vec![None; contents.len()];
    let mut reads: HashMap<u64, u32> = HashMap::new();
    let mut listing = source.list("");
    while let Some(object) = listing.next().await {
        let Ok(object) = object else { continue };
        let is_open = |(content, key): (&ContentHash, &Option<ObjectKey>)| {
            content.bytes == object.bytes && key.is_none()
        };
        if !contents.iter().zip(&found).any(is_open)
            || ExportKey::classify(&object.key, object.last_modified).is_err()
        {
            continue;
        }
        let Ok(tag) = source.e_tag(&object).await else {
            continue;
        };
        let mut take = |has_content: &dyn Fn(&ContentHash) -> bool| {
            let mut is_taken = false;
            for (content, key) in contents.iter().zip(&mut found) {
                if content.bytes == object.bytes && has_content(content) {
                    key.get_or_insert_with(|| object.key.clone());
                    is_taken = true;
                }
            }
            is_taken
        };
        // A tag that the listing has not was computed from the content.
        if take(&|content| content.has_tag(&tag)) || object.e_tag.is_none() {
            continue;
        }
        let reads = reads.entry(object.bytes).or_default();
        *reads += 1;
        if *reads <= MAX_READS
            && let Ok(hash) = hash_object(source, &object).await
        {
            take(&|content| *content == hash);
        }
    }
    found
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
