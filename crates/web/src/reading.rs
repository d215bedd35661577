//! Reading exports while the page is open: the sources are listed every few seconds, and normalized when a listing has
//! changed. A listing costs no reading of files.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::StreamExt;
use kiro_dashboard::{Selection, TableView};
use kiro_ingest::{
    ExportOutcome, ExportStatus, LocalFolder, NormalizeOptions, ObjectStore, Progress, RunError,
    RunSummary, StoreError, error_chain, normalize,
};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::desk::{Desk, DeskError};
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
        Arc::new(reader)
    }

    /// Whether anything can be added.
    pub(crate) fn can_write(&self) -> bool {
        self.options.destination.is_some()
    }

    /// Reads what is there, then watches the sources until it is dropped.
    pub async fn follow(self: Arc<Self>) {
        let mut seen = self.listings().await;
        self.show_newest_day().await;
        self.read_sources().await;
        self.warm_up().await;
        self.settle();
        self.warm_up_everything().await;
        loop {
            tokio::time::sleep(self.options.poll).await;
            let now = self.listings().await;
            if now == seen {
                continue;
            }
            seen = now;
            self.read_sources().await;
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
        if self.desk.refresh().await? {
            self.post_version();
        }
        self.show_newest_day().await;
        self.board.change(|status| {
            if status.state == State::Empty && status.newest_day.is_some() {
                status.state = State::Ready;
            }
        });
        Ok(summary)
    }

    async fn read_sources(&self) {
        let _one_run = self.running.lock().await;
        let Some(destination) = self.options.destination.clone() else {
            self.take_over().await;
            return;
        };
        let (mut exports, mut failures, mut problem) = (Exports::default(), Vec::new(), None);
        for source in &self.options.sources {
            let counter = Arc::new(Counter {
                before: exports,
                now: AtomicExports::default(),
                board: Arc::clone(&self.board),
            });
            let options = self.normalize_options();
            let run = normalize(
                Arc::clone(source),
                Arc::clone(&destination),
                &options,
                Arc::clone(&counter) as Arc<dyn Progress>,
            );
            match self.with_partial_numbers(run).await {
                Ok(summary) => {
                    exports.seen += summary.files_seen;
                    exports.done += summary.files_processed + summary.files_skipped;
                    exports.failed += summary.files_failed;
                    failures.extend(summary.failures);
                }
                Err(error) => problem = Some(error_chain(&error)),
            }
        }
        self.take_over().await;
        self.board.change(|status| {
            status.exports = exports;
            status.set_failures(failures);
            status.message.clone_from(&problem);
            if problem.is_some() {
                status.state = State::Error;
            } else if status.state == State::Error {
                status.state = State::Ready;
            }
        });
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
                    self.take_over().await;
                    pause *= 2;
                }
            }
        }
    }

    async fn take_over(&self) {
        match self.desk.refresh().await {
            Ok(true) => {
                self.post_version();
                self.show_newest_day().await;
            }
            Ok(false) => {}
            Err(error) => self.complain(&error),
        }
    }

    async fn show_newest_day(&self) {
        match self.desk.newest_day().await {
            Ok(newest_day) => self.board.change(|status| status.newest_day = newest_day),
            Err(error) => self.complain(&error),
        }
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

    fn complain(&self, error: &DeskError) {
        let message = error_chain(error);
        self.board.change(|status| {
            status.state = State::Error;
            status.message = Some(message);
        });
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
