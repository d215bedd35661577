//! Reads exports while the page is open. Lists the sources at an interval, and normalizes them when a listing has changed
//! or a retry is due. A listing reads no file.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::StreamExt;
use kiro_dashboard::{Language, PageSheet};
use kiro_dashboard_sql::{Selection, TableView};
use kiro_ingest::{
    ContentHash, ExportOutcome, ExportStatus, LocalFolder, NoProgress, NormalizeOptions,
    ObjectStore, Progress, RunError, RunSummary, StoreError, error_chain, find_same_content,
    normalize,
};
use kiro_people::PeopleStore;
use kiro_report::Names;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::dashboard_service::{DashboardError, DashboardService};
use crate::data_listener::{DataAnnouncer, DataListener};
use crate::people_service::{PeopleService, PeopleServiceError};
use crate::retry_schedule::{ReadOutcome, RetrySchedule};
use crate::status::{ExportCounts, ReadState, StatusChannel};

/// Returns the current time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The time until the first partial numbers of a long run are published; doubles after each publication.
const FIRST_PARTIAL: Duration = Duration::from_secs(3);
/// Progress is published after each of the first exports, then after every n-th.
const PROGRESS_STEP: u64 = 16;
/// The maximum number of uploads whose content is remembered.
const MAX_REMEMBERED_UPLOADS: usize = 10_000;

/// The sources, and the store that parts are written to.
pub struct WatcherOptions {
    pub sources: Vec<Arc<dyn ObjectStore>>,
    /// None if the data folder is read-only: its parts are shown, and no exports are read.
    pub destination: Option<Arc<dyn ObjectStore>>,
    pub clock: Clock,
    /// The interval between listings of the sources.
    pub poll: Duration,
    /// Other spellings of names in exports.
    pub names: Arc<Names>,
    /// The names of users. None while addresses are hashed.
    pub people: Option<PeopleStore>,
    /// The engine has the rows of some people only.
    pub is_restricted: bool,
    /// Called after changes of the data.
    pub listener: Option<Arc<dyn DataListener>>,
}

/// Keeps the data folder up to date with the sources.
pub struct ExportWatcher {
    service: Arc<DashboardService>,
    status: Arc<StatusChannel>,
    options: WatcherOptions,
    people: Option<PeopleService>,
    /// The prefix of data versions: unique per start of the program.
    start: String,
    /// Held during a run: runs are sequential.
    running: Mutex<()>,
    listener: Option<DataAnnouncer>,
    /// The contents of uploads that were added.
    uploaded: std::sync::Mutex<VecDeque<ContentHash>>,
}

impl ExportWatcher {
    /// Creates a watcher that has not started yet.
    pub fn new(
        service: Arc<DashboardService>,
        status: Arc<StatusChannel>,
        mut options: WatcherOptions,
    ) -> Arc<Self> {
        let start = format!("{:x}", (options.clock)().timestamp_millis());
        let people = options.people.take();
        let people = people.map(|store| {
            let clock = Arc::clone(&options.clock);
            let can_write = options.destination.is_some();
            PeopleService::new(Arc::clone(&service), store, clock, can_write)
        });
        let listener = options.listener.take().map(DataAnnouncer::new);
        let watcher = Self {
            service,
            status,
            options,
            people,
            start,
            running: Mutex::new(()),
            listener,
            uploaded: std::sync::Mutex::default(),
        };
        watcher.publish_version();
        watcher
            .status
            .update(|status| status.message = watcher.notice());
        Arc::new(watcher)
    }

    /// Returns true if exports can be added.
    pub(crate) fn can_write(&self) -> bool {
        self.options.destination.is_some()
    }

    /// The names of users. None while addresses are hashed.
    pub(crate) fn people(&self) -> Option<&PeopleService> {
        self.people.as_ref()
    }

    /// Other spellings of names in exports.
    pub(crate) fn names(&self) -> &Arc<Names> {
        &self.options.names
    }

    /// Reads the existing exports, then watches the sources until the future is dropped.
    pub async fn run(self: Arc<Self>) {
        let mut known = self.listings().await;
        let mut retry = RetrySchedule::default();
        // An error here is published after the sources were read.
        self.publish_newest_day().await.ok();
        retry.record(self.read_sources().await);
        let page = self.service.spec().page(Language::En);
        let (first, others) = page.sheets.split_at(page.sheets.len().min(1));
        // The page asks for them when it opens. A request returns the error to the user.
        self.service.single_valued_pickers().await.ok();
        self.warm_up(first).await;
        self.settle();
        self.warm_up(others).await;
        loop {
            if let Some(listener) = &self.listener {
                let now = (self.options.clock)();
                listener.announce(&self.service, now).await;
            }
            tokio::time::sleep(self.options.poll).await;
            let listings = self.listings().await;
            if listings == known && !retry.is_due() {
                if self.people.as_ref().is_some_and(PeopleService::is_outdated) {
                    self.publish_people().await;
                }
                continue;
            }
            known = listings;
            retry.record(self.read_sources().await);
            self.settle();
        }
    }

    /// Returns true for each content that an export of a source has, or that was uploaded before.
    pub(crate) async fn has_contents(&self, contents: &[ContentHash]) -> Vec<bool> {
        let mut known: Vec<bool> = {
            let uploaded = self.uploaded.lock().unwrap_or_else(PoisonError::into_inner);
            let is_uploaded = |content| uploaded.contains(content);
            contents.iter().map(is_uploaded).collect()
        };
        for source in &self.options.sources {
            let found = find_same_content(source.as_ref(), contents).await;
            for (is_known, key) in known.iter_mut().zip(found) {
                *is_known |= key.is_some();
            }
        }
        known
    }

    /// Remembers an upload that was added.
    pub(crate) fn remember_upload(&self, content: ContentHash) {
        let mut uploaded = self.uploaded.lock().unwrap_or_else(PoisonError::into_inner);
        if uploaded.len() == MAX_REMEMBERED_UPLOADS {
            uploaded.pop_front();
        }
        uploaded.push_back(content);
    }

    /// Normalizes a folder of exports that is not one of the sources.
    pub(crate) async fn add(&self, folder: &Path) -> Result<RunSummary, AddExportsError> {
        let _one_run = self.running.lock().await;
        let destination = self
            .options
            .destination
            .clone()
            .ok_or(AddExportsError::ReadOnly)?;
        let source = Arc::new(LocalFolder::open(folder)?);
        let summary = normalize(
            source,
            destination,
            &self.normalize_options(),
            Arc::new(NoProgress),
        )
        .await?;
        self.publish_parts().await?;
        self.status.update(|status| {
            if status.state == ReadState::Empty && status.newest_day.is_some() {
                status.state = ReadState::Ready;
            }
        });
        Ok(summary)
    }

    /// Reads new exports of all sources, and publishes the numbers and the outcome.
    async fn read_sources(&self) -> ReadOutcome {
        let _one_run = self.running.lock().await;
        let mut exports = ExportCounts::default();
        let (mut failures, mut is_transient, mut problem) = (Vec::new(), false, None);
        for (source, destination) in self.routes() {
            let progress = Arc::new(StatusProgress {
                before: exports,
                counts: AtomicCounts::default(),
                status: Arc::clone(&self.status),
            });
            let options = self.normalize_options();
            let run = normalize(source, destination, &options, progress);
            match self.with_partial_numbers(run).await {
                Ok(summary) => {
                    exports.seen += summary.files_seen;
                    exports.done += summary.files_processed + summary.files_skipped;
                    exports.failed += summary.files_failed;
                    is_transient |= summary.transient_failures > 0;
                    failures.extend(summary.failures);
                }
                Err(error) => problem = Some(error_chain(&error)),
            }
        }
        if let Err(error) = self.publish_parts().await {
            problem.get_or_insert(error.message());
        }
        let outcome = if is_transient || problem.is_some() {
            ReadOutcome::Transient
        } else if exports.failed > 0 {
            ReadOutcome::Permanent
        } else {
            ReadOutcome::Complete
        };
        self.status.update(|status| {
            status.exports = exports;
            status.set_failures(failures);
            if problem.is_some() {
                status.state = ReadState::Error;
            } else if status.state == ReadState::Error {
                status.state = ReadState::Ready;
            }
            status.message = problem.or_else(|| self.notice());
        });
        outcome
    }

    /// Each source with its destination; empty if the data folder is read-only.
    fn routes(&self) -> Vec<(Arc<dyn ObjectStore>, Arc<dyn ObjectStore>)> {
        let Some(destination) = &self.options.destination else {
            return Vec::new();
        };
        let sources = self.options.sources.iter();
        sources
            .map(|source| (Arc::clone(source), Arc::clone(destination)))
            .collect()
    }

    /// A message for users that is no error.
    fn notice(&self) -> Option<String> {
        let reason = self.read_only_reason()?;
        Some(format!("{reason}: new exports are not read"))
    }

    /// Why nothing can be changed.
    pub(crate) fn read_only_reason(&self) -> Option<&'static str> {
        if self.options.is_restricted {
            return Some("this page shows some people only");
        }
        (!self.can_write()).then_some("the data folder cannot be written")
    }

    /// Waits for a run, and publishes its parts at growing intervals meanwhile.
    async fn with_partial_numbers(
        &self,
        run: impl Future<Output = Result<RunSummary, RunError>>,
    ) -> Result<RunSummary, RunError> {
        let mut run = std::pin::pin!(run);
        let mut pause = FIRST_PARTIAL;
        loop {
            match tokio::time::timeout(pause, &mut run).await {
                Ok(result) => return result,
                Err(_still_running) => {
                    // An error here is published after the run.
                    self.publish_parts().await.ok();
                    pause *= 2;
                }
            }
        }
    }

    /// Publishes the numbers of new parts, with the names of new users.
    async fn publish_parts(&self) -> Result<(), DashboardError> {
        let mut is_changed = self.service.refresh().await?;
        if let Some(people) = &self.people {
            if is_changed || people.is_outdated() {
                is_changed |= self.refresh_people(people).await;
            }
            self.publish_people_status(people).await;
        }
        if is_changed {
            self.publish_version();
        }
        self.publish_newest_day().await
    }

    /// Publishes names that have changed.
    pub(crate) async fn publish_people(&self) {
        // An error here is that of the parts: it is published when they are read.
        self.publish_parts().await.ok();
    }

    /// Brings the names in step with the data. Returns true if the numbers may have changed. A failure leaves the names as
    /// they were, and the next listing tries again.
    async fn refresh_people(&self, people: &PeopleService) -> bool {
        let refreshed = match people.refresh().await {
            Ok(true) => self.service.refresh().await.map_err(Into::into),
            other => other,
        };
        refreshed.unwrap_or_else(|error: PeopleServiceError| {
            let error = error.message();
            tracing::warn!(error, "The names could not be brought up to date.");
            false
        })
    }

    async fn publish_people_status(&self, people: &PeopleService) {
        if let Ok(counts) = people.status().await {
            self.status.update(|status| status.people = Some(counts));
        }
    }

    async fn publish_newest_day(&self) -> Result<(), DashboardError> {
        let newest_day = self.service.newest_day().await?;
        self.status.update(|status| status.newest_day = newest_day);
        Ok(())
    }

    fn publish_version(&self) {
        let version = format!("{}-{}", self.start, self.service.version());
        self.status.update(|status| status.data_version = version);
    }

    /// Ends the state `reading`.
    fn settle(&self) {
        self.status.update(|status| {
            if status.state != ReadState::Error {
                status.state = if status.newest_day.is_some() {
                    ReadState::Ready
                } else {
                    ReadState::Empty
                };
            }
        });
    }

    /// Computes the figures that these sheets show when they open, so that the engine and the cache hold the results.
    async fn warm_up(&self, sheets: &[PageSheet]) {
        for visual in sheets.iter().flat_map(|sheet| &sheet.visuals) {
            let figure = self
                .service
                .figure(&visual.id, Selection::default(), TableView::default())
                .await;
            // A request for the visual returns the error to the user.
            if let Err(error) = figure
                && !error.is_user_error()
            {
                tracing::warn!(
                    visual = visual.id,
                    error = error.message(),
                    "A visual could not be computed."
                );
            }
        }
    }

    fn normalize_options(&self) -> NormalizeOptions {
        let jobs = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        NormalizeOptions {
            since: None,
            until: None,
            reprocess: false,
            jobs,
            processed_at: (self.options.clock)(),
            names: Arc::clone(&self.options.names),
        }
    }

    /// A digest of each source's listing: names, sizes and times.
    async fn listings(&self) -> Vec<[u8; 32]> {
        let mut digests = Vec::new();
        for source in &self.options.sources {
            let mut lines = Vec::new();
            let mut objects = source.list("");
            while let Some(object) = objects.next().await {
                lines.push(match object {
                    Ok(object) => format!(
                        "{} {} {} {:?}",
                        object.key, object.bytes, object.last_modified, object.e_tag
                    ),
                    Err(error) => error_chain(&error),
                });
            }
            lines.sort_unstable();
            let mut digest = Sha256::new();
            for line in lines {
                digest.update(line.as_bytes());
                digest.update(b"\n");
            }
            digests.push(digest.finalize().into());
        }
        digests
    }
}

/// Exports could not be added.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddExportsError {
    #[error("the data folder cannot be written")]
    ReadOnly,
    #[error("the uploaded files could not be read")]
    Source(#[from] StoreError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Dashboard(#[from] DashboardError),
}

/// Publishes the progress of one source, added to the counts of the sources before it.
struct StatusProgress {
    before: ExportCounts,
    counts: AtomicCounts,
    status: Arc<StatusChannel>,
}

#[derive(Default)]
struct AtomicCounts {
    seen: AtomicU64,
    done: AtomicU64,
    failed: AtomicU64,
}

impl StatusProgress {
    fn publish(&self) {
        let exports = ExportCounts {
            seen: self.before.seen + self.counts.seen.load(Ordering::Relaxed),
            done: self.before.done + self.counts.done.load(Ordering::Relaxed),
            failed: self.before.failed + self.counts.failed.load(Ordering::Relaxed),
        };
        self.status.update(|status| status.exports = exports);
    }
}

impl Progress for StatusProgress {
    fn found(&self, exports: u64, _bytes: u64) {
        self.counts.seen.store(exports, Ordering::Relaxed);
        self.publish();
    }

    fn finished(&self, outcome: &ExportOutcome) {
        let counter = if matches!(outcome.status, ExportStatus::Failed { .. }) {
            &self.counts.failed
        } else {
            &self.counts.done
        };
        let count = counter.fetch_add(1, Ordering::Relaxed) + 1;
        if count.is_multiple_of(PROGRESS_STEP) || count < PROGRESS_STEP {
            self.publish();
        }
    }
}
