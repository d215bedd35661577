//! From an event to a run, and from a run to a response.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use kiro_ingest::{
    ExportSource, NoProgress, NormalizeOptions, ObjectStore, RunError, RunInput, RunSummary,
    error_chain, normalize_input,
};
use kiro_report::ObjectKey;
use kiro_s3::S3Url;
use serde_json::Value;

use crate::{Config, CreatedObject, Event, Invocation, InvocationError, RunRequest, RunResponse};

/// Maximum number of runs in one invocation, if failures are transient.
const MAX_RUNS: u32 = 3;

/// Returns the current time.
pub type Clock = fn() -> DateTime<Utc>;

/// A store with exports, and the address that events name it by.
#[derive(Clone)]
pub struct SourceBucket {
    pub url: S3Url,
    pub store: Arc<dyn ObjectStore>,
}

/// Handles events.
pub struct Normalizer {
    sources: Vec<SourceBucket>,
    destination: Arc<dyn ObjectStore>,
    config: Config,
    clock: Clock,
    /// The request id of the last invocation that failed permanently, and its error.
    failed: Mutex<Option<(String, InvocationError)>>,
}

/// The outcome of one invocation.
#[derive(Debug)]
pub struct InvocationOutcome {
    /// For the metrics; `None` if there was no run.
    pub summary: Option<RunSummary>,
    pub result: Result<RunResponse, InvocationError>,
}

impl Normalizer {
    /// A normalizer from these sources to the destination.
    pub fn new(
        sources: Vec<SourceBucket>,
        destination: Arc<dyn ObjectStore>,
        config: &Config,
        clock: Clock,
    ) -> Self {
        Self {
            sources,
            destination,
            config: config.clone(),
            clock,
            failed: Mutex::new(None),
        }
    }

    /// Handles an event.
    ///
    /// The invocation fails if exports failed, after all others were processed. Lambda then repeats it with the same request
    /// id, and it fails at once: the exports are the same. A direct call succeeds as long as exports remain, so that a backfill
    /// can continue.
    pub async fn handle(&self, event: Value, invocation: &Invocation) -> InvocationOutcome {
        if let Some(error) = self.failure_of(&invocation.request_id) {
            tracing::info!("Invocation failed before; not repeated.");
            return InvocationOutcome::only(Err(error));
        }
        let event = match Event::parse(event) {
            Ok(event) => event,
            Err(error) => return self.finish(None, Err(error.into()), invocation),
        };
        let (sources, request) = match event {
            Event::Test => return InvocationOutcome::only(Ok(RunResponse::default())),
            Event::Scheduled => (self.all_sources(), RunRequest::default()),
            Event::ObjectsCreated(objects) => (self.sources_of(&objects), RunRequest::default()),
            Event::Requested(request) => {
                let run = self.run(self.all_sources(), &request, invocation).await;
                let continues = run
                    .as_ref()
                    .is_ok_and(|summary| summary.files_remaining > 0);
                return self.outcome_of_run(run, continues, invocation);
            }
        };
        if sources.is_empty() {
            return InvocationOutcome::only(Ok(RunResponse::default()));
        }
        let run = self.run(sources, &request, invocation).await;
        self.outcome_of_run(run, false, invocation)
    }

    fn all_sources(&self) -> Vec<ExportSource> {
        let sources = self.sources.iter();
        sources
            .map(|source| ExportSource::all_of(Arc::clone(&source.store)))
            .collect()
    }

    /// The created objects, by the source that they are below.
    fn sources_of(&self, objects: &[CreatedObject]) -> Vec<ExportSource> {
        let only = |source: &SourceBucket| -> Vec<ObjectKey> {
            objects
                .iter()
                .filter(|object| object.bucket == source.url.bucket())
                .filter_map(|object| source.url.key_of(&object.object_key))
                .collect()
        };
        let sources = self.sources.iter().map(|source| ExportSource {
            store: Arc::clone(&source.store),
            only: Some(only(source)),
        });
        sources
            .filter(|source| source.only.as_ref().is_some_and(|only| !only.is_empty()))
            .collect()
    }

    /// Runs, and repeats the run while there is time and a failure is transient.
    async fn run(
        &self,
        sources: Vec<ExportSource>,
        request: &RunRequest,
        invocation: &Invocation,
    ) -> Result<RunSummary, RunError> {
        let has_time = {
            let (invocation, clock) = (invocation.clone(), self.clock);
            move || invocation.has_time(clock())
        };
        let mut input = RunInput {
            max_files: request.max_files,
            has_time: Some(Arc::new(has_time.clone())),
            max_large_jobs: Some(self.config.max_large_jobs),
            ..RunInput::new(sources)
        };
        let mut options = NormalizeOptions {
            since: request.since,
            until: request.until,
            reprocess: request.reprocess,
            jobs: self.config.jobs,
            processed_at: invocation.started,
            names: Arc::clone(&self.config.names),
        };
        let mut so_far: Option<RunSummary> = None;
        for runs_left in (0..MAX_RUNS).rev() {
            let destination = Arc::clone(&self.destination);
            let run = normalize_input(&input, destination, &options, Arc::new(NoProgress));
            let may_run_again = runs_left > 0;
            match run.await {
                Ok(summary) => {
                    let is_transient = summary.transient_failures > 0 && !options.reprocess;
                    input.max_files = input
                        .max_files
                        .map(|files| files.saturating_sub(summary.files_processed));
                    let summary = match so_far.take() {
                        Some(before) => before.followed_by(summary),
                        None => summary,
                    };
                    if !(is_transient && may_run_again && has_time()) {
                        return Ok(summary);
                    }
                    so_far = Some(summary);
                }
                Err(error) if error.is_transient() && may_run_again && has_time() => {}
                Err(error) => return so_far.ok_or(error),
            }
            // Exports of the first run are not normalized again.
            options.reprocess = options.reprocess && so_far.is_none();
            tracing::warn!("Run is repeated: a failure is transient.");
        }
        Ok(so_far.unwrap_or_default())
    }

    /// The outcome of a run. `continues`: the caller will call again for the remaining exports.
    fn outcome_of_run(
        &self,
        run: Result<RunSummary, RunError>,
        continues: bool,
        invocation: &Invocation,
    ) -> InvocationOutcome {
        let summary = match run {
            Ok(summary) => summary,
            Err(error) => {
                let error = InvocationError::RunFailed(error_with_hint(&error));
                tracing::error!(%error, "Run failed.");
                return InvocationOutcome::only(Err(error));
            }
        };
        tracing::info!(
            processed = summary.files_processed,
            skipped = summary.files_skipped,
            failed = summary.files_failed,
            ignored = summary.files_ignored,
            remaining = summary.files_remaining,
            rows = summary.fact_rows + summary.code_rows,
            rejected = summary.rejected_rows,
            "Run ended."
        );
        let result = match InvocationError::of_failures(&summary) {
            Some(error) if !continues => Err(error),
            Some(_) | None => Ok(RunResponse::from(summary.clone())),
        };
        self.finish(Some(summary), result, invocation)
    }

    /// Remembers a permanent failure.
    fn finish(
        &self,
        summary: Option<RunSummary>,
        result: Result<RunResponse, InvocationError>,
        invocation: &Invocation,
    ) -> InvocationOutcome {
        let is_transient = summary
            .as_ref()
            .is_some_and(|summary| summary.transient_failures > 0);
        if let Err(error) = &result {
            tracing::error!(%error, "Invocation failed.");
            if !is_transient {
                let failed = (invocation.request_id.clone(), error.clone());
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(failed);
            }
        }
        InvocationOutcome { summary, result }
    }

    /// The error of an earlier invocation of the same event.
    fn failure_of(&self, request_id: &str) -> Option<InvocationError> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let (failed_id, error) = failed.as_ref()?;
        (failed_id == request_id && !request_id.is_empty()).then(|| error.clone())
    }
}

impl InvocationOutcome {
    fn only(result: Result<RunResponse, InvocationError>) -> Self {
        Self {
            summary: None,
            result,
        }
    }
}

/// An error with its causes and its hint.
fn error_with_hint(error: &RunError) -> String {
    let mut text = error_chain(error);
    if let Some(hint) = error.hint() {
        text.push_str("; ");
        text.push_str(hint);
    }
    text
}
