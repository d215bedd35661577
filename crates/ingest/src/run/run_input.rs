//! The exports of one run, and its limits.

use std::num::NonZeroUsize;
use std::sync::Arc;

use kiro_report::ObjectKey;

use crate::store::ObjectStore;

/// A store with exports.
#[derive(Clone)]
pub struct ExportSource {
    pub store: Arc<dyn ObjectStore>,
    /// The only keys to read. `None`: all.
    pub only: Option<Vec<ObjectKey>>,
}

/// The exports of one run, and its limits.
#[derive(Clone)]
pub struct RunInput {
    pub sources: Vec<ExportSource>,
    /// Maximum number of exports to normalize. Exports that have their parts do not count.
    pub max_files: Option<u64>,
    /// Called before each export without parts; `false` leaves the export to a later run.
    pub has_time: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
    /// Maximum number of large exports that are processed at once, to bound memory.
    pub max_large_jobs: Option<NonZeroUsize>,
}

impl ExportSource {
    /// Every export of a store.
    pub fn all_of(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, only: None }
    }
}

impl RunInput {
    /// Every export of these sources, without limits.
    pub fn new(sources: Vec<ExportSource>) -> Self {
        Self {
            sources,
            max_files: None,
            has_time: None,
            max_large_jobs: None,
        }
    }
}
