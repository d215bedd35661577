//! Reading exports while the page is open: the sources are listed every few seconds, and normalized when a listing has
//! changed, or when something that went wrong may have passed. A listing costs no reading of files.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::StreamExt;
use kiro_dashboard_sql::{Selection, TableView};
use kiro_ingest::{
    ExportOutcome, ExportStatus, LocalFolder, NormalizeOptions, ObjectStore, Progress, RunError,
    RunSummary, StoreError, error_chain, normalize,
};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::desk::{Desk, DeskError};
use crate::retry::{Outcome, Retry};
use crate::status::{Exports, State, StatusBoard};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// While much is being read, the numbers so far are shown after this time, then after twice as long, and so on.
const FIRST_PARTIAL: Duration = Duration::from_secs(3);

/// What is read, and where to.
pub struct ReaderOptions {
    pub sources: Vec<Arc<dyn ObjectStore>>,
    /// None where nothing can be written: what is in the data folder is shown as it is.
    pub destination: Option<Arc<dyn ObjectStore>>,
    pub clock: Clock,
    /// How often the sources are listed.
    pub poll: Duration,
}

/// Keeps the data folder in step with the sources.
pub struct Reader {
    desk: Arc<Desk>,
    board: Arc<StatusBoard>,
    options: ReaderOptions,
    /// The prefix of data versions: another one for every start of the program.
    start: String,
    /// One run at a time.
    running: Mutex<()>,
}

impl Reader {
    /// A reader that has not begun yet.
    pub fn new(desk: Arc<Desk>, board: Arc<StatusBoard>, options: ReaderOptions) -> Arc<Self> {
        let start = format!("{:x}", (options.clock)().timestamp_millis());
        let reader = Self {
            desk,
            board,
            options,
            start,
            running: Mutex::new(()),
        };
        reader.post_version();
        reader
            .board
            .change(|status| status.message = reader.remark());
        Arc::new(reader)
    }

    /// Whether anything can be added.
    pub(crate) fn can_write(&self) -> bool {
        self.options.destination.is_some()
    }

    /// Reads what is there, then watches the sources until it is dropped.
    pub async fn follow(self: Arc<Self>) {
        let mut seen = self.listings().await;
        let mut retry = Retry::default();
        // What can be shown is shown; whatever is in the way is told when the sources have been read.
        self.show_newest_day().await.ok();
        retry.note(self.read_sources().await);
        self.warm_up().await;
        self.settle();
        self.warm_up_everything().await;
        loop {
            tokio::time::sleep(self.options.poll).await;
            let now = self.listings().await;
            if now == seen && !retry.is_due() {
                continue;
            }
            seen = now;
            retry.note(self.read_sources().await);
            self.settle();
        }
    }

    /// Normalizes a folder of exports that is not one of the sources.
    pub(crate) async fn add(&self, folder: &std::path::Path) -> Result<RunSummary, ReadError> {
        let _one_run = self.running.lock().await;
        let destination = self
            .options
            .destination
            .clone()
            .ok_or(ReadError::ReadOnly)?;
        let source = Arc::new(LocalFolder::open(folder)?);
        let summary = normalize(
            source,
            destination,
            &self.normalize_options(),
            Arc::new(kiro_ingest::NoProgress),
        )
        .await?;
        self.take_over().await?;
        self.board.change(|status| {
            if status.state == State::Empty && status.newest_day.is_some() {
                status.state = State::Ready;
            }
        });
        Ok(summary)
    }

    /// Reads what is new in all sources, shows it, and posts what came of it.
    async fn read_sources(&self) -> Outcome {
        let _one_run = self.running.lock().await;
        let mut exports = Exports::default();
        let (mut failures, mut may_pass, mut problem) = (Vec::new(), false, None);
        for (source, destination) in self.ways() {
            let counter = Arc::new(Counter {
                before: exports,
                now: AtomicExports::default(),
                board: Arc::clone(&self.board),
            });
            let options = self.normalize_options();
            let run = normalize(source, destination, &options, counter);
            match self.with_partial_numbers(run).await {
                Ok(summary) => {
                    exports.seen += summary.files_seen;
                    exports.done += summary.files_processed + summary.files_skipped;
                    exports.failed += summary.files_failed;
                    may_pass |= summary.transient_failures > 0;
                    failures.extend(summary.failures);
                }
                Err(error) => problem = Some(error_chain(&error)),
            }
        }
        if let Err(error) = self.take_over().await {
            problem.get_or_insert(error_chain(&error));
        }
        let outcome = if may_pass || problem.is_some() {
            Outcome::MayPass
        } else if exports.failed > 0 {
            Outcome::Failed
        } else {
            Outcome::Complete
        };
        self.board.change(|status| {
            status.exports = exports;
            status.set_failures(failures);
            if problem.is_some() {
                status.state = State::Error;
            } else if status.state == State::Error {
                status.state = State::Ready;
            }
            status.message = problem.or_else(|| self.remark());
        });
        outcome
    }

    /// Where exports come from, and where to they are read; none where nothing can be written.
    fn ways(&self) -> Vec<(Arc<dyn ObjectStore>, Arc<dyn ObjectStore>)> {
        let Some(destination) = &self.options.destination else {
            return Vec::new();
        };
        let sources = self.options.sources.iter();
        sources
            .map(|source| (Arc::clone(source), Arc::clone(destination)))
            .collect()
    }

    /// Something people should know even if all is well.
    fn remark(&self) -> Option<String> {
        let remark = "the data folder cannot be written: new exports are not read";
        (!self.can_write()).then(|| remark.to_owned())
    }

    /// Waits for a run, and shows what it has written so far now and then.
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
                    // What is in the way is told when the run is over.
                    self.take_over().await.ok();
                    pause *= 2;
                }
            }
        }
    }

    /// Shows what has been written.
    async fn take_over(&self) -> Result<(), DeskError> {
        if self.desk.refresh().await? {
            self.post_version();
        }
        self.show_newest_day().await
    }

    async fn show_newest_day(&self) -> Result<(), DeskError> {
        let newest_day = self.desk.newest_day().await?;
        self.board.change(|status| status.newest_day = newest_day);
        Ok(())
    }

    fn settle(&self) {
        self.board.change(|status| {
            if status.state != State::Error {
                status.state = if status.newest_day.is_some() {
                    State::Ready
                } else {
                    State::Empty
                };
            }
        });
    }

    /// Computes what the first sheet shows when it opens.
    async fn warm_up(&self) {
        let page = self.desk.spec().page(kiro_dashboard::Language::En);
        for visual in page.sheets.iter().take(1).flat_map(|sheet| &sheet.visuals) {
            self.warm_up_visual(&visual.id).await;
        }
    }

    async fn warm_up_everything(&self) {
        let page = self.desk.spec().page(kiro_dashboard::Language::En);
        for visual in page.sheets.iter().skip(1).flat_map(|sheet| &sheet.visuals) {
            self.warm_up_visual(&visual.id).await;
        }
    }

    async fn warm_up_visual(&self, visual: &str) {
        let figure = self
            .desk
            .figure(visual, Selection::default(), TableView::default())
            .await;
        // A visual that cannot be computed says so when it is asked for.
        if let Err(error) = figure
            && !error.is_user_error()
        {
            tracing::warn!(
                visual,
                error = error_chain(&error),
                "A visual could not be computed."
            );
        }
    }

    fn post_version(&self) {
        let version = format!("{}-{}", self.start, self.desk.version());
        self.board.change(|status| status.data_version = version);
    }

    fn normalize_options(&self) -> NormalizeOptions {
        let jobs = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        NormalizeOptions {
            since: None,
            until: None,
            reprocess: false,
            jobs,
            processed_at: (self.options.clock)(),
        }
    }

    /// A digest of what every source lists: names, sizes and times.
    async fn listings(&self) -> Vec<[u8; 32]> {
        let mut digests = Vec::new();
        for source in &self.options.sources {
            let mut lines = Vec::new();
            let mut objects = source.list("");
            while let Some(object) = objects.next().await {
                lines.push(match object {
                    Ok(object) => format!(
                        "{} {} {} {:?}",
                        object.key, object.bytes, object.modified, object.tag
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

/// Why exports could not be added.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("the data folder cannot be written")]
    ReadOnly,
    #[error("the uploaded files could not be read")]
    Source(#[from] StoreError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Desk(#[from] DeskError),
}

/// Posts the progress of one source, on top of what earlier sources gave.
struct Counter {
    before: Exports,
    now: AtomicExports,
    board: Arc<StatusBoard>,
}

#[derive(Default)]
struct AtomicExports {
    seen: AtomicU64,
    done: AtomicU64,
    failed: AtomicU64,
}

impl Counter {
    fn post(&self) {
        let exports = Exports {
            seen: self.before.seen + self.now.seen.load(Ordering::Relaxed),
            done: self.before.done + self.now.done.load(Ordering::Relaxed),
            failed: self.before.failed + self.now.failed.load(Ordering::Relaxed),
        };
        self.board.change(|status| status.exports = exports);
    }
}

impl Progress for Counter {
    fn found(&self, exports: u64, _bytes: u64) {
        self.now.seen.store(exports, Ordering::Relaxed);
        self.post();
    }

    fn finished(&self, outcome: &ExportOutcome) {
        let counter = if matches!(outcome.status, ExportStatus::Failed { .. }) {
            &self.now.failed
        } else {
            &self.now.done
        };
        let count = counter.fetch_add(1, Ordering::Relaxed) + 1;
        if count.is_multiple_of(16) || count < 16 {
            self.post();
        }
    }
}
