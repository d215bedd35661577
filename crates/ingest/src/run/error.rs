//! Errors of a run as a whole.

use crate::store::StoreError;

/// A run that could not begin. A bad export is an [`ExportFailure`](crate::ExportFailure) instead.
#[derive(Debug, thiserror::Error)]
#[error("could not normalize")]
pub struct RunError {
    #[source]
    pub kind: RunErrorKind,
}

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RunErrorKind {
    #[error("could not list the destination")]
    ListDestination { source: StoreError },
}

impl RunError {
    /// Returns true if a later run may succeed without a change.
    pub fn is_transient(&self) -> bool {
        match &self.kind {
            RunErrorKind::ListDestination { source } => source.is_transient(),
        }
    }

    /// Returns true if a service or the network is the cause, and not a file of this machine.
    pub fn is_remote(&self) -> bool {
        match &self.kind {
            RunErrorKind::ListDestination { source } => source.is_remote(),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match &self.kind {
            RunErrorKind::ListDestination { source } => source.hint(),
        }
    }
}
