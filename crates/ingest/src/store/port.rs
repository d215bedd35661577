//! The port itself.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use kiro_report::ObjectKey;

use crate::store::StoreError;

/// What a listing tells of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectMeta {
    pub key: ObjectKey,
    pub bytes: u64,
    pub modified: DateTime<Utc>,
    /// Changes whenever the content does. `None` where a listing does not know it; [`ObjectStore::content_tag`] does.
    pub tag: Option<String>,
}

/// A place that keeps objects under keys.
///
/// An object is visible whole or not at all: what a writer has not finished does not exist.
pub trait ObjectStore: Send + Sync {
    /// Every object whose key begins with `prefix`, in no particular order. What cannot be listed is an item of its own;
    /// the rest of the listing follows.
    fn list<'a>(&'a self, prefix: &'a str) -> BoxStream<'a, Result<ObjectMeta, StoreError>>;

    /// The content tag of an object as it was listed.
    fn content_tag<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<String, StoreError>>;

    /// Opens the object that was listed: fails, now or while reading, when it has changed since.
    fn get<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectReader>, StoreError>>;

    /// Begins a new object; replaces an older one of that key when it is finished.
    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>>;

    /// Begins an object that nobody else is known to have made. One that appears meanwhile may stay as it is, where the
    /// store can tell; finishing succeeds all the same.
    fn create_new<'a>(
        &'a self,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        self.create(key)
    }
}

/// The content of an object, piece by piece.
pub trait ObjectReader: Send {
    /// The next piece, never empty; `None` at the end.
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>>;
}

/// A new object. Dropping it without [`ObjectWriter::finish`] leaves nothing behind.
pub trait ObjectWriter: Send {
    /// Appends a piece.
    fn write(&mut self, piece: Bytes) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Makes the object visible, whole.
    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>>;

    /// Gives the object up.
    fn abort(self: Box<Self>) -> BoxFuture<'static, ()>;
}
