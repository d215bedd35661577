//! The port to the service that imports datasets.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::error::ImportError;

/// An import that the service knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownImport {
    pub id: String,
    pub began: DateTime<Utc>,
    pub has_ended: bool,
    /// It failed or was cancelled: it has brought no data.
    pub has_failed: bool,
}

/// The result of a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    New,
    /// An import with this id exists.
    Before,
}

/// Imports datasets.
#[async_trait]
pub trait ImportService: Send + Sync {
    /// The imports of a dataset that began at or after a time, in any order.
    async fn imports_since(
        &self,
        data_set: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<KnownImport>, ImportError>;

    /// Starts an import of the whole dataset. It replaces one that is still running.
    async fn start(&self, data_set: &str, id: &str) -> Result<Started, ImportError>;

    /// Waits before the next look at a running import.
    async fn pause(&self);
}
