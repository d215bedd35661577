//! The status of reading exports, as the page and `/api/status` show it.

use chrono::NaiveDate;
use kiro_ingest::{ExportFailure, printable};
use serde::Serialize;
use tokio::sync::watch;

use crate::people_service::PeopleStatus;

/// The maximum number of failures in a status.
const MAX_FAILURES: usize = 100;

/// The state of reading the sources.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReadState {
    /// Exports are being read for the first time. Numbers may be available, and grow.
    #[default]
    Reading,
    /// All exports found were read.
    Ready,
    /// There is no data.
    Empty,
    /// The exports could not be read; `message` says why. The numbers are those of earlier runs.
    Error,
}

/// The number of exports found in the sources, and of those read or failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct ExportCounts {
    pub(crate) seen: u64,
    pub(crate) done: u64,
    pub(crate) failed: u64,
}

/// The response of `/api/status`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The program's version.
    pub(crate) version: String,
    pub(crate) state: ReadState,
    pub(crate) exports: ExportCounts,
    pub(crate) newest_day: Option<NaiveDate>,
    /// Changes whenever the numbers may have changed.
    pub(crate) data_version: String,
    pub(crate) failures: Vec<ExportFailure>,
    /// How many users have names. None while addresses are hashed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) people: Option<PeopleStatus>,
    /// A condition that users should know, such as a data folder that cannot be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

impl Status {
    /// Returns true once the exports that existed at the start were read or have failed.
    pub fn is_settled(&self) -> bool {
        self.state != ReadState::Reading
    }

    /// Sets the failures, limited to the maximum, with names that stay on one line.
    pub(crate) fn set_failures(&mut self, mut failures: Vec<ExportFailure>) {
        failures.truncate(MAX_FAILURES);
        for failure in &mut failures {
            failure.export = printable(&failure.export).into_owned();
        }
        self.failures = failures;
    }
}

/// Publishes the status to all subscribers.
#[derive(Debug)]
pub struct StatusChannel {
    sender: watch::Sender<Status>,
}

impl StatusChannel {
    /// Creates a channel in the state `reading`.
    pub fn new(version: impl Into<String>, data_version: impl Into<String>) -> Self {
        let status = Status {
            version: version.into(),
            data_version: data_version.into(),
            ..Status::default()
        };
        Self {
            sender: watch::Sender::new(status),
        }
    }

    /// The current status.
    pub fn current(&self) -> Status {
        self.sender.borrow().clone()
    }

    /// Subscribes to changes of the status.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Status> {
        self.sender.subscribe()
    }

    /// Updates the status. Subscribers are notified only if it has changed.
    pub(crate) fn update(&self, update: impl FnOnce(&mut Status)) {
        self.sender.send_if_modified(|status| {
            let before = status.clone();
            update(status);
            *status != before
        });
    }
}
