//! The limits that keep one client from keeping out the others.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Time-outs of connections, and numbers of things under way.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The maximum number of open connections. If all are in use, the one that has waited longest for a request is closed.
    pub max_connections: usize,
    /// A connection is closed if the head of a request is not complete within this time.
    pub header_timeout: Duration,
    /// A connection is closed if the client takes nothing of a response for this time.
    pub write_timeout: Duration,
    /// An upload is rejected if nothing is received for this time.
    pub body_idle_timeout: Duration,
    /// An upload is rejected if it is not complete within this time.
    pub max_upload_time: Duration,
    /// The maximum number of uploads under way.
    pub max_uploads: usize,
    /// The maximum number of open event streams.
    pub max_event_streams: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Some systems allow a process 256 files; the engine needs some of them.
            max_connections: 128,
            header_timeout: Duration::from_secs(15),
            write_timeout: Duration::from_secs(30),
            body_idle_timeout: Duration::from_secs(30),
            max_upload_time: Duration::from_hours(1),
            max_uploads: 4,
            max_event_streams: 64,
        }
    }
}

/// Admits uploads and event streams up to their limits.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    pub(crate) limits: Limits,
    uploads: Arc<Semaphore>,
    event_streams: Arc<Semaphore>,
}

impl Admission {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            uploads: Arc::new(Semaphore::new(limits.max_uploads)),
            event_streams: Arc::new(Semaphore::new(limits.max_event_streams)),
        }
    }

    /// Admits an upload until the permit is dropped. None if too many are under way.
    pub(crate) fn admit_upload(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.uploads).try_acquire_owned().ok()
    }

    /// Admits an event stream until the permit is dropped. None if too many are open.
    pub(crate) fn admit_event_stream(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.event_streams).try_acquire_owned().ok()
    }
}
