//! What a run takes in, and how much of it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kiro_report::ObjectKey;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::store::{ObjectMeta, ObjectStore};

/// Of exports this large only [`Intake::large_at_once`] are in work at the same time: their parts are written in pieces
/// of some megabytes each, while those of others are hardly worth counting.
const LARGE_BYTES: u64 = 4 << 20;

/// One place with exports.
#[derive(Clone)]
pub struct Source {
    pub store: Arc<dyn ObjectStore>,
    /// Nothing else of it is looked at. `None` means everything.
    pub only: Option<Vec<ObjectKey>>,
}

/// The exports of one run, and where it stops taking more of them.
#[derive(Clone)]
pub struct Intake {
    pub sources: Vec<Source>,
    /// So many exports are normalized at most; those that are done already do not count.
    pub max_files: Option<u64>,
    /// Asked before each export that is not done: whether there is time for one more.
    pub may_take: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
    /// How many large exports are in work at the same time, where memory is scarce.
    pub large_at_once: Option<NonZeroUsize>,
}

impl Source {
    /// Everything there.
    pub fn all_of(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, only: None }
    }
}

impl Intake {
    /// Everything of these sources.
    pub fn of(sources: Vec<Source>) -> Self {
        Self {
            sources,
            max_files: None,
            may_take: None,
            large_at_once: None,
        }
    }
}

/// Lets exports pass until a run has taken enough.
pub(super) struct Turnstile {
    max_files: u64,
    may_take: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
    taken: AtomicU64,
    large: Option<Semaphore>,
}

impl Turnstile {
    pub(super) fn new(intake: &Intake) -> Self {
        Self {
            max_files: intake.max_files.unwrap_or(u64::MAX),
            may_take: intake.may_take.clone(),
            taken: AtomicU64::new(0),
            large: intake
                .large_at_once
                .map(|files| Semaphore::new(files.get())),
        }
    }

    /// Waits until there is memory for the export. Hold the permit while it is in work.
    pub(super) async fn memory_for(&self, object: &ObjectMeta) -> Option<SemaphorePermit<'_>> {
        match &self.large {
            // It is never closed.
            Some(large) if object.bytes > LARGE_BYTES => large.acquire().await.ok(),
            Some(_) | None => None,
        }
    }

    /// Whether one more export is taken.
    pub(super) fn lets_pass(&self) -> bool {
        self.may_take.as_ref().is_none_or(|may_take| may_take())
            && self.taken.fetch_add(1, Ordering::Relaxed) < self.max_files
    }
}
