//! Where facts are encoded: on the thread that reads them, or beside it.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use kiro_report::FactRow;

use super::NormalizeErrorKind;
use super::fact_batch::FactBatch;
use super::fact_parts::FactParts;

/// A batch travels once it has so many facts or so much text.
const BATCH_FACTS: usize = 512;
const BATCH_TEXT_BYTES: usize = 1 << 20;
/// So many batches may wait.
const WAITING_BATCHES: usize = 4;

/// Takes facts and has them written.
pub(super) enum FactLane {
    /// On this thread.
    Here(Box<FactParts>),
    /// On another thread: reading and encoding take about as long.
    Beside(Beside),
}

pub(super) struct Beside {
    batch: FactBatch,
    batches: SyncSender<FactBatch>,
    /// Batches to be filled again.
    empty: Receiver<FactBatch>,
    worker: JoinHandle<Result<FactParts, NormalizeErrorKind>>,
}

impl FactLane {
    pub(super) fn here(parts: FactParts) -> Self {
        Self::Here(Box::new(parts))
    }

    pub(super) fn beside(mut parts: FactParts) -> Result<Self, NormalizeErrorKind> {
        let (batches, arriving) = sync_channel(WAITING_BATCHES);
        let (returning, empty) = channel();
        let worker = thread::Builder::new()
            .name("encoder".to_owned())
            .spawn(move || {
                write_all(&arriving, &returning, &mut parts)?;
                Ok(parts)
            });
        let worker = worker.map_err(|_| NormalizeErrorKind::Crashed)?;
        Ok(Self::Beside(Beside {
            batch: FactBatch::default(),
            batches,
            empty,
            worker,
        }))
    }

    /// Takes a fact. [`NormalizeErrorKind::Stopped`] may mean that the other thread has failed; [`Self::finish`] tells
    /// why.
    pub(super) fn push(&mut self, row: &FactRow<'_>) -> Result<(), NormalizeErrorKind> {
        match self {
            Self::Here(parts) => parts.push(row),
            Self::Beside(beside) => {
                beside.batch.push(row);
                let is_full = beside.batch.len() >= BATCH_FACTS
                    || beside.batch.text_bytes() >= BATCH_TEXT_BYTES;
                if is_full { beside.send() } else { Ok(()) }
            }
        }
    }

    /// Hands over what is finished; another thread does that by itself.
    pub(super) fn drain(&mut self) -> Result<(), NormalizeErrorKind> {
        match self {
            Self::Here(parts) => parts.drain(),
            Self::Beside(_) => Ok(()),
        }
    }

    /// The parts with all their rows.
    pub(super) fn finish(self) -> Result<FactParts, NormalizeErrorKind> {
        match self {
            Self::Here(parts) => Ok(*parts),
            Self::Beside(mut beside) => {
                let sent = beside.send();
                drop(beside.batches);
                let parts = beside
                    .worker
                    .join()
                    .unwrap_or(Err(NormalizeErrorKind::Crashed))?;
                sent.map(|()| parts)
            }
        }
    }
}

impl Beside {
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
        batch.try_each(|row| parts.push(row))?;
        parts.drain()?;
        batch.clear();
        // Nobody fills it again once everything has been read.
        returning.send(batch).ok();
    }
    Ok(())
}
