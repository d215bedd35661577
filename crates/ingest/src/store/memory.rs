//! An object store in memory, for tests and for exports without a file.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use kiro_report::ObjectKey;
use sha2::{Digest, Sha256};

use crate::store::{
    ObjectMeta, ObjectReader, ObjectStore, ObjectWriter, PutMode, StoreError, StoreErrorKind,
};

type Objects = Arc<Mutex<BTreeMap<ObjectKey, Stored>>>;

#[derive(Debug, Clone)]
struct Stored {
    content: Bytes,
    e_tag: String,
    modified: DateTime<Utc>,
}

impl Stored {
    fn new(content: Bytes, modified: DateTime<Utc>) -> Self {
        Self {
            e_tag: hex::encode(&Sha256::digest(&content)[..16]),
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

    fn find(&self, object: &ObjectMeta) -> Result<Stored, StoreError> {
        let fail = |kind| StoreError::new("read", &object.key, kind);
        let objects = lock(&self.objects);
        let stored = objects
            .get(&object.key)
            .ok_or_else(|| fail(StoreErrorKind::NotFound))?;
        if object
            .e_tag
            .as_ref()
            .is_some_and(|listed| *listed != stored.e_tag)
        {
            return Err(fail(StoreErrorKind::Changed));
        }
        Ok(stored.clone())
    }
}

/// Locks the objects. A poisoned lock is usable, because every change is a single insertion.
fn lock(objects: &Objects) -> MutexGuard<'_, BTreeMap<ObjectKey, Stored>> {
    objects.lock().unwrap_or_else(PoisonError::into_inner)
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
                    last_modified: stored.modified,
                    e_tag: Some(stored.e_tag.clone()),
                })
            })
            .collect();
        stream::iter(found).boxed()
    }

    fn e_tag<'a>(&'a self, object: &'a ObjectMeta) -> BoxFuture<'a, Result<String, StoreError>> {
        Box::pin(async move { Ok(self.find(object)?.e_tag) })
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
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        let writer = MemoryWriter {
            objects: Arc::clone(&self.objects),
            key: key.clone(),
            content: BytesMut::new(),
            mode,
        };
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
    mode: PutMode,
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
            if self.mode == PutMode::Overwrite || !objects.contains_key(&self.key) {
                objects.insert(self.key, stored);
            }
            Ok(())
        })
    }

    fn abort(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}
