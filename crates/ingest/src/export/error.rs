//! Why one export could not be normalized.

use kiro_report::{ObjectKey, ReadError};
use parquet::errors::ParquetError;

use crate::store::StoreError;

/// Why one export could not be normalized; nothing of it is visible then.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NormalizeErrorKind {
    #[error(transparent)]
    Content(ReadError),
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
    /// Whether the same run may succeed a little later without anybody doing anything.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Source(error) | Self::Destination(error) => error.is_transient(),
            Self::Stopped => true,
            Self::Content(_) | Self::Encode { .. } | Self::Crashed => false,
        }
    }

    /// Whether it lies with a service or the way to it.
    pub(crate) fn is_remote(&self) -> bool {
        match self {
            Self::Source(error) | Self::Destination(error) => error.is_remote(),
            Self::Content(_) | Self::Encode { .. } | Self::Stopped | Self::Crashed => false,
        }
    }

    /// One thing to do about it.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Content(error) => Some(error.hint()),
            Self::Source(error) | Self::Destination(error) => error.hint(),
            Self::Stopped => Some("run the command again: what is complete is kept"),
            Self::Encode { .. } | Self::Crashed => None,
        }
    }

    /// Whether the fault lies with the export, so that it is worth noting in the `issues` dataset.
    pub(crate) fn is_about_the_export(&self) -> bool {
        match self {
            Self::Content(_) => true,
            Self::Source(error) => error.is_about_the_object(),
            Self::Destination(_) | Self::Encode { .. } | Self::Stopped | Self::Crashed => false,
        }
    }

    /// The line it is about, where one is known.
    pub(crate) fn line(&self) -> Option<u64> {
        match self {
            Self::Content(error) => error.line(),
            _ => None,
        }
    }
}
