//! The state of reading, as the page and `/api/status` see it.

use chrono::NaiveDate;
use kiro_ingest::ExportFailure;
use serde::Serialize;
use tokio::sync::watch;

/// The most failures that a status names.
const MOST_FAILURES: usize = 100;

/// What the server is doing with the exports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Exports are being read for the first time; numbers may be there already, and grow.
    #[default]
    Reading,
    /// Everything found has been read.
    Ready,
    /// There is no data.
    Empty,
    /// The exports could not be read; `message` says why. Numbers of earlier runs are there.
    Error,
}

/// Exports found in the sources, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Exports {
    pub(crate) seen: u64,
    pub(crate) done: u64,
    pub(crate) failed: u64,
}

/// What `/api/status` answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The program's version.
    pub(crate) version: String,
    pub(crate) state: State,
    pub(crate) exports: Exports,
    pub(crate) newest_day: Option<NaiveDate>,
    /// Another text whenever the numbers may be others.
    pub(crate) data_version: String,
    pub(crate) failures: Vec<ExportFailure>,
    /// Something people should know, such as a data folder that cannot be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

impl Status {
    /// Whether the exports that were there at the start have been dealt with.
    pub fn is_settled(&self) -> bool {
        self.state != State::Reading
    }

    pub(crate) fn set_failures(&mut self, mut failures: Vec<ExportFailure>) {
        failures.truncate(MOST_FAILURES);
        self.failures = failures;
    }
}

/// Where the status is posted, for everybody who follows it.
#[derive(Debug)]
pub struct StatusBoard {
    sender: watch::Sender<Status>,
}

impl StatusBoard {
    /// A board that says "reading".
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

    /// The status as it is.
    pub fn current(&self) -> Status {
        self.sender.borrow().clone()
    }

    /// Follows the status.
    pub(crate) fn follow(&self) -> watch::Receiver<Status> {
        self.sender.subscribe()
    }

    /// Changes the status; followers hear of it if anything is different.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Status)) {
        self.sender.send_if_modified(|status| {
            let before = status.clone();
            change(status);
            *status != before
        });
    }
}
