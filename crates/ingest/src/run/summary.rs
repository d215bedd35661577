//! The figures of one run.

use std::collections::BTreeMap;

use serde::Serialize;

/// A folder of parts below the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dataset {
    Facts,
    Models,
    Code,
    Issues,
}

impl Dataset {
    /// The folder's name.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Models => "models",
            Self::Code => "code",
            Self::Issues => "issues",
        }
    }
}

/// What a run did. `files_seen` = processed + skipped + failed; everything else found is ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RunSummary {
    pub files_seen: u64,
    pub files_processed: u64,
    pub files_skipped: u64,
    pub files_failed: u64,
    pub files_ignored: u64,
    pub fact_rows: u64,
    pub model_rows: u64,
    pub code_rows: u64,
    pub rejected_rows: u64,
    /// Issue rows written by this run, by kind.
    pub issues: BTreeMap<String, u64>,
    /// In the order of the exports' keys.
    pub failures: Vec<Failure>,
}

/// An export that could not be normalized.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    pub export: String,
    /// The whole chain of causes, outermost first, without the export's name.
    pub error: String,
}
