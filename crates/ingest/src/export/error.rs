//! Errors of one export.

use std::collections::BTreeMap;

use kiro_report::{IssueKind, ObjectKey, ReadError};
use parquet::errors::ParquetError;

use crate::store::StoreError;

/// Why one export was not normalized. None of its parts is visible then.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NormalizeErrorKind {
    #[error(transparent)]
    Content(ReadError),
    #[error("none of {rows} rows is usable: {}", list_rejections(rejections))]
    NoUsableRow {
        rows: u64,
        /// Rejected rows by their issue.
        rejections: BTreeMap<IssueKind, u64>,
    },
    #[error(transparent)]
    Source(StoreError),
    #[error(transparent)]
    Destination(StoreError),
    #[error("could not encode `{part}`")]
    Encode {
        part: ObjectKey,
        source: ParquetError,
    },
    #[error("the run was stopped")]
    Stopped,
    #[error("the worker stopped unexpectedly, which is a bug")]
    Crashed,
}

impl NormalizeErrorKind {
    /// Returns true if a later run may succeed without a change.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Source(error) | Self::Destination(error) => error.is_transient(),
            Self::Stopped => true,
            Self::Content(_) | Self::NoUsableRow { .. } | Self::Encode { .. } | Self::Crashed => {
                false
            }
        }
    }

    /// Returns true if a service or the network is the cause.
    pub(crate) fn is_remote(&self) -> bool {
        match self {
            Self::Source(error) | Self::Destination(error) => error.is_remote(),
            Self::Content(_)
            | Self::NoUsableRow { .. }
            | Self::Encode { .. }
            | Self::Stopped
            | Self::Crashed => false,
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Content(error) => Some(error.hint()),
            Self::NoUsableRow { .. } => Some(
                "check the user and date columns on the lines that `report_issues` names, or export it again",
            ),
            Self::Source(error) | Self::Destination(error) => error.hint(),
            Self::Stopped => Some("run the command again: complete parts are kept"),
            Self::Encode { .. } | Self::Crashed => None,
        }
    }

    /// Returns true if the export itself is the cause. Such a failure is recorded in the `issues` dataset.
    pub(crate) fn is_about_the_export(&self) -> bool {
        match self {
            Self::Content(_) | Self::NoUsableRow { .. } => true,
            Self::Source(error) => error.is_about_the_object(),
            Self::Destination(_) | Self::Encode { .. } | Self::Stopped | Self::Crashed => false,
        }
    }

    /// The line of the export, if known.
    pub(crate) fn line(&self) -> Option<u64> {
        match self {
            Self::Content(error) => error.line(),
            _ => None,
        }
    }
}

/// The counts of rejected rows, for a message.
fn list_rejections(rejections: &BTreeMap<IssueKind, u64>) -> String {
    let counts = rejections.iter();
    let counts: Vec<String> = counts
        .map(|(kind, rows)| format!("{rows} {}", kind.name()))
        .collect();
    counts.join(", ")
}
