//! The traits of an object store.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use kiro_report::ObjectKey;

use crate::store::StoreError;

/// An object of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectMeta {
    pub key: ObjectKey,
    pub bytes: u64,
    pub last_modified: DateTime<Utc>,
    /// Changes whenever the content does. `None` if the listing does not have it: see [`ObjectStore::e_tag`].
    pub e_tag: Option<String>,
}

/// Objects under keys.
///
/// An object is visible whole or not at all: an unfinished one does not exist.
pub trait ObjectStore: Send + Sync {
    /// Lists the objects whose keys begin with `prefix`, in no particular order. What cannot be listed is an item with its
    /// error; the rest follows.
    fn list<'a>(&'a self, prefix: &'a str) -> BoxStream<'a, Result<ObjectMeta, StoreError>>;

    /// The entity tag of an object as it was listed.
    fn e_tag<'a>(&'a self, object: &'a ObjectMeta) -> BoxFuture<'a, Result<String, StoreError>>;

    /// Opens an object as it was listed. Fails, now or while reading, if it has changed since.
    fn get<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectReader>, StoreError>>;

    /// Begins an object, which becomes visible when it is finished.
    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>>;
}

/// What happens to an object of the same key when a new one is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutMode {
    /// It is replaced.
    Overwrite,
    /// It may stay, if the store can tell that it exists. Finishing succeeds either way.
    Create,
}

/// The content of an object, piece by piece.
pub trait ObjectReader: Send {
    /// The next piece, never empty; `None` at the end.
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>>;
}

/// A new object. Dropped before [`ObjectWriter::finish`], it leaves nothing.
pub trait ObjectWriter: Send {
    /// Appends a piece.
    fn write(&mut self, piece: Bytes) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Makes the object visible, whole.
    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>>;

    /// Discards the object.
    fn abort(self: Box<Self>) -> BoxFuture<'static, ()>;
}
