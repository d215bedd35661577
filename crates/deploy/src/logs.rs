//! Failed runs and exports of the last days.

use std::collections::BTreeMap;

use aws_sdk_sqs::types::QueueAttributeName;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::aws::{Aws, AwsError, Context, Optional};
use crate::follow_up_log::FollowUpLog;
use crate::names::Names;
use crate::names_log::NamesLog;
use crate::reports_log::ReportsLog;
use crate::runs::{Line, Log, Run, shown};
use crate::stack::Stack;
use crate::step::{ErrorCategory, StepError};

/// An export that could not be read at least once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedExport {
    pub export: String,
    /// The reason of the last failure.
    pub error: String,
    pub first: String,
    pub last: String,
    pub times: u64,
    /// True if no later run has read it, and the last run still found it.
    pub is_unread: bool,
}

/// A run that failed as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedRun {
    pub at: String,
    pub what: String,
}

/// The log of a period.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LogReport {
    pub log_group: String,
    pub since: String,
    /// Unread ones first, then by time.
    pub exports: Vec<FailedExport>,
    pub failed_runs: Vec<FailedRun>,
    /// Number of events in the queue that could not be delivered to the function.
    pub undelivered: u64,
    pub runs: Vec<Run>,
    /// True if the log has more events than were read.
    pub is_cut: bool,
    /// The log of the function `identity-map`; none without its stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<NamesLog>,
    /// The log of the function `follow-up`; none without its stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<FollowUpLog>,
    /// The log of the function `send-reports`; none without its stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reports: Option<ReportsLog>,
}

impl LogReport {
    /// Adds the logs of the functions of the identity stack, the follow-up stack and the reports stack, as far as they exist.
    ///
    /// # Errors
    ///
    /// If a stack, a log or a queue cannot be read.
    pub async fn add_others(
        &mut self,
        aws: &Aws,
        names: &Names,
        since: DateTime<Utc>,
    ) -> Result<(), StepError> {
        if let Some(stack) = Stack::find(aws, &names.identity_stack()).await? {
            self.names = Some(NamesLog::read(aws, &stack, since).await?);
        }
        if let Some(stack) = Stack::find(aws, &names.follow_up_stack()).await? {
            self.follow_up = Some(FollowUpLog::read(aws, &stack, since).await?);
        }
        if let Some(stack) = Stack::find(aws, &names.reports_stack()).await? {
            self.reports = Some(ReportsLog::read(aws, &stack, since).await?);
        }
        Ok(())
    }

    /// Reads the log of the stack's function.
    pub async fn read(aws: &Aws, stack: &Stack, since: DateTime<Utc>) -> Result<Self, StepError> {
        let group = stack.output("NormalizerLogGroupName");
        if group.is_empty() {
            return Err(StepError::failed(
                ErrorCategory::Usage,
                format!("stack `{}` has no normalizer", stack.name),
                "`kiro-analytics status` shows its state; `kiro-analytics deploy` creates it",
            ));
        }
        let (log, undelivered) =
            tokio::join!(Log::read(aws, group, since), undelivered(aws, stack));
        let mut report = Self::of(log?);
        report.undelivered = undelivered?;
        group.clone_into(&mut report.log_group);
        report.since = shown(since);
        Ok(report)
    }

    fn of(log: Log) -> Self {
        let mut report = Self {
            is_cut: log.is_cut,
            ..Self::default()
        };
        let mut exports: BTreeMap<String, FailedExport> = BTreeMap::new();
        let mut in_this_run: Vec<String> = Vec::new();
        for event in log.events {
            let at = shown(event.at);
            match event.line {
                Line::ExportFailed { export, error } => {
                    in_this_run.push(export.clone());
                    let known = exports.entry(export.clone()).or_insert(FailedExport {
                        export,
                        error: String::new(),
                        first: at.clone(),
                        last: String::new(),
                        times: 0,
                        is_unread: true,
                    });
                    known.times += 1;
                    known.is_unread = true;
                    (known.error, known.last) = (error, at);
                }
                Line::ExportNormalized { export } => {
                    if let Some(known) = exports.get_mut(&export) {
                        known.is_unread = false;
                    }
                }
                Line::Run(run) => {
                    if run.is_complete() {
                        for (name, known) in &mut exports {
                            known.is_unread &= in_this_run.contains(name);
                        }
                    }
                    in_this_run.clear();
                    report.runs.push(run);
                }
                Line::Failed { what } => report.failed_runs.push(FailedRun { at, what }),
            }
        }
        report.exports = exports.into_values().collect();
        report.exports.sort_by(|one, other| {
            (other.is_unread, &other.last, &one.export).cmp(&(
                one.is_unread,
                &one.last,
                &other.export,
            ))
        });
        report
    }

    /// Returns true if the last run failed as a whole.
    pub fn last_run_failed(&self) -> bool {
        let failed = self.failed_runs.last().map(|run| run.at.as_str());
        let went_well = self.runs.last().map(|run| run.ended.as_str());
        failed.is_some_and(|failed| went_well.is_none_or(|well| well < failed))
    }

    /// Exports that are missing in all figures.
    pub fn unread(&self) -> impl Iterator<Item = &FailedExport> {
        self.exports.iter().filter(|export| export.is_unread)
    }
}

/// The number of events in the queue of undelivered events.
pub(crate) async fn undelivered(aws: &Aws, stack: &Stack) -> Result<u64, AwsError> {
    let url = stack.output("DeadLettersUrl");
    if url.is_empty() {
        return Ok(0);
    }
    let call = aws.clients().sqs.get_queue_attributes().queue_url(url);
    let found = call
        .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
        .send()
        .await
        .context(
            aws,
            "sqs:GetQueueAttributes",
            "the queue of undelivered events",
        )
        .optional()?;
    let attributes = found.and_then(|found| found.attributes).unwrap_or_default();
    let messages = attributes.get(&QueueAttributeName::ApproximateNumberOfMessages);
    Ok(messages
        .and_then(|messages| messages.parse().ok())
        .unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::LogReport;
    use crate::runs::{Event, Line, Log, Run};

    fn log(lines: Vec<Line>) -> Log {
        let events = (0_i64..).zip(lines).map(|(second, line)| Event {
            at: DateTime::from_timestamp(1_783_739_700 + second, 0).unwrap(),
            line,
        });
        Log {
            events: events.collect(),
            is_cut: false,
        }
    }

    fn failed(export: &str) -> Line {
        Line::ExportFailed {
            export: export.to_owned(),
            error: "line 3: a quoted field is never closed".to_owned(),
        }
    }

    fn run(files_skipped: u64) -> Line {
        Line::Run(Run {
            files_skipped,
            ..Run::default()
        })
    }

    #[test]
    fn an_export_is_unread_until_it_is_read_or_deleted() {
        let report = LogReport::of(log(vec![
            failed("a"),
            failed("b"),
            failed("c"),
            run(0),
            failed("a"),
            Line::ExportNormalized {
                export: "b".to_owned(),
            },
            // A run on arrival reads one export, so it proves nothing about the others.
            run(0),
            failed("a"),
            run(7),
        ]));
        let found: Vec<(&str, u64, bool)> = report
            .exports
            .iter()
            .map(|export| (export.export.as_str(), export.times, export.is_unread))
            .collect();
        assert_eq!(found, [("a", 3, true), ("c", 1, false), ("b", 1, false)]);
        assert_eq!(report.unread().count(), 1);
    }

    #[test]
    fn a_failed_run_counts_until_one_succeeds() {
        let what = "Run failed".to_owned();
        let broken = log(vec![run(0), Line::Failed { what }]);
        let report = LogReport::of(broken);
        assert_eq!(report.failed_runs.len(), 1);
        assert!(report.last_run_failed());
    }
}
