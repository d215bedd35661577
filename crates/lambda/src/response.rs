//! The response of an invocation.

use kiro_ingest::{RunSummary, error_chain, printable};
use lambda_runtime::Diagnostic;
use serde::Serialize;

use crate::EventError;

/// Maximum number of failed exports that an error names. The log names all.
const MAX_NAMED: usize = 5;

/// The counts of a run, with the members of `kiro-analytics normalize --output json`, and what remains.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RunResponse {
    #[serde(flatten)]
    pub summary: RunSummary,
    /// Exports not tried yet, because of `max_files` or the time limit. Call again until it is 0.
    pub files_remaining: u64,
}

/// Why an invocation failed. All other exports were processed before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvocationError {
    #[error("{0}")]
    UnknownEvent(String),
    #[error("{0}")]
    ExportsFailed(String),
    #[error("{0}")]
    RunFailed(String),
}

impl From<RunSummary> for RunResponse {
    fn from(summary: RunSummary) -> Self {
        Self {
            files_remaining: summary.files_remaining,
            summary,
        }
    }
}

impl InvocationError {
    /// An error that names the failures of a run; `None` if there are none.
    pub(crate) fn of_failures(summary: &RunSummary) -> Option<Self> {
        if summary.failures.is_empty() {
            return None;
        }
        let RunSummary {
            files_seen,
            files_failed,
            ..
        } = summary;
        let mut parts = vec![format!(
            "{files_failed} of {files_seen} exports could not be normalized"
        )];
        for failure in summary.failures.iter().take(MAX_NAMED) {
            let hint = failure.hint.map(|hint| format!(" ({hint})"));
            parts.push(format!(
                "`{}`: {}{}",
                printable(&failure.export),
                printable(&failure.error),
                hint.unwrap_or_default()
            ));
        }
        let more = summary.failures.len().saturating_sub(MAX_NAMED);
        if more > 0 {
            parts.push(format!("and {more} more, see the log"));
        }
        Some(Self::ExportsFailed(parts.join("; ")))
    }

    fn name(&self) -> &'static str {
        match self {
            Self::UnknownEvent(_) => "UnknownEvent",
            Self::ExportsFailed(_) => "ExportsFailed",
            Self::RunFailed(_) => "RunFailed",
        }
    }
}

impl From<EventError> for InvocationError {
    fn from(error: EventError) -> Self {
        Self::UnknownEvent(error_chain(&error))
    }
}

impl From<InvocationError> for Diagnostic {
    fn from(error: InvocationError) -> Self {
        Self {
            error_type: error.name().to_owned(),
            error_message: error.to_string(),
        }
    }
}
