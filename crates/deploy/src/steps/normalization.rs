//! Calls the normalizer until no export remains. Reads the history in many calls, so that no call is long.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::invocation::{failed, invoke_function, wait_until_ready};
use crate::progress::Progress;
use crate::step::{Deployment, StepError};

/// Exports in the first call: about a minute of work.
const FILES_PER_CALL: u64 = 500;
/// Duration of a call after which the next ones are smaller: some networks cut connections that are idle for minutes.
const LONG_CALL_DURATION: Duration = Duration::from_mins(2);
/// Maximum number of failed exports that are named.
const MAX_NAMED: usize = 5;

/// The result of a normalization, over all its calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Normalization {
    pub seen: u64,
    /// Exports that were normalized. Incomplete after failures: the last call then returns no number.
    pub processed: u64,
    pub failed: u64,
    /// Rows of the normalized exports; none if a call returned no number.
    pub rows: Option<u64>,
    /// Messages about exports that cannot be read.
    pub problems: Vec<String>,
}

/// The response of the function, or its error.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FunctionResponse {
    #[serde(rename = "errorMessage")]
    error_message: String,
    #[serde(rename = "errorType")]
    error_type: String,
    files_seen: u64,
    files_processed: u64,
    files_failed: u64,
    files_remaining: u64,
    fact_rows: u64,
    code_rows: u64,
    failures: Vec<FailedExport>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FailedExport {
    export: String,
    error: String,
}

/// Calls the normalizer until no export remains.
///
/// # Errors
///
/// If the function cannot be called, or fails for another reason than exports that cannot be read.
pub async fn normalize(
    deployment: &Deployment,
    function: &str,
    progress: &dyn Progress,
) -> Result<Normalization, StepError> {
    normalize_with_retries(deployment, function, progress, Duration::ZERO).await
}

/// Like [`normalize`], for a function whose role may be new: retries denials until `permission_timeout`, because the policies of
/// a new role take effect after a while.
pub(super) async fn normalize_with_retries(
    deployment: &Deployment,
    function: &str,
    progress: &dyn Progress,
    permission_timeout: Duration,
) -> Result<Normalization, StepError> {
    wait_until_ready(deployment, function, progress).await?;
    let mut run = Normalization {
        rows: Some(0),
        ..Normalization::default()
    };
    let mut files = FILES_PER_CALL;
    let mut remaining_before = u64::MAX;
    let mut denials = deployment.aws.polling(permission_timeout);
    progress.doing("reading exports");
    loop {
        let started = Instant::now();
        let response = invoke(deployment, function, files).await?;
        let text = &response.error_message;
        if !text.is_empty() {
            if text.contains("timed out") && files > 1 {
                files = (files / 4).max(1);
                continue;
            }
            if response.error_type != "ExportsFailed" {
                if text.to_lowercase().contains("access denied") && denials.again().await {
                    continue;
                }
                return Err(failed(function, text));
            }
            // All other exports have been read.
            run.rows = None;
            run.problems = failures_in(text);
            if let Some((failed, seen)) = run.problems.first().and_then(|first| counts_in(first)) {
                (run.failed, run.seen) = (failed, seen);
            }
            return Ok(run);
        }
        let remaining = response.files_remaining;
        run.seen = response.files_seen;
        run.processed += response.files_processed;
        run.failed = response.files_failed;
        run.rows = run
            .rows
            .map(|rows| rows + response.fact_rows + response.code_rows);
        progress.count(run.seen, Some(run.seen + remaining), "exports");
        if remaining == 0 {
            let failures = response.failures.iter().take(MAX_NAMED);
            run.problems = failures
                .map(|failure| format!("`{}`: {}", failure.export, failure.error))
                .collect();
            return Ok(run);
        }
        if response.files_processed == 0 && remaining >= remaining_before {
            // All of these failed: the next call covers more exports.
            files = files.saturating_mul(4);
            if files > 1_000_000 {
                return Err(failed(
                    function,
                    "it reads nothing, but reports exports that remain",
                ));
            }
        } else if started.elapsed() > LONG_CALL_DURATION {
            files = (files / 2).max(1);
        }
        remaining_before = remaining;
    }
}

impl Normalization {
    /// One line for the user.
    pub(super) fn summary(&self) -> String {
        let Self {
            seen,
            processed,
            failed,
            ..
        } = self;
        if *failed == 0 {
            let before = seen.saturating_sub(*processed);
            return format!("{processed} exports were normalized, {before} were unchanged");
        }
        format!(
            "{} of {seen} exports are normalized, {failed} could not be read",
            seen.saturating_sub(*failed)
        )
    }
}

/// Splits the function's message: the number of failed exports, then each with its reason, which may contain semicolons.
fn failures_in(text: &str) -> Vec<String> {
    let mut failures: Vec<String> = Vec::new();
    for part in text.split("; ") {
        let begins = part.starts_with('`') || part.starts_with("and ");
        match failures.last_mut() {
            Some(last) if !begins => {
                last.push_str("; ");
                last.push_str(part);
            }
            _ => failures.push(part.to_owned()),
        }
    }
    failures
}

/// The numbers of "2 of 9 exports could not be normalized": failed and seen.
fn counts_in(text: &str) -> Option<(u64, u64)> {
    let (failed, rest) = text.split_once(" of ")?;
    let (seen, _) = rest.split_once(" exports")?;
    Some((failed.parse().ok()?, seen.parse().ok()?))
}

/// Makes one call. Concurrent runs are safe, but a limit of the account may reject a call temporarily.
async fn invoke(
    deployment: &Deployment,
    function: &str,
    files: u64,
) -> Result<FunctionResponse, StepError> {
    let payload = invoke_function(deployment, function, &json!({"max_files": files})).await?;
    serde_json::from_slice(&payload)
        .map_err(|_| failed(function, "its response is not that of the normalizer"))
}

#[cfg(test)]
mod tests {
    use super::{Normalization, counts_in, failures_in};

    #[test]
    fn a_reason_may_have_semicolons() {
        let text = "2 of 9 exports could not be normalized; `a.csv`: line 2: no (damaged; mend it); `b.csv`: empty";
        let failures = failures_in(text);
        assert_eq!(failures.len(), 3);
        assert_eq!(failures[1], "`a.csv`: line 2: no (damaged; mend it)");
        assert_eq!(counts_in(&failures[0]), Some((2, 9)));
        assert_eq!(counts_in("no number of exports"), None);
    }

    #[test]
    fn a_summary_counts_what_is_normalized() {
        let run = Normalization {
            seen: 45,
            failed: 1,
            ..Normalization::default()
        };
        assert_eq!(
            run.summary(),
            "44 of 45 exports are normalized, 1 could not be read"
        );
        let run = Normalization {
            seen: 45,
            processed: 40,
            ..Normalization::default()
        };
        assert_eq!(
            run.summary(),
            "40 exports were normalized, 5 were unchanged"
        );
    }
}
