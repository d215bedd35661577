//! How a run tells a caller what it is doing.

use kiro_report::ObjectKey;

/// Watches a run. Called from several threads; must not block for long.
pub trait Progress: Send + Sync {
    /// Everything has been listed: so many exports lie in the window, with so many bytes in all.
    fn found(&self, exports: u64, bytes: u64);
    /// One export is done with.
    fn finished(&self, outcome: &ExportOutcome);
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn found(&self, _exports: u64, _bytes: u64) {}

    fn finished(&self, _outcome: &ExportOutcome) {}
}

/// What became of one export.
#[derive(Debug, Clone)]
pub struct ExportOutcome {
    pub export: ObjectKey,
    pub bytes: u64,
    pub status: ExportStatus,
}

/// What became of one export.
#[derive(Debug, Clone)]
pub enum ExportStatus {
    /// Its parts were written.
    Processed { rows: u64, rejected: u64 },
    /// Its parts existed already.
    Skipped,
    /// It was left as it was; the text is the whole chain of causes.
    Failed { error: String },
}
