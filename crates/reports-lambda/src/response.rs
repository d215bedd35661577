//! The response of an invocation: counts.

use serde::Serialize;

/// What an invocation has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReportResponse {
    /// `2026-W48`.
    pub period: String,
    /// Reports that are there now: that of everybody, and those of teams.
    pub reports: usize,
    /// Files that were new, or have changed.
    pub files_written: usize,
    /// Files that had the content that they should have.
    pub files_unchanged: usize,
    /// Teams without activity in the period: they get no report.
    pub teams_without_activity: usize,
    /// Mails that this invocation has sent.
    pub mailed: usize,
    /// Reports that an earlier invocation has mailed.
    pub mailed_before: usize,
}
