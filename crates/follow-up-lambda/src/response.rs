//! The response of an invocation: counts.

use serde::Serialize;

/// What an invocation has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Response {
    /// The id of the run that was followed.
    pub run: String,
    /// In the order in which they ran.
    pub tasks: Vec<TaskReport>,
}

/// What a task has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum TaskReport {
    Imports(ImportCounts),
    Alerts(AlertCounts),
}

/// Datasets, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ImportCounts {
    /// An import was started.
    pub started: usize,
    /// An import that began after the run, or one of an earlier attempt, exists.
    pub already_imported: usize,
    /// Too many imports in 24 hours.
    pub over_quota: usize,
    /// It queries directly.
    pub not_in_spice: usize,
    pub failed: usize,
}

/// Alerts of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AlertCounts {
    /// What is true now, sent before or not.
    pub alerts: usize,
    /// What was sent, all channels together.
    pub sent: usize,
}
