//! The objects that the function reads and writes.

use std::ops::Range;

use bytes::Bytes;
use futures::TryStreamExt;
use futures::future::BoxFuture;
use kiro_ingest::{ObjectMeta, ObjectStore, StoreError};
use kiro_report::ObjectKey;
use kiro_s3::{Replacement, S3Bucket, StoredObject};

/// Objects under keys, as a bucket has them.
pub trait Objects: Send + Sync {
    /// All objects below a prefix.
    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>>;

    /// Bytes of an object as it was listed.
    fn read_range<'a>(
        &'a self,
        object: &'a ObjectMeta,
        range: Range<u64>,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>>;

    /// An object; `None` if it does not exist.
    fn read<'a>(
        &'a self,
        key: &'a ObjectKey,
        max_bytes: u64,
    ) -> BoxFuture<'a, Result<Option<StoredObject>, StoreError>>;

    /// Replaces an object whole, if it is still the expected one. Otherwise the error is `Changed`.
    fn replace<'a>(
        &'a self,
        key: &'a ObjectKey,
        replacement: Replacement,
    ) -> BoxFuture<'a, Result<(), StoreError>>;
}

impl Objects for S3Bucket {
    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>> {
        Box::pin(ObjectStore::list(self, prefix).try_collect())
    }

    fn read_range<'a>(
        &'a self,
        object: &'a ObjectMeta,
        range: Range<u64>,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        Box::pin(self.read_range(object, range))
    }

    fn read<'a>(
        &'a self,
        key: &'a ObjectKey,
        max_bytes: u64,
    ) -> BoxFuture<'a, Result<Option<StoredObject>, StoreError>> {
        Box::pin(self.read(key, max_bytes))
    }

    fn replace<'a>(
        &'a self,
        key: &'a ObjectKey,
        replacement: Replacement,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.replace(key, replacement))
    }
}
