//! A new file: written beside its place, then moved there whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use kiro_report::ObjectKey;

use super::local::off_thread;
use super::local_staging::Staging;
use crate::store::{ObjectWriter, StoreError, StoreErrorKind};

/// Less than this is not worth a trip to the disk before the file is complete.
const PENDING_BYTES: usize = 1 << 20;

/// A file that does not exist until it is finished.
pub(super) struct LocalWriter {
    key: ObjectKey,
    /// Gone once an operation has failed.
    unfinished: Option<Unfinished>,
}

struct Unfinished {
    target: PathBuf,
    staging: Arc<Staging>,
    temporary: Option<Temporary>,
    pending: Vec<Bytes>,
    pending_bytes: usize,
}

/// The file before it is moved to its place; removed when dropped.
struct Temporary {
    path: PathBuf,
    file: File,
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
            let mut unfinished = self.unfinished.take().ok_or_else(|| given_up(&self.key))?;
            unfinished.pending_bytes += piece.len();
            unfinished.pending.push(piece);
            if unfinished.pending_bytes >= PENDING_BYTES {
                let spilled = off_thread(move || {
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
            let unfinished = unfinished.ok_or_else(|| given_up(&key))?;
            off_thread(move || unfinished.publish())
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

fn given_up(key: &ObjectKey) -> StoreError {
    write_error(key, StoreErrorKind::Io(io::ErrorKind::BrokenPipe.into()))
}

impl Unfinished {
    /// Writes what is pending to the temporary file.
    fn spill(&mut self) -> Result<(), StoreErrorKind> {
        if self.temporary.is_none() {
            let path = self.staging.new_file();
            let file = File::create_new(&path)?;
            self.temporary = Some(Temporary { path, file });
        }
        let temporary = self.temporary.as_mut().ok_or(StoreErrorKind::NotFound)?;
        for piece in self.pending.drain(..) {
            temporary.file.write_all(&piece)?;
        }
        self.pending_bytes = 0;
        Ok(())
    }

    fn publish(mut self) -> Result<(), StoreErrorKind> {
        self.spill()?;
        if let (Some(temporary), Some(folder)) = (&self.temporary, self.target.parent()) {
            fs::create_dir_all(folder)?;
            fs::rename(&temporary.path, &self.target)?;
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename nothing lies there any more; otherwise the next run sweeps it.
        fs::remove_file(&self.path).ok();
    }
}
