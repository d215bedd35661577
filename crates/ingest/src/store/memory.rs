//! An object store in memory, for tests and for exports that never touch a disk.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use kiro_report::ObjectKey;
use sha2::{Digest, Sha256};

use crate::store::{
    ObjectMeta, ObjectReader, ObjectStore, ObjectWriter, StoreError, StoreErrorKind,
};

type Objects = Arc<Mutex<BTreeMap<ObjectKey, Stored>>>;

#[derive(Debug, Clone)]
struct Stored {
    content: Bytes,
    tag: String,
    modified: DateTime<Utc>,
}

impl Stored {
    fn new(content: Bytes, modified: DateTime<Utc>) -> Self {
        Self {
            tag: hex(&Sha256::digest(&content)[..16]),
            content,
            modified,
        }
    }
}

/// Objects in memory. A clone is another handle on the same objects.
#[derive(Debug, Clone, Default)]
pub struct InMemoryStore {
    objects: Objects,
}

impl InMemoryStore {
    /// A store without objects.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces an object last modified at the epoch.
    pub fn put(&self, key: impl Into<ObjectKey>, content: impl Into<Bytes>) {
        self.put_modified(key, content, DateTime::UNIX_EPOCH);
    }

    /// Adds or replaces an object.
    pub fn put_modified(
        &self,
        key: impl Into<ObjectKey>,
        content: impl Into<Bytes>,
        modified: DateTime<Utc>,
    ) {
        lock(&self.objects).insert(key.into(), Stored::new(content.into(), modified));
    }

    /// The content of an object.
    pub fn content(&self, key: &str) -> Option<Bytes> {
        lock(&self.objects)
            .get(&ObjectKey::new(key))
            .map(|stored| stored.content.clone())
    }

    /// Every key, sorted.
    pub fn keys(&self) -> Vec<String> {
        lock(&self.objects)
            .keys()
            .map(|key| key.as_str().to_owned())
            .collect()
    }

    fn writer(&self, key: &ObjectKey, present: Present) -> MemoryWriter {
        MemoryWriter {
            objects: Arc::clone(&self.objects),
            key: key.clone(),
            content: BytesMut::new(),
            present,
        }
    }

    fn find(&self, object: &ObjectMeta) -> Result<Stored, StoreError> {
        let fail = |kind| StoreError::new("read", &object.key, kind);
        let objects = lock(&self.objects);
        let stored = objects
            .get(&object.key)
            .ok_or_else(|| fail(StoreErrorKind::NotFound))?;
        if object
            .tag
            .as_ref()
            .is_some_and(|listed| *listed != stored.tag)
        {
            return Err(fail(StoreErrorKind::Changed));
        }
        Ok(stored.clone())
    }
}

/// The objects; a poisoned lock is no reason to stop, since every change is a single insertion.
fn lock(objects: &Objects) -> MutexGuard<'_, BTreeMap<ObjectKey, Stored>> {
    objects.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            write!(text, "{byte:02x}").ok();
            text
        })
}

impl ObjectStore for InMemoryStore {
    fn list<'a>(&'a self, prefix: &'a str) -> BoxStream<'a, Result<ObjectMeta, StoreError>> {
        let found: Vec<_> = lock(&self.objects)
            .iter()
            .filter(|(key, _)| key.as_str().starts_with(prefix))
            .map(|(key, stored)| {
                Ok(ObjectMeta {
                    key: key.clone(),
                    bytes: stored.content.len() as u64,
                    modified: stored.modified,
                    tag: Some(stored.tag.clone()),
                })
            })
            .collect();
        stream::iter(found).boxed()
    }

    fn content_tag<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<String, StoreError>> {
        Box::pin(async move { Ok(self.find(object)?.tag) })
    }

    fn get<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectReader>, StoreError>> {
        Box::pin(async move {
            Ok(Box::new(MemoryReader {
                rest: self.find(object)?.content,
            }) as Box<dyn ObjectReader>)
        })
    }

    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        let writer = self.writer(key, Present::IsReplaced);
        Box::pin(async move { Ok(Box::new(writer) as Box<dyn ObjectWriter>) })
    }

    fn create_new<'a>(
        &'a self,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        let writer = self.writer(key, Present::Stays);
        Box::pin(async move { Ok(Box::new(writer) as Box<dyn ObjectWriter>) })
    }
}

struct MemoryReader {
    rest: Bytes,
}

impl ObjectReader for MemoryReader {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        const PIECE: usize = 64 * 1024;
        let piece = self.rest.split_to(self.rest.len().min(PIECE));
        Box::pin(async move { Ok((!piece.is_empty()).then_some(piece)) })
    }
}

struct MemoryWriter {
    objects: Objects,
    key: ObjectKey,
    content: BytesMut,
    present: Present,
}

/// What becomes of an object that is there when another one of its key is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Present {
    IsReplaced,
    Stays,
}

impl ObjectWriter for MemoryWriter {
    fn write(&mut self, piece: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        self.content.extend_from_slice(&piece);
        Box::pin(async { Ok(()) })
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async move {
            let stored = Stored::new(self.content.freeze(), DateTime::UNIX_EPOCH);
            let mut objects = lock(&self.objects);
            if self.present == Present::IsReplaced || !objects.contains_key(&self.key) {
                objects.insert(self.key, stored);
            }
            Ok(())
        })
    }

    fn abort(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}
