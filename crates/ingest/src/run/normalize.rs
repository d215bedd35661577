//! The run itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::{StreamExt, TryStreamExt};
use kiro_report::{ExportKey, ObjectKey};
use tokio::runtime::Handle;

use super::candidates::Candidates;
use super::summary::{Failure, chain};
use crate::export::{ExportCounts, ExportJob, NormalizeErrorKind};
use crate::part::{ExistingParts, PartName};
use crate::run::{ExportOutcome, ExportStatus, NormalizeOptions, Progress, RunSummary};
use crate::store::{ObjectMeta, ObjectStore, StoreError};

/// A run that could not take place at all; a single bad export is a [`Failure`] instead.
#[derive(Debug, thiserror::Error)]
#[error("could not normalize")]
pub struct RunError {
    #[source]
    pub kind: RunErrorKind,
}

/// Why no run took place.
#[derive(Debug, thiserror::Error)]
pub enum RunErrorKind {
    #[error("could not list the destination")]
    ListDestination { source: StoreError },
}

impl RunError {
    /// Whether the same run may succeed a little later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        match &self.kind {
            RunErrorKind::ListDestination { source } => source.is_transient(),
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match &self.kind {
            RunErrorKind::ListDestination { source } => source.hint(),
        }
    }
}

/// Normalizes every export of `source` that `destination` does not have yet.
///
/// Bad exports are told in the summary and do not stop the others. Dropping the future stops the run soon; what is
/// complete is kept.
pub async fn normalize(
    source: Arc<dyn ObjectStore>,
    destination: Arc<dyn ObjectStore>,
    options: &NormalizeOptions,
    progress: Arc<dyn Progress>,
) -> Result<RunSummary, RunError> {
    let (candidates, existing) = tokio::join!(
        Candidates::list(source.as_ref(), options),
        list_parts(destination.as_ref())
    );
    let existing = existing.map_err(|source| RunError {
        kind: RunErrorKind::ListDestination { source },
    })?;
    let Candidates {
        exports,
        ignored,
        failures,
    } = candidates;
    progress.found(
        exports.len() as u64,
        exports.iter().map(|(_, object)| object.bytes).sum(),
    );

    let stop = StopOnDrop(Arc::new(AtomicBool::new(false)));
    let run = Run {
        source,
        destination,
        existing: Arc::new(existing),
        processed_time: options.processed_at.format("%Y%m%d%H%M%S").to_string(),
        reprocess: options.reprocess,
        stopped: Arc::clone(&stop.0),
    };
    let mut outcomes = futures::stream::iter(exports)
        .map(|(export, object)| run.one(export, object))
        .buffer_unordered(options.jobs.get());

    let mut summary = RunSummary {
        files_ignored: ignored,
        ..RunSummary::default()
    };
    for failure in failures {
        summary.add_failed(failure);
    }
    while let Some(done) = outcomes.next().await {
        let outcome = done.outcome();
        match done.result {
            Ok(Some(counts)) => summary.add_processed(&counts),
            Ok(None) => summary.add_skipped(),
            Err(kind) => {
                tracing::warn!(export = %done.export, error = chain(&kind), "Export failed.");
                summary.add_failed(Failure {
                    export: done.export.as_str().to_owned(),
                    error: chain(&kind),
                    hint: kind.hint(),
                });
            }
        }
        progress.finished(&outcome);
    }
    summary.failures.sort();
    Ok(summary)
}

async fn list_parts(destination: &dyn ObjectStore) -> Result<ExistingParts, StoreError> {
    let mut existing = ExistingParts::default();
    let mut listing = destination.list("");
    while let Some(object) = listing.try_next().await? {
        existing.add(&object);
    }
    Ok(existing)
}

/// What all exports of a run have in common.
struct Run {
    source: Arc<dyn ObjectStore>,
    destination: Arc<dyn ObjectStore>,
    existing: Arc<ExistingParts>,
    processed_time: String,
    reprocess: bool,
    stopped: Arc<AtomicBool>,
}

/// One export and what became of it; no counts when it was skipped.
struct Done {
    export: ObjectKey,
    bytes: u64,
    result: Result<Option<ExportCounts>, NormalizeErrorKind>,
}

/// Tells the threads of a run that nobody waits for them any more.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Run {
    async fn one(&self, export: ExportKey, object: ObjectMeta) -> Done {
        let (key, bytes) = (export.key.clone(), object.bytes);
        let result = match self.source.content_tag(&object).await {
            Ok(tag) => {
                let name = PartName::new(&key, &tag);
                if self.existing.is_done(&name) && !self.reprocess {
                    Ok(None)
                } else {
                    self.process(self.job(export, object, name), None).await
                }
            }
            Err(error) => {
                let name = PartName::new(&key, "");
                self.process(
                    self.job(export, object, name),
                    Some(NormalizeErrorKind::Source(error)),
                )
                .await
            }
        };
        Done {
            export: key,
            bytes,
            result,
        }
    }

    fn job(&self, export: ExportKey, object: ObjectMeta, name: PartName) -> ExportJob {
        ExportJob {
            export,
            object,
            name,
            source: Arc::clone(&self.source),
            destination: Arc::clone(&self.destination),
            existing: Arc::clone(&self.existing),
            processed_time: self.processed_time.clone(),
            stopped: Arc::clone(&self.stopped),
            runtime: Handle::current(),
        }
    }

    /// Runs a job, or only notes that it has failed already.
    async fn process(
        &self,
        job: ExportJob,
        failed: Option<NormalizeErrorKind>,
    ) -> Result<Option<ExportCounts>, NormalizeErrorKind> {
        let work = tokio::task::spawn_blocking(move || {
            let result = failed.map_or_else(|| job.run(), Err);
            if let Err(failure) = &result
                && let Err(error) = job.note_failure(failure)
            {
                tracing::warn!(export = %job.export.key, error = chain(&error), "Failure could not be noted.");
            }
            if let Ok(counts) = &result {
                let (rows, rejected) =
                    (counts.fact_rows + counts.code_rows, counts.rejected_rows());
                tracing::info!(export = %job.export.key, rows, rejected, "Export normalized.");
            }
            result.map(Some)
        });
        work.await.unwrap_or(Err(NormalizeErrorKind::Crashed))
    }
}

impl Done {
    fn outcome(&self) -> ExportOutcome {
        let status = match &self.result {
            Ok(Some(counts)) => ExportStatus::Processed {
                rows: counts.fact_rows + counts.code_rows,
                rejected: counts.rejected_rows(),
            },
            Ok(None) => ExportStatus::Skipped,
            Err(kind) => ExportStatus::Failed { error: chain(kind) },
        };
        ExportOutcome {
            export: self.export.clone(),
            bytes: self.bytes,
            status,
        }
    }
}
