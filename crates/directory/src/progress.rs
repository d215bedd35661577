//! Progress of a reading.

use std::sync::Mutex;
use std::sync::PoisonError;

/// Receives progress after every response.
pub trait Progress: Send + Sync {
    /// Called with the numbers of the whole reading so far.
    fn update(&self, counts: ReadCounts);
}

/// Numbers of a reading so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadCounts {
    /// Users that were read, kept or not.
    pub users: u64,
    /// Selected groups whose members were read.
    pub groups: u64,
    /// Selected groups.
    pub selected_groups: u64,
    /// Requests that were sent again, mostly because of throttling.
    pub retries: u64,
}

/// Ignores progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn update(&self, _counts: ReadCounts) {}
}

/// Counts what was read, and reports it.
pub(crate) struct ProgressCounter<'a> {
    progress: &'a dyn Progress,
    counts: Mutex<ReadCounts>,
}

impl<'a> ProgressCounter<'a> {
    pub(crate) fn new(progress: &'a dyn Progress) -> Self {
        Self {
            progress,
            counts: Mutex::default(),
        }
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut ReadCounts)) {
        let counts = {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut counts);
            *counts
        };
        self.progress.update(counts);
    }
}
