//! Progress bars on standard error, on a terminal only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use kiro_ingest::{ExportOutcome, ExportStatus, Progress};

/// A bar that counts exports.
#[derive(Debug)]
pub(crate) struct ExportBar {
    bar: ProgressBar,
    read_bytes: AtomicU64,
}

impl ExportBar {
    pub(crate) fn shared() -> Arc<Self> {
        let bar = styled("{spinner} {pos}/{len} exports  {wide_bar}  {eta}");
        Arc::new(Self {
            bar,
            read_bytes: AtomicU64::new(0),
        })
    }

    /// Bytes of the exports that were normalized.
    pub(crate) fn read_bytes(&self) -> u64 {
        self.read_bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for ExportBar {
    fn found(&self, exports: u64, _bytes: u64) {
        self.bar.set_length(exports);
    }

    fn finished(&self, outcome: &ExportOutcome) {
        if matches!(outcome.status, ExportStatus::Processed { .. }) {
            self.read_bytes.fetch_add(outcome.bytes, Ordering::Relaxed);
        }
        self.bar.inc(1);
    }
}

/// A bar that counts the days of a fleet.
pub(crate) fn day_bar(days: u64) -> ProgressBar {
    let bar = styled("{spinner} {pos}/{len} days of exports  {wide_bar}  {eta}");
    bar.set_length(days);
    bar
}

/// A spinner for work of unknown length.
pub(crate) fn spinner(doing: &'static str) -> ProgressBar {
    let bar = styled("{spinner} {msg}  {elapsed}");
    bar.set_message(doing);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

fn styled(template: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    // A template is a constant of this file; if it were wrong, the bar would have its usual looks.
    bar.set_style(
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar
}
