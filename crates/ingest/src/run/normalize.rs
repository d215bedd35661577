//! The run itself.

use std::sync::Arc;

use crate::run::{NormalizeOptions, Progress, RunSummary};
use crate::store::{ObjectStore, StoreError};

/// A run that could not take place at all; a single bad export is a [`crate::Failure`] instead.
#[derive(Debug, thiserror::Error)]
#[error("could not normalize")]
pub struct RunError {
    #[source]
    pub kind: RunErrorKind,
}

/// Why no run took place.
#[derive(Debug, thiserror::Error)]
pub enum RunErrorKind {
    #[error("could not list the source")]
    ListSource { source: StoreError },
    #[error("could not list the destination")]
    ListDestination { source: StoreError },
}

/// Normalizes every export of `source` that `destination` does not have yet.
pub async fn normalize(
    source: Arc<dyn ObjectStore>,
    destination: Arc<dyn ObjectStore>,
    options: &NormalizeOptions,
    progress: Arc<dyn Progress>,
) -> Result<RunSummary, RunError> {
    let _ = (source, destination, options, progress);
    Ok(RunSummary::default())
}
