//! A store that counts requests and fails on purpose. The tests of other crates share this file.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use kiro_ingest::{
    InMemoryStore, ObjectMeta, ObjectReader, ObjectStore, ObjectWriter, PutMode, RemoteErrorKind,
    StoreError, StoreErrorKind,
};
use kiro_report::ObjectKey;

/// What goes wrong, for keys that contain a text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// Reading is not allowed.
    Unreadable(&'static str),
    /// Reading fails after the first piece.
    BreaksOff(&'static str),
    /// There is no space for more bytes in all.
    Full(u64),
    /// A new object is written and never becomes visible, as after a kill.
    Killed(&'static str),
    /// No object can be created.
    ReadOnly,
    /// The service fails the first reads, of any key.
    Outage(u64),
    Never,
}

/// An in-memory store with a fault.
pub(crate) struct FaultyStore {
    pub(crate) inner: InMemoryStore,
    fault: Fault,
    pub(crate) lists: AtomicU64,
    /// Everything but listing.
    pub(crate) requests: AtomicU64,
    reads: AtomicU64,
    written: Arc<AtomicU64>,
}

impl FaultyStore {
    pub(crate) fn new(inner: &InMemoryStore, fault: Fault) -> Arc<Self> {
        Arc::new(Self {
            inner: inner.clone(),
            fault,
            lists: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            reads: AtomicU64::new(0),
            written: Arc::new(AtomicU64::new(0)),
        })
    }
}

impl ObjectStore for FaultyStore {
    fn list<'a>(&'a self, prefix: &'a str) -> BoxStream<'a, Result<ObjectMeta, StoreError>> {
        self.lists.fetch_add(1, Ordering::Relaxed);
        self.inner.list(prefix)
    }

    fn e_tag<'a>(&'a self, object: &'a ObjectMeta) -> BoxFuture<'a, Result<String, StoreError>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        match self.fault {
            Fault::Unreadable(text) if object.key.as_str().contains(text) => Box::pin(async move {
                Err(StoreError::new("read", &object.key, StoreErrorKind::Denied))
            }),
            _ => self.inner.e_tag(object),
        }
    }

    fn get<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectReader>, StoreError>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let read = self.reads.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            if matches!(self.fault, Fault::Outage(reads) if read < reads) {
                let kind = RemoteErrorKind::Unavailable { status: 500 };
                return Err(StoreError::new(
                    "read",
                    &object.key,
                    StoreErrorKind::Remote(kind),
                ));
            }
            let inner = self.inner.get(object).await?;
            let breaks_off =
                matches!(self.fault, Fault::BreaksOff(text) if object.key.as_str().contains(text));
            if breaks_off {
                return Ok(Box::new(BreakingReader {
                    inner,
                    key: object.key.clone(),
                    pieces: 1,
                }) as Box<dyn ObjectReader>);
            }
            Ok(inner)
        })
    }

    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            if matches!(self.fault, Fault::ReadOnly) {
                return Err(StoreError::new("write", key, StoreErrorKind::ReadOnly));
            }
            let inner = self.inner.create(key, mode).await?;
            let is_killed =
                matches!(self.fault, Fault::Killed(text) if key.as_str().contains(text));
            let space = if let Fault::Full(space) = self.fault {
                space
            } else {
                u64::MAX
            };
            let written = Arc::clone(&self.written);
            Ok(Box::new(FaultyWriter {
                inner,
                key: key.clone(),
                is_killed,
                space,
                written,
            }) as Box<dyn ObjectWriter>)
        })
    }
}

struct BreakingReader {
    inner: Box<dyn ObjectReader>,
    key: ObjectKey,
    pieces: u32,
}

impl ObjectReader for BreakingReader {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        Box::pin(async move {
            if self.pieces == 0 {
                return Err(StoreError::new("read", &self.key, StoreErrorKind::Changed));
            }
            self.pieces -= 1;
            self.inner.next().await
        })
    }
}

struct FaultyWriter {
    inner: Box<dyn ObjectWriter>,
    key: ObjectKey,
    is_killed: bool,
    space: u64,
    written: Arc<AtomicU64>,
}

impl ObjectWriter for FaultyWriter {
    fn write(&mut self, piece: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        let length = piece.len() as u64;
        if self.written.fetch_add(length, Ordering::Relaxed) + length > self.space {
            return Box::pin(async {
                Err(StoreError::new("write", &self.key, StoreErrorKind::NoSpace))
            });
        }
        self.inner.write(piece)
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        if self.is_killed {
            return Box::pin(async move {
                Err(StoreError::new("write", &self.key, StoreErrorKind::Denied))
            });
        }
        self.inner.finish()
    }

    fn abort(self: Box<Self>) -> BoxFuture<'static, ()> {
        self.inner.abort()
    }
}
