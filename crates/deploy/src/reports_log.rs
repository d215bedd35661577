//! The log of the function `send-reports`: runs, warnings and failures. It has periods, counts and reasons, never a name.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError};
use crate::log_events::LogEvents;
use crate::logs::{FailedRun, undelivered};
use crate::names_log::LogWarning;
use crate::runs::{platform_failure, shown};
use crate::stack::Stack;

/// A run that has written the reports of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReportRun {
    /// When it ended, UTC.
    pub ended: String,
    /// `2026-W48`.
    pub period: String,
    pub reports: u64,
    pub files_written: u64,
    /// Files that had the content that they should have.
    pub files_unchanged: u64,
}

/// The log of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReportsLog {
    pub log_group: String,
    pub since: String,
    /// Oldest first, as all lists.
    pub runs: Vec<ReportRun>,
    pub failed_runs: Vec<FailedRun>,
    pub warnings: Vec<LogWarning>,
    /// Number of events in the queue that could not be delivered to the function.
    pub undelivered: u64,
    /// True if the log has more events than were read.
    pub is_cut: bool,
}

/// A line that the function wrote.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Record {
    level: String,
    message: String,
    error: String,
    period: String,
    reports: u64,
    files_written: u64,
    files_unchanged: u64,
}

impl ReportsLog {
    /// Reads the log of the function of a reports stack.
    ///
    /// # Errors
    ///
    /// If log or queue cannot be read.
    pub async fn read(aws: &Aws, stack: &Stack, since: DateTime<Utc>) -> Result<Self, AwsError> {
        let group = stack.output("LogGroupName");
        let (log, undelivered) = tokio::join!(
            LogEvents::read(aws, group, since, None),
            undelivered(aws, stack)
        );
        Ok(Self {
            log_group: group.to_owned(),
            since: shown(since),
            undelivered: undelivered?,
            ..Self::of(log?)
        })
    }

    fn of(log: LogEvents) -> Self {
        let mut found = Self {
            is_cut: log.is_cut,
            ..Self::default()
        };
        for (at, message) in log.events {
            let at = shown(at);
            if let Ok(record) = serde_json::from_str::<Record>(&message) {
                found.add(at, record);
            } else if let Some(what) = platform_failure(&message) {
                found.failed_runs.push(FailedRun { at, what });
            }
        }
        found
    }

    fn add(&mut self, at: String, record: Record) {
        let text = record.message.trim_end_matches('.');
        match (record.level.as_str(), record.message.as_str()) {
            ("INFO", "Reports written.") => self.runs.push(ReportRun {
                ended: at,
                period: record.period,
                reports: record.reports,
                files_written: record.files_written,
                files_unchanged: record.files_unchanged,
            }),
            // The runtime repeats each error in a form for developers.
            (
                "ERROR",
                "Invocation failed."
                | "Configuration is wrong."
                | "SDK configuration not loaded."
                | "Runtime failed.",
            ) => self.failed_runs.push(FailedRun {
                at,
                what: format!("{text}: {}", record.error),
            }),
            ("WARN", _) => {
                let what = match record.period.as_str() {
                    "" => text.to_owned(),
                    period => format!("{period}: {text}"),
                };
                self.warnings.push(LogWarning { at, what });
            }
            _ => {}
        }
    }

    /// The last run that has written reports.
    pub fn last_run(&self) -> Option<&ReportRun> {
        self.runs.last()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::ReportsLog;
    use crate::log_events::LogEvents;

    #[test]
    fn runs_warnings_and_failures_are_read() {
        let messages = [
            "START RequestId: 1".to_owned(),
            json!({"level": "WARN", "message": "The data end before the period.", "period": "2026-W48", "newest_day": "2026-11-26"}).to_string(),
            json!({"level": "INFO", "message": "Reports written.", "period": "2026-W48", "reports": 3, "files_written": 2, "files_unchanged": 1}).to_string(),
            json!({"level": "ERROR", "message": "Invocation failed.", "error": "there are no settings of reports"}).to_string(),
            "2026-11-30T06:15:00Z 8a Task timed out after 900.00 seconds".to_owned(),
        ];
        let at = DateTime::from_timestamp(1_783_739_700, 0).unwrap();
        let log = ReportsLog::of(LogEvents {
            events: messages.into_iter().map(|message| (at, message)).collect(),
            is_cut: false,
        });
        assert_eq!(log.runs.len(), 1);
        let run = log.last_run().unwrap();
        assert_eq!((run.period.as_str(), run.reports), ("2026-W48", 3));
        assert_eq!((run.files_written, run.files_unchanged), (2, 1));
        assert_eq!(
            log.warnings[0].what,
            "2026-W48: The data end before the period"
        );
        let failures: Vec<&str> = log
            .failed_runs
            .iter()
            .map(|run| run.what.as_str())
            .collect();
        assert_eq!(
            failures,
            [
                "Invocation failed: there are no settings of reports",
                "the function timed out after 900.00 seconds"
            ]
        );
    }
}
