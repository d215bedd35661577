//! Counts of one run.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::candidates::Candidates;
use super::normalize::{ExportResult, Outcome};
use crate::error_chain::error_chain;
use crate::export::ExportCounts;

/// Counts of one run. `files_seen` = processed + skipped + failed; every other object is ignored.
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
    pub failures: Vec<ExportFailure>,
    /// Exports that no run has tried yet, because a limit was reached. Not part of `files_seen`.
    #[serde(skip)]
    pub files_remaining: u64,
    /// How many of the failures may not occur in a later run.
    #[serde(skip)]
    pub transient_failures: u64,
    /// How many of the failures a service or the network caused.
    #[serde(skip)]
    pub remote_failures: u64,
    /// The newest day of an export, normalized or not.
    #[serde(skip)]
    pub newest_export: Option<NaiveDate>,
    /// The newest activity day in the rows of this run.
    #[serde(skip)]
    pub newest_activity: Option<NaiveDate>,
}

/// An export that could not be normalized.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ExportFailure {
    pub export: String,
    /// The whole chain of causes, outermost first, without the export's name.
    pub error: String,
    /// What to do about it.
    #[serde(skip)]
    pub hint: Option<&'static str>,
}

impl RunSummary {
    pub(super) fn of_listing(candidates: &Candidates) -> Self {
        let days = candidates.exports.iter();
        let days = days.map(|found| found.export.time.date());
        let failed = candidates.failures.len() as u64;
        Self {
            files_seen: failed,
            files_failed: failed,
            files_ignored: candidates.ignored,
            failures: candidates.failures.clone(),
            transient_failures: candidates.transient_failures,
            remote_failures: candidates.remote_failures,
            newest_export: days.max(),
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, result: ExportResult) {
        match result.outcome {
            Outcome::Deferred {
                has_recorded_failure,
            } => {
                self.files_remaining += u64::from(!has_recorded_failure);
                return;
            }
            Outcome::Skipped => self.files_skipped += 1,
            Outcome::Processed(counts) => self.add_processed(&counts),
            Outcome::Failed(kind) => {
                tracing::warn!(export = %result.export, error = error_chain(&kind), "Export failed.");
                self.files_failed += 1;
                self.transient_failures += u64::from(kind.is_transient());
                self.remote_failures += u64::from(kind.is_remote());
                self.failures.push(ExportFailure {
                    export: result.export.as_str().to_owned(),
                    error: error_chain(&kind),
                    hint: kind.hint(),
                });
            }
        }
        self.files_seen += 1;
    }

    fn add_processed(&mut self, counts: &ExportCounts) {
        self.files_processed += 1;
        self.fact_rows += counts.fact_rows;
        self.model_rows += counts.model_rows;
        self.code_rows += counts.code_rows;
        self.rejected_rows += counts.rejected_rows();
        self.newest_activity = self.newest_activity.max(counts.newest_activity);
        for (kind, count) in &counts.issues {
            *self.issues.entry(kind.name().to_owned()).or_default() += count;
        }
    }

    /// The counts of this run and a later one over the same sources, as of one run.
    #[must_use]
    pub fn followed_by(self, later: Self) -> Self {
        let mut issues = self.issues;
        for (kind, count) in later.issues {
            *issues.entry(kind).or_default() += count;
        }
        Self {
            files_processed: self.files_processed + later.files_processed,
            files_skipped: later.files_skipped.saturating_sub(self.files_processed),
            fact_rows: self.fact_rows + later.fact_rows,
            model_rows: self.model_rows + later.model_rows,
            code_rows: self.code_rows + later.code_rows,
            rejected_rows: self.rejected_rows + later.rejected_rows,
            issues,
            newest_export: self.newest_export.max(later.newest_export),
            newest_activity: self.newest_activity.max(later.newest_activity),
            // Failed and remaining exports are those of the later run.
            ..later
        }
    }
}
