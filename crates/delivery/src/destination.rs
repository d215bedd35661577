//! Where reports are written to: a file is replaced whole, and only if nothing else has replaced it since it was read.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use kiro_ingest::{StoreError, StoreErrorKind};
use kiro_report::ObjectKey;
use serde::Serialize;

use crate::report_file::{ReportFile, sha256};

/// Attempts to write a file that other runs keep changing.
const MAX_ATTEMPTS: u32 = 10;

/// A folder or a bucket. Names are paths below it with `/`.
pub trait Destination: Send + Sync {
    /// Reads a file; `None` if it does not exist.
    fn read<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<VersionedContent>, StoreError>>;

    /// Writes a file whole or not at all. `version` is that of the content to replace, `None` of a new file. Returns false if
    /// the file is not the expected one.
    fn replace<'a>(
        &'a self,
        file: &'a ReportFile,
        version: Option<&'a str>,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// The place of a file, for people: a path or `s3://bucket/key`.
    fn location(&self, name: &str) -> String;

    /// How a person reaches a file that was written: the longest link that can be made, or its place.
    fn link<'a>(
        &'a self,
        name: &'a str,
        now: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Link, StoreError>>;
}

/// How a person reaches a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// An address for a browser, or a path. Whoever has an address that ends can read the file: it is in no log or error.
    pub target: String,
    /// When an address stops working. `None` for a path.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Shows no target.
impl fmt::Debug for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Link")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionedContent {
    pub content: Bytes,
    /// Changes whenever the content does.
    pub version: String,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredFile {
    /// Where it is: a path or `s3://bucket/key`.
    pub location: String,
    pub bytes: u64,
    pub sha256: String,
    pub status: StoreStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreStatus {
    /// It is new, or its content has changed.
    Written,
    /// It had this content.
    Unchanged,
}

/// Writes a file unless it has this content. Of several runs at once, one writes.
///
/// # Errors
///
/// If the destination cannot be read or written, or if others keep changing the file.
pub async fn store(
    destination: &dyn Destination,
    file: &ReportFile,
) -> Result<StoredFile, StoreError> {
    let stored = |status| StoredFile {
        location: destination.location(&file.name),
        bytes: file.content.len() as u64,
        sha256: sha256(&file.content),
        status,
    };
    for _ in 0..MAX_ATTEMPTS {
        let existing = destination.read(&file.name).await?;
        if existing
            .as_ref()
            .is_some_and(|existing| existing.content == file.content)
        {
            return Ok(stored(StoreStatus::Unchanged));
        }
        let version = existing.map(|existing| existing.version);
        if destination.replace(file, version.as_deref()).await? {
            return Ok(stored(StoreStatus::Written));
        }
    }
    let key = ObjectKey::new(file.name.clone());
    Err(StoreError::new("write", &key, StoreErrorKind::Changed))
}
