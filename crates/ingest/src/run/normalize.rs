//! The steps of a run.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::{StreamExt, TryStreamExt};
use kiro_report::ObjectKey;
use tokio::runtime::Handle;

use super::admission::Admission;
use super::candidates::{Candidate, Candidates};
use crate::error_chain::error_chain;
use crate::export::{ExportCounts, ExportJob, ExportSettings, NormalizeErrorKind};
use crate::part::{ExistingParts, PartName};
use crate::run::{
    ExportOutcome, ExportSource, ExportStatus, NormalizeOptions, Progress, RunError, RunErrorKind,
    RunInput, RunSummary,
};
use crate::store::{ObjectStore, StoreError};

/// Normalizes every export of `source` that `destination` does not have yet.
///
/// A bad export is a failure in the summary and does not stop the others. Dropping the future stops the run soon; complete
/// parts are kept.
///
/// # Errors
///
/// If the destination cannot be listed.
pub async fn normalize(
    source: Arc<dyn ObjectStore>,
    destination: Arc<dyn ObjectStore>,
    options: &NormalizeOptions,
    progress: Arc<dyn Progress>,
) -> Result<RunSummary, RunError> {
    let input = RunInput::new(vec![ExportSource::all_of(source)]);
    normalize_input(&input, destination, options, progress).await
}

/// Like [`normalize`], from several sources and within limits.
///
/// # Errors
///
/// If the destination cannot be listed.
pub async fn normalize_input(
    input: &RunInput,
    destination: Arc<dyn ObjectStore>,
    options: &NormalizeOptions,
    progress: Arc<dyn Progress>,
) -> Result<RunSummary, RunError> {
    let (mut candidates, existing) = tokio::join!(
        Candidates::list(&input.sources, options),
        list_parts(destination.as_ref())
    );
    let existing = existing.map_err(|source| RunError {
        kind: RunErrorKind::ListDestination { source },
    })?;
    candidates.compare(&existing);
    let mut summary = RunSummary::of_listing(&candidates);
    let exports = candidates.exports;
    progress.found(
        exports.len() as u64,
        exports.iter().map(|found| found.object.bytes).sum(),
    );

    let stop = StopOnDrop(Arc::new(AtomicBool::new(false)));
    let run = Run {
        destination,
        existing: Arc::new(existing),
        settings: Arc::new(ExportSettings {
            processed_at: options.processed_at,
            names: Arc::clone(&options.names),
        }),
        reprocess: options.reprocess,
        admission: Admission::new(input),
        claimed: Mutex::default(),
        stopped: Arc::clone(&stop.0),
    };
    let mut done = |result: ExportResult| {
        if let Some(outcome) = result.outcome() {
            progress.finished(&outcome);
        }
        summary.add(result);
    };
    let mut results = futures::stream::iter(exports)
        .map(|candidate| run.normalize_if_new(candidate))
        .buffer_unordered(options.jobs.get());
    let mut known = Vec::new();
    while let Some(result) = results.next().await {
        match result {
            Ok(result) => done(result),
            Err(export) => known.push(export),
        }
    }
    // Whether a content was restored is known now that every other one has been compared.
    let mut results = futures::stream::iter(known)
        .map(|export| run.normalize_if_restored(*export))
        .buffer_unordered(options.jobs.get());
    while let Some(result) = results.next().await {
        done(result);
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

/// What the exports of a run have in common.
struct Run {
    destination: Arc<dyn ObjectStore>,
    existing: Arc<ExistingParts>,
    settings: Arc<ExportSettings>,
    reprocess: bool,
    admission: Admission,
    /// Exports that are or were processed: the same export may lie in two sources.
    claimed: Mutex<HashSet<PartName>>,
    stopped: Arc<AtomicBool>,
}

/// An export that is done, and was written with another content after that.
struct KnownExport {
    candidate: Candidate,
    name: PartName,
}

/// One export and its outcome.
pub(super) struct ExportResult {
    pub(super) export: ObjectKey,
    pub(super) bytes: u64,
    pub(super) outcome: Outcome,
}

/// The outcome of one export.
pub(super) enum Outcome {
    Processed(ExportCounts),
    Skipped,
    /// Left to a later run. Counted unless an earlier run tried it.
    Deferred {
        has_recorded_failure: bool,
    },
    Failed(NormalizeErrorKind),
}

/// Stops the threads of a run when its future is dropped.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Run {
    /// Normalizes an export unless it is done. Returns it if only the other exports tell whether its content was restored.
    async fn normalize_if_new(
        &self,
        candidate: Candidate,
    ) -> Result<ExportResult, Box<KnownExport>> {
        let has_recorded_failure = candidate.has_recorded_failure(&self.existing);
        let e_tag = candidate.store.e_tag(&candidate.object).await;
        let (e_tag, failed) = match e_tag {
            Ok(e_tag) => (e_tag, None),
            Err(error) => (String::new(), Some(NormalizeErrorKind::Source(error))),
        };
        let name = PartName::new(&candidate.export.key, &e_tag);
        let result = ExportResult::of(&candidate);
        if failed.is_none() {
            self.existing.mark_listed(&name);
            if self.existing.is_done(&name) && !self.reprocess {
                return if self.existing.is_restored(&candidate.export.key, &name) {
                    Err(Box::new(KnownExport { candidate, name }))
                } else {
                    Ok(result(Outcome::Skipped))
                };
            }
            if !self.claim(&name) {
                return Ok(result(Outcome::Skipped));
            }
        }
        let job = self.job(candidate, name);
        Ok(result(self.admit(job, failed, has_recorded_failure).await))
    }

    /// Normalizes a content again that was replaced and is back, so that its rows become the newest.
    async fn normalize_if_restored(&self, export: KnownExport) -> ExportResult {
        let KnownExport { candidate, name } = export;
        let result = ExportResult::of(&candidate);
        if !self.existing.is_restored(&candidate.export.key, &name) || !self.claim(&name) {
            return result(Outcome::Skipped);
        }
        result(self.admit(self.job(candidate, name), None, false).await)
    }

    /// Runs a job within the limits of the run.
    async fn admit(
        &self,
        job: ExportJob,
        failed: Option<NormalizeErrorKind>,
        has_recorded_failure: bool,
    ) -> Outcome {
        let _memory = self.admission.acquire_memory(&job.object).await;
        if !self.admission.try_acquire() {
            return Outcome::Deferred {
                has_recorded_failure,
            };
        }
        self.process(job, failed)
            .await
            .map_or_else(Outcome::Failed, Outcome::Processed)
    }

    /// Returns true if this run has not claimed the export yet.
    fn claim(&self, name: &PartName) -> bool {
        let mut claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.insert(name.clone())
    }

    fn job(&self, candidate: Candidate, name: PartName) -> ExportJob {
        let run_time = self.settings.processed_at.format("%Y%m%d%H%M%S");
        let processed_time = self
            .existing
            .processed_time(&candidate.export.key, &run_time.to_string());
        ExportJob {
            export: candidate.export,
            object: candidate.object,
            name,
            source: candidate.store,
            destination: Arc::clone(&self.destination),
            existing: Arc::clone(&self.existing),
            settings: Arc::clone(&self.settings),
            processed_time,
            stopped: Arc::clone(&self.stopped),
            runtime: Handle::current(),
        }
    }

    /// Runs a job, or only records its failure.
    async fn process(
        &self,
        job: ExportJob,
        failed: Option<NormalizeErrorKind>,
    ) -> Result<ExportCounts, NormalizeErrorKind> {
        let work = tokio::task::spawn_blocking(move || {
            let result = failed.map_or_else(|| job.run(), Err);
            if let Err(failure) = &result
                && let Err(error) = job.record_failure(failure)
            {
                tracing::warn!(export = %job.export.key, error = error_chain(&error), "Failure not recorded.");
            }
            if let Ok(counts) = &result {
                let (rows, rejected) =
                    (counts.fact_rows + counts.code_rows, counts.rejected_rows());
                tracing::info!(export = %job.export.key, rows, rejected, "Export normalized.");
            }
            result
        });
        work.await.unwrap_or(Err(NormalizeErrorKind::Crashed))
    }
}

impl ExportResult {
    /// Makes the result of an export from its outcome.
    fn of(candidate: &Candidate) -> impl FnOnce(Outcome) -> Self + use<> {
        let (export, bytes) = (candidate.export.key.clone(), candidate.object.bytes);
        move |outcome| Self {
            export,
            bytes,
            outcome,
        }
    }

    /// The outcome for a caller; `None` if the export was left to a later run.
    fn outcome(&self) -> Option<ExportOutcome> {
        let status = match &self.outcome {
            Outcome::Processed(counts) => ExportStatus::Processed {
                rows: counts.fact_rows + counts.code_rows,
                rejected: counts.rejected_rows(),
            },
            Outcome::Skipped => ExportStatus::Skipped,
            Outcome::Deferred { .. } => return None,
            Outcome::Failed(kind) => ExportStatus::Failed {
                error: error_chain(kind),
            },
        };
        Some(ExportOutcome {
            export: self.export.clone(),
            bytes: self.bytes,
            status,
        })
    }
}
