//! The run itself.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::{StreamExt, TryStreamExt};
use kiro_report::ObjectKey;
use tokio::runtime::Handle;

use super::candidates::{Candidate, Candidates};
use super::intake::Turnstile;
use crate::error_chain::error_chain;
use crate::export::{ExportCounts, ExportJob, NormalizeErrorKind};
use crate::part::{ExistingParts, PartName};
use crate::run::{
    ExportOutcome, ExportStatus, Intake, NormalizeOptions, Progress, RunSummary, Source,
};
use crate::store::{ObjectStore, StoreError};

/// A run that could not take place at all; a single bad export is a [`Failure`](crate::Failure) instead.
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

    /// Whether it lies with a service or the way to it, rather than with files of this machine.
    pub fn is_remote(&self) -> bool {
        match &self.kind {
            RunErrorKind::ListDestination { source } => source.is_remote(),
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
    let intake = Intake::of(vec![Source::all_of(source)]);
    normalize_intake(&intake, destination, options, progress).await
}

/// Like [`normalize`], from several sources, and up to a limit.
pub async fn normalize_intake(
    intake: &Intake,
    destination: Arc<dyn ObjectStore>,
    options: &NormalizeOptions,
    progress: Arc<dyn Progress>,
) -> Result<RunSummary, RunError> {
    let (mut candidates, existing) = tokio::join!(
        Candidates::list(&intake.sources, options),
        list_parts(destination.as_ref())
    );
    let existing = existing.map_err(|source| RunError {
        kind: RunErrorKind::ListDestination { source },
    })?;
    candidates.put_noted_last(&existing);
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
        processed_time: options.processed_at.format("%Y%m%d%H%M%S").to_string(),
        reprocess: options.reprocess,
        turnstile: Turnstile::new(intake),
        claimed: Mutex::default(),
        stopped: Arc::clone(&stop.0),
    };
    let mut outcomes = futures::stream::iter(exports)
        .map(|candidate| run.one(candidate))
        .buffer_unordered(options.jobs.get());
    while let Some(done) = outcomes.next().await {
        if let Some(outcome) = done.outcome() {
            progress.finished(&outcome);
        }
        summary.add(done);
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
    destination: Arc<dyn ObjectStore>,
    existing: Arc<ExistingParts>,
    processed_time: String,
    reprocess: bool,
    turnstile: Turnstile,
    /// Parts in work: the same export may lie in two sources.
    claimed: Mutex<HashSet<PartName>>,
    stopped: Arc<AtomicBool>,
}

/// One export and what became of it.
pub(super) struct Done {
    pub(super) export: ObjectKey,
    pub(super) bytes: u64,
    pub(super) fate: Fate,
}

/// What became of an export.
pub(super) enum Fate {
    Processed(ExportCounts),
    Skipped,
    /// Left for another run; counted unless an earlier run tried it already.
    Left {
        is_noted: bool,
    },
    Failed(NormalizeErrorKind),
}

/// Tells the threads of a run that nobody waits for them any more.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Run {
    async fn one(&self, candidate: Candidate) -> Done {
        let (export, bytes) = (candidate.export.key.clone(), candidate.object.bytes);
        let fate = self.fate_of(candidate).await;
        Done {
            export,
            bytes,
            fate,
        }
    }

    async fn fate_of(&self, candidate: Candidate) -> Fate {
        let is_noted = candidate.is_noted(&self.existing);
        let tag = candidate.store.content_tag(&candidate.object).await;
        let (tag, failed) = match tag {
            Ok(tag) => (tag, None),
            Err(error) => (String::new(), Some(NormalizeErrorKind::Source(error))),
        };
        let name = PartName::new(&candidate.export.key, &tag);
        if failed.is_none() {
            let is_done = self.existing.is_done(&name) && !self.reprocess;
            if is_done || !self.claim(&name) {
                return Fate::Skipped;
            }
        }
        let _memory = self.turnstile.memory_for(&candidate.object).await;
        if !self.turnstile.lets_pass() {
            return Fate::Left { is_noted };
        }
        self.process(self.job(candidate, name), failed)
            .await
            .map_or_else(Fate::Failed, Fate::Processed)
    }

    /// Whether nobody else of this run writes these parts.
    fn claim(&self, name: &PartName) -> bool {
        let mut claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.insert(name.clone())
    }

    fn job(&self, candidate: Candidate, name: PartName) -> ExportJob {
        ExportJob {
            export: candidate.export,
            object: candidate.object,
            name,
            source: candidate.store,
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
    ) -> Result<ExportCounts, NormalizeErrorKind> {
        let work = tokio::task::spawn_blocking(move || {
            let result = failed.map_or_else(|| job.run(), Err);
            if let Err(failure) = &result
                && let Err(error) = job.note_failure(failure)
            {
                tracing::warn!(export = %job.export.key, error = error_chain(&error), "Failure could not be noted.");
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

impl Done {
    /// What there is to tell; nothing when the export was left alone.
    fn outcome(&self) -> Option<ExportOutcome> {
        let status = match &self.fate {
            Fate::Processed(counts) => ExportStatus::Processed {
                rows: counts.fact_rows + counts.code_rows,
                rejected: counts.rejected_rows(),
            },
            Fate::Skipped => ExportStatus::Skipped,
            Fate::Left { .. } => return None,
            Fate::Failed(kind) => ExportStatus::Failed {
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
