//! Encodes facts on the thread that reads them, or on another one.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use kiro_report::FactRow;

use super::NormalizeErrorKind;
use super::fact_batch::FactBatch;
use super::fact_parts::FactParts;

/// A batch is sent once it has this many facts or bytes of text.
const BATCH_FACTS: usize = 512;
const BATCH_TEXT_BYTES: usize = 1 << 20;
/// Maximum number of batches that wait for the encoder.
const MAX_WAITING_BATCHES: usize = 4;

/// Takes facts and writes their parts.
pub(super) enum FactSink {
    /// On this thread.
    Inline(Box<FactParts>),
    /// On another thread, because reading and encoding take about as long.
    Threaded(Threaded),
}

pub(super) struct Threaded {
    batch: FactBatch,
    batches: SyncSender<FactBatch>,
    /// Written batches, to be filled again.
    empty: Receiver<FactBatch>,
    worker: JoinHandle<Result<FactParts, NormalizeErrorKind>>,
}

impl FactSink {
    pub(super) fn inline(parts: FactParts) -> Self {
        Self::Inline(Box::new(parts))
    }

    pub(super) fn threaded(mut parts: FactParts) -> Result<Self, NormalizeErrorKind> {
        let (batches, arriving) = sync_channel(MAX_WAITING_BATCHES);
        let (returning, empty) = channel();
        let worker = thread::Builder::new()
            .name("encoder".to_owned())
            .spawn(move || {
                write_all(&arriving, &returning, &mut parts)?;
                Ok(parts)
            });
        let worker = worker.map_err(|_| NormalizeErrorKind::Crashed)?;
        Ok(Self::Threaded(Threaded {
            batch: FactBatch::default(),
            batches,
            empty,
            worker,
        }))
    }

    /// Takes the models that a header adds.
    pub(super) fn add_models(&mut self, mut names: Vec<String>) {
        match self {
            Self::Inline(parts) => parts.add_models(&mut names),
            // Indexes only grow, so the facts of the batch that came before are not affected.
            Self::Threaded(threaded) => threaded.batch.new_models.append(&mut names),
        }
    }

    /// Takes a fact.
    ///
    /// # Errors
    ///
    /// [`NormalizeErrorKind::Stopped`] if the other thread has failed: [`Self::finish`] returns its error.
    pub(super) fn push(&mut self, row: &FactRow<'_>) -> Result<(), NormalizeErrorKind> {
        match self {
            Self::Inline(parts) => parts.push(row),
            Self::Threaded(threaded) => {
                threaded.batch.push(row);
                let is_full = threaded.batch.len() >= BATCH_FACTS
                    || threaded.batch.text_bytes() >= BATCH_TEXT_BYTES;
                if is_full { threaded.send() } else { Ok(()) }
            }
        }
    }

    /// Writes finished row groups. Does nothing for another thread, which does that itself.
    pub(super) fn drain(&mut self) -> Result<(), NormalizeErrorKind> {
        match self {
            Self::Inline(parts) => parts.drain(),
            Self::Threaded(_) => Ok(()),
        }
    }

    /// Returns the parts with all their rows.
    pub(super) fn finish(self) -> Result<FactParts, NormalizeErrorKind> {
        match self {
            Self::Inline(parts) => Ok(*parts),
            Self::Threaded(mut threaded) => {
                let sent = threaded.send();
                drop(threaded.batches);
                let parts = threaded
                    .worker
                    .join()
                    .unwrap_or(Err(NormalizeErrorKind::Crashed))?;
                sent.map(|()| parts)
            }
        }
    }
}

impl Threaded {
    fn send(&mut self) -> Result<(), NormalizeErrorKind> {
        let empty = self.empty.try_recv().unwrap_or_default();
        let full = std::mem::replace(&mut self.batch, empty);
        self.batches
            .send(full)
            .map_err(|_| NormalizeErrorKind::Stopped)
    }
}

fn write_all(
    arriving: &Receiver<FactBatch>,
    returning: &Sender<FactBatch>,
    parts: &mut FactParts,
) -> Result<(), NormalizeErrorKind> {
    for mut batch in arriving {
        parts.add_models(&mut batch.new_models);
        batch.try_each(|row| parts.push(row))?;
        parts.drain()?;
        batch.clear();
        // The reader is gone once it has read everything.
        returning.send(batch).ok();
    }
    Ok(())
}
