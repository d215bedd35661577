//! Progress of a run.

use kiro_report::ObjectKey;

/// Receives the progress of a run. Called from several threads; must not block for long.
pub trait Progress: Send + Sync {
    /// Called once after the listing, with the number of exports and their total size.
    fn found(&self, exports: u64, bytes: u64);
    /// Called after each export, except those left to a later run.
    fn finished(&self, outcome: &ExportOutcome);
}

/// Ignores progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn found(&self, _exports: u64, _bytes: u64) {}

    fn finished(&self, _outcome: &ExportOutcome) {}
}

/// The result of one export.
#[derive(Debug, Clone)]
pub struct ExportOutcome {
    pub export: ObjectKey,
    pub bytes: u64,
    pub status: ExportStatus,
}

/// Whether an export was normalized.
#[derive(Debug, Clone)]
pub enum ExportStatus {
    /// Its parts were written.
    Processed { rows: u64, rejected: u64 },
    /// Its parts existed already.
    Skipped,
    /// None of its parts is visible. `error` is the whole chain of causes.
    Failed { error: String },
}
