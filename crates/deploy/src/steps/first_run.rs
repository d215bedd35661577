//! The first normalization, driven to its end: the history is read in many calls, so no call is long.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::data_layer::DataLayer;
use crate::aws::{Fields, Method, services};
use crate::digest::short_hash;
use crate::progress::Progress;
use crate::step::{
    Applied, Blame, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan,
};

/// Exports per call to begin with: a minute or so of work.
const FILES_PER_CALL: u64 = 500;
/// A function is stopped after 15 minutes.
const ANSWER_WITHIN: Duration = Duration::from_mins(16);
/// So long a new function may take to be ready.
const READY_WITHIN: Duration = Duration::from_mins(5);
/// So many failed exports are named.
const MOST_NAMED: usize = 5;

/// Reads the history.
pub(crate) struct FirstRun;

/// Where it stands that the history of these sources has been read.
fn mark(deployment: &Deployment) -> (String, String) {
    let bucket = deployment.settings().code_bucket(&deployment.names);
    let folders = deployment
        .settings()
        .source_folders(deployment.aws.account());
    let text = format!("{}\n{folders:?}", deployment.names.data_stack());
    let hash = short_hash(text);
    (
        bucket,
        format!("state/{}/first-run-{hash}.json", deployment.names.prefix),
    )
}

#[async_trait]
impl Step for FirstRun {
    fn name(&self) -> &'static str {
        "first_run"
    }

    fn title(&self) -> &'static str {
        "First normalization"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        let change = || {
            let change = Change::new(ChangeKind::Run, "the normalizer");
            deployment
                .settings()
                .exports
                .iter()
                .fold(change, |change, place| {
                    change.detail(format!("reads all exports below `{place}`"))
                })
        };
        let layer = DataLayer::find(deployment).await?;
        let (bucket, key) = mark(deployment);
        let makes_bucket = earlier.iter().flat_map(|plan| &plan.changes).any(|change| {
            change.kind == ChangeKind::Create && change.what == format!("bucket `{bucket}`")
        });
        let buckets = deployment.aws.buckets();
        if layer.is_none() || makes_bucket && buckets.head(&bucket).await?.is_none() {
            return Ok(Planned::changes(vec![change()]));
        }
        if buckets.head(&bucket).await?.is_some() && buckets.has_object(&bucket, &key).await? {
            return Ok(Planned::default());
        }
        Ok(Planned::changes(vec![change()]))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let layer = DataLayer::needed(deployment).await?;
        let run = normalize(deployment, &layer.function, progress).await?;
        let (bucket, key) = mark(deployment);
        let text =
            json!({"version": deployment.version, "processed": run.processed, "seen": run.seen});
        let buckets = deployment.aws.buckets();
        if buckets.head(&bucket).await?.is_some() {
            buckets
                .put(&bucket, &key, text.to_string().into_bytes())
                .await?;
        }
        let mut applied = Applied::default();
        applied.notes.push(format!(
            "{} exports were normalized, {} had been before",
            run.processed,
            run.seen.saturating_sub(run.processed + run.failed)
        ));
        applied.problems = run.problems;
        Ok(applied)
    }
}

/// What a normalization did, over all its calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Normalization {
    pub seen: u64,
    pub processed: u64,
    pub failed: u64,
    /// Exports that cannot be read, in words.
    pub problems: Vec<String>,
}

/// Calls the normalizer until nothing is left to be read.
pub async fn normalize(
    deployment: &Deployment,
    function: &str,
    progress: &dyn Progress,
) -> Result<Normalization, StepError> {
    wait_until_ready(deployment, function, progress).await?;
    let mut run = Normalization::default();
    let mut files = FILES_PER_CALL;
    let mut remaining_before = u64::MAX;
    progress.doing("reading exports");
    loop {
        let answer = invoke(deployment, function, files).await?;
        let text = answer.text("errorMessage");
        if !text.is_empty() {
            if text.contains("timed out") && files > 1 {
                files = (files / 4).max(1);
                continue;
            }
            if answer.text("errorType") != "ExportsFailed" {
                return Err(failed(function, text));
            }
            // Everything that can be read has been read.
            run.problems = failures_in(text);
            return Ok(run);
        }
        let number = |name: &str| answer.field(name).as_u64().unwrap_or_default();
        let remaining = number("files_remaining");
        run.seen = number("files_seen");
        run.processed += number("files_processed");
        run.failed = number("files_failed");
        progress.count(run.seen, Some(run.seen + remaining), "exports");
        if remaining == 0 {
            let failures = answer.items("failures").iter().take(MOST_NAMED);
            run.problems = failures
                .map(|failure| format!("`{}`: {}", failure.text("export"), failure.text("error")))
                .collect();
            return Ok(run);
        }
        if number("files_processed") == 0 && remaining >= remaining_before {
            // Nothing but failures among so many: look at more at once.
            files = files.saturating_mul(4);
            if files > 1_000_000 {
                return Err(failed(
                    function,
                    "it reads nothing and says that something is left",
                ));
            }
        }
        remaining_before = remaining;
    }
}

/// What the function says in one text: how many exports failed, and each with its reason, which may have semicolons itself.
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

fn failed(function: &str, reason: &str) -> StepError {
    StepError::failed(
        Blame::Aws,
        format!("function `{function}` failed: {reason}"),
        "`kiro-analytics logs` says more; run the command again to go on",
    )
}

/// One call. Somebody else's run at the same time does no harm, but a limit of the account may refuse ours for a moment.
async fn invoke(deployment: &Deployment, function: &str, files: u64) -> Result<Value, StepError> {
    let path = ["2015-03-31", "functions", function, "invocations"];
    let call = deployment
        .aws
        .rest(&services::LAMBDA, "Invoke", Method::Post, &path)
        .on(format!("function `{function}`"))
        .body(json!({"max_files": files}))
        .within(ANSWER_WITHIN);
    Ok(call.send().await?)
}

async fn wait_until_ready(
    deployment: &Deployment,
    function: &str,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    let mut polling = deployment.aws.polling(READY_WITHIN);
    loop {
        let path = ["2015-03-31", "functions", function, "configuration"];
        let call = deployment
            .aws
            .rest(
                &services::LAMBDA,
                "GetFunctionConfiguration",
                Method::Get,
                &path,
            )
            .on(format!("function `{function}`"));
        let found = call.send().await?;
        let is_ready = matches!(found.text("State"), "Active" | "Inactive" | "")
            && matches!(found.text("LastUpdateStatus"), "Successful" | "");
        if is_ready {
            return Ok(());
        }
        if found.text("State") == "Failed" || found.text("LastUpdateStatus") == "Failed" {
            let reasons = [
                found.text("StateReason"),
                found.text("LastUpdateStatusReason"),
            ];
            return Err(failed(function, &reasons.join(" ")));
        }
        progress.doing("waiting for the function to be ready");
        if !polling.again().await {
            return Err(failed(function, "it is not ready after five minutes"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::failures_in;

    #[test]
    fn a_reason_may_have_semicolons() {
        let text = "2 of 9 exports could not be normalized; `a.csv`: line 2: no (damaged; mend it); `b.csv`: empty";
        let failures = failures_in(text);
        assert_eq!(failures.len(), 3);
        assert_eq!(failures[1], "`a.csv`: line 2: no (damaged; mend it)");
    }
}
