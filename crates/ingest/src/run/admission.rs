//! Limits of one run: how many exports it takes, and how many large ones at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::RunInput;
use crate::store::ObjectMeta;

/// Exports above this size count against [`RunInput::max_large_jobs`]: their parts are buffered in pieces of some
/// megabytes each.
const LARGE_BYTES: u64 = 4 << 20;

/// Admits exports until a limit of the run is reached.
pub(super) struct Admission {
    max_files: u64,
    has_time: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
    admitted: AtomicU64,
    large_jobs: Option<Semaphore>,
}

impl Admission {
    pub(super) fn new(input: &RunInput) -> Self {
        Self {
            max_files: input.max_files.unwrap_or(u64::MAX),
            has_time: input.has_time.clone(),
            admitted: AtomicU64::new(0),
            large_jobs: input.max_large_jobs.map(|jobs| Semaphore::new(jobs.get())),
        }
    }

    /// Waits until there is memory for the export. Hold the permit while it is processed.
    pub(super) async fn acquire_memory(&self, object: &ObjectMeta) -> Option<SemaphorePermit<'_>> {
        match &self.large_jobs {
            // The semaphore is never closed.
            Some(jobs) if object.bytes > LARGE_BYTES => jobs.acquire().await.ok(),
            Some(_) | None => None,
        }
    }

    /// Admits one more export, unless a limit is reached.
    pub(super) fn try_acquire(&self) -> bool {
        self.has_time.as_ref().is_none_or(|has_time| has_time())
            && self.admitted.fetch_add(1, Ordering::Relaxed) < self.max_files
    }
}
