//! Writes a file: into the staging folder, then moved to its place.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use kiro_report::ObjectKey;
use tempfile::NamedTempFile;

use super::local::run_blocking;
use super::local_staging::Staging;
use crate::private::create_private_folder;
use crate::store::{ObjectWriter, StoreError, StoreErrorKind};

/// Pieces are kept in memory up to this size, so that a small file needs one write.
const PENDING_BYTES: usize = 1 << 20;

/// A file that does not exist until it is finished.
pub(super) struct LocalWriter {
    key: ObjectKey,
    /// `None` after a failed operation.
    unfinished: Option<Unfinished>,
}

struct Unfinished {
    target: PathBuf,
    staging: Arc<Staging>,
    /// Removed when dropped.
    temporary: Option<NamedTempFile>,
    pending: Vec<Bytes>,
    pending_bytes: usize,
}

impl LocalWriter {
    pub(super) fn new(key: ObjectKey, target: PathBuf, staging: Arc<Staging>) -> Self {
        let unfinished = Unfinished {
            target,
            staging,
            temporary: None,
            pending: Vec::new(),
            pending_bytes: 0,
        };
        Self {
            key,
            unfinished: Some(unfinished),
        }
    }
}

impl ObjectWriter for LocalWriter {
    fn write(&mut self, piece: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let mut unfinished = self.unfinished.take().ok_or_else(|| closed(&self.key))?;
            unfinished.pending_bytes += piece.len();
            unfinished.pending.push(piece);
            if unfinished.pending_bytes >= PENDING_BYTES {
                let spilled = run_blocking(move || {
                    unfinished.spill()?;
                    Ok(unfinished)
                });
                unfinished = spilled.await.map_err(|kind| write_error(&self.key, kind))?;
            }
            self.unfinished = Some(unfinished);
            Ok(())
        })
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async move {
            let Self { key, unfinished } = *self;
            let unfinished = unfinished.ok_or_else(|| closed(&key))?;
            run_blocking(move || Ok(unfinished.publish()?))
                .await
                .map_err(|kind| write_error(&key, kind))
        })
    }

    fn abort(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move { drop(self) })
    }
}

fn write_error(key: &ObjectKey, kind: StoreErrorKind) -> StoreError {
    StoreError::new("write", key, kind)
}

fn closed(key: &ObjectKey) -> StoreError {
    write_error(key, StoreErrorKind::Io(io::ErrorKind::BrokenPipe.into()))
}

impl Unfinished {
    /// Writes the pending pieces to the temporary file.
    fn spill(&mut self) -> io::Result<()> {
        let mut file = match self.temporary.take() {
            Some(file) => file,
            None => self.staging.create_file()?,
        };
        for piece in self.pending.drain(..) {
            file.write_all(&piece)?;
        }
        self.temporary = Some(file);
        self.pending_bytes = 0;
        Ok(())
    }

    fn publish(mut self) -> io::Result<()> {
        self.spill()?;
        if let (Some(file), Some(folder)) = (self.temporary, self.target.parent()) {
            create_private_folder(folder)?;
            file.persist(&self.target)?;
        }
        Ok(())
    }
}
