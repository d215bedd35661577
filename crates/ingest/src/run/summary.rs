//! The figures of one run.

use std::collections::BTreeMap;
use std::error::Error;

use serde::Serialize;

use crate::export::ExportCounts;

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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Failure {
    pub export: String,
    /// The whole chain of causes, outermost first, without the export's name.
    pub error: String,
    /// One thing to do about it.
    #[serde(skip)]
    pub hint: Option<&'static str>,
}

impl RunSummary {
    pub(crate) fn add_skipped(&mut self) {
        self.files_seen += 1;
        self.files_skipped += 1;
    }

    pub(crate) fn add_failed(&mut self, failure: Failure) {
        self.files_seen += 1;
        self.files_failed += 1;
        self.failures.push(failure);
    }

    pub(crate) fn add_processed(&mut self, counts: &ExportCounts) {
        self.files_seen += 1;
        self.files_processed += 1;
        self.fact_rows += counts.fact_rows;
        self.model_rows += counts.model_rows;
        self.code_rows += counts.code_rows;
        self.rejected_rows += counts.rejected_rows();
        for (kind, count) in &counts.issues {
            *self.issues.entry(kind.name().to_owned()).or_default() += count;
        }
    }
}

/// An error and all its causes on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
