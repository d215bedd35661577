//! From an event to a run, and from a run to an answer.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use kiro_ingest::{
    ExportSource, NoProgress, NormalizeOptions, ObjectStore, RunError, RunInput, RunSummary,
    error_chain, normalize_input,
};
use kiro_report::ObjectKey;
use kiro_s3::S3Url;
use serde_json::Value;

use crate::{Answer, Arrival, Config, Event, Invocation, InvocationError, Order};

/// So often a run is made in one invocation while it fails for reasons that pass by themselves.
const RUNS: u32 = 3;

/// Tells the time.
pub type Clock = fn() -> DateTime<Utc>;

/// A place with exports, and its address, by which events name it.
#[derive(Clone)]
pub struct SourcePlace {
    pub url: S3Url,
    pub store: Arc<dyn ObjectStore>,
}

/// Handles one event after the other.
pub struct Normalizer {
    sources: Vec<SourcePlace>,
    destination: Arc<dyn ObjectStore>,
    config: Config,
    clock: Clock,
    /// The last invocation that failed for good.
    failed: Mutex<Option<(String, InvocationError)>>,
}

/// What there is to tell of an invocation.
#[derive(Debug)]
pub struct Told {
    /// For the metrics; `None` if there was no run.
    pub summary: Option<RunSummary>,
    pub result: Result<Answer, InvocationError>,
}

impl Normalizer {
    /// A normalizer between these places.
    pub fn new(
        sources: Vec<SourcePlace>,
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

    /// Does what an event asks for.
    ///
    /// An invocation fails when exports failed, after everything else was done. Lambda then makes it again under the same
    /// request id; since the exports are still what they were, the failure is told again without looking at them. A caller
    /// who drives a backfill is answered until nothing is left to be tried.
    pub async fn handle(&self, event: Value, invocation: &Invocation) -> Told {
        if let Some(error) = self.failure_of(&invocation.request_id) {
            tracing::info!("Invocation failed before and is not made again.");
            return Told::only(Err(error));
        }
        let event = match Event::parse(event) {
            Ok(event) => event,
            Err(error) => return self.told(None, Err(error.into()), invocation),
        };
        let (sources, order) = match event {
            Event::Test => return Told::only(Ok(Answer::default())),
            Event::Scheduled => (self.everything(), Order::default()),
            Event::Arrived(arrivals) => (self.places_of(&arrivals), Order::default()),
            Event::Ordered(order) => {
                let told = self.run(self.everything(), &order, invocation).await;
                let goes_on = told
                    .as_ref()
                    .is_ok_and(|summary| summary.files_remaining > 0);
                return self.account_of(told, goes_on, invocation);
            }
        };
        if sources.is_empty() {
            return Told::only(Ok(Answer::default()));
        }
        let told = self.run(sources, &order, invocation).await;
        self.account_of(told, false, invocation)
    }

    fn everything(&self) -> Vec<ExportSource> {
        let sources = self.sources.iter();
        sources
            .map(|place| ExportSource::all_of(Arc::clone(&place.store)))
            .collect()
    }

    /// The objects that arrived, where they lie below a source of ours.
    fn places_of(&self, arrivals: &[Arrival]) -> Vec<ExportSource> {
        let only = |place: &SourcePlace| -> Vec<ObjectKey> {
            arrivals
                .iter()
                .filter(|arrival| arrival.bucket == place.url.bucket())
                .filter_map(|arrival| place.url.key_of(&arrival.object_key))
                .collect()
        };
        let sources = self.sources.iter().map(|place| ExportSource {
            store: Arc::clone(&place.store),
            only: Some(only(place)),
        });
        sources
            .filter(|source| source.only.as_ref().is_some_and(|only| !only.is_empty()))
            .collect()
    }

    /// Runs, and again while there is time and what failed may pass by itself.
    async fn run(
        &self,
        sources: Vec<ExportSource>,
        order: &Order,
        invocation: &Invocation,
    ) -> Result<RunSummary, RunError> {
        let has_time = {
            let (invocation, clock) = (invocation.clone(), self.clock);
            move || invocation.has_time(clock())
        };
        let mut input = RunInput {
            max_files: order.max_files,
            has_time: Some(Arc::new(has_time.clone())),
            max_large_jobs: Some(self.config.max_large_jobs),
            ..RunInput::new(sources)
        };
        let mut options = NormalizeOptions {
            since: order.since,
            until: order.until,
            reprocess: order.reprocess,
            jobs: self.config.jobs,
            processed_at: invocation.began,
        };
        let mut so_far: Option<RunSummary> = None;
        for runs_left in (0..RUNS).rev() {
            let destination = Arc::clone(&self.destination);
            let run = normalize_input(&input, destination, &options, Arc::new(NoProgress));
            let may_run_again = runs_left > 0;
            match run.await {
                Ok(summary) => {
                    let is_worth_it = summary.transient_failures > 0 && !options.reprocess;
                    input.max_files = input
                        .max_files
                        .map(|files| files.saturating_sub(summary.files_processed));
                    let summary = match so_far.take() {
                        Some(before) => before.followed_by(summary),
                        None => summary,
                    };
                    if !(is_worth_it && may_run_again && has_time()) {
                        return Ok(summary);
                    }
                    so_far = Some(summary);
                }
                Err(error) if error.is_transient() && may_run_again && has_time() => {}
                Err(error) => return so_far.ok_or(error),
            }
            // What was written in the first run has its time, and is not written again.
            options.reprocess = options.reprocess && so_far.is_none();
            tracing::warn!("Run is made again: what failed may pass by itself.");
        }
        Ok(so_far.unwrap_or_default())
    }

    /// What to tell of a run. `goes_on`: the caller will call again for what is left.
    fn account_of(
        &self,
        run: Result<RunSummary, RunError>,
        goes_on: bool,
        invocation: &Invocation,
    ) -> Told {
        let summary = match run {
            Ok(summary) => summary,
            Err(error) => {
                let error = InvocationError::RunFailed(advised(&error));
                tracing::error!(%error, "Run failed.");
                return Told::only(Err(error));
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
            Some(error) if !goes_on => Err(error),
            Some(_) | None => Ok(Answer::from(summary.clone())),
        };
        self.told(Some(summary), result, invocation)
    }

    fn told(
        &self,
        summary: Option<RunSummary>,
        result: Result<Answer, InvocationError>,
        invocation: &Invocation,
    ) -> Told {
        let may_pass = summary
            .as_ref()
            .is_some_and(|summary| summary.transient_failures > 0);
        if let Err(error) = &result {
            tracing::error!(%error, "Invocation failed.");
            if !may_pass {
                let failed = (invocation.request_id.clone(), error.clone());
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(failed);
            }
        }
        Told { summary, result }
    }

    /// How this very event failed before, if it did.
    fn failure_of(&self, request_id: &str) -> Option<InvocationError> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let (failed_id, error) = failed.as_ref()?;
        (failed_id == request_id && !request_id.is_empty()).then(|| error.clone())
    }
}

impl Told {
    fn only(result: Result<Answer, InvocationError>) -> Self {
        Self {
            summary: None,
            result,
        }
    }
}

/// An error with its causes and the advice that comes with it.
fn advised(error: &RunError) -> String {
    let mut text = error_chain(error);
    if let Some(hint) = error.hint() {
        text.push_str("; ");
        text.push_str(hint);
    }
    text
}
