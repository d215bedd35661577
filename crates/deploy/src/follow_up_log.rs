//! The log of the function `follow-up`: runs that were followed, datasets that were not imported, alerts that were sent, and failures.
//! It has ids of datasets and queries, counts and reasons.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError};
use crate::log_events::LogEvents;
use crate::logs::{FailedRun, undelivered};
use crate::names_log::LogWarning;
use crate::runs::{platform_failure, shown};
use crate::stack::Stack;

/// A run of the normalizer that was followed, by what became of the datasets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FollowedRun {
    /// When it was followed, UTC.
    pub at: String,
    /// Imports that were started.
    pub started: u64,
    /// Imports that had begun after the run.
    pub already_imported: u64,
    /// Datasets with too many imports in 24 hours.
    pub over_quota: u64,
    pub failed: u64,
}

/// A message with alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SentAlerts {
    /// When it was sent, UTC.
    pub at: String,
    /// `topic` or `webhook`.
    pub channel: String,
    pub alerts: u64,
}

/// The log of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FollowUpLog {
    pub log_group: String,
    pub since: String,
    /// Oldest first, as all lists.
    pub runs: Vec<FollowedRun>,
    pub sent_alerts: Vec<SentAlerts>,
    pub failures: Vec<FailedRun>,
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
    hint: String,
    data_set: String,
    statement: String,
    channel: String,
    alerts: u64,
    started: u64,
    already_imported: u64,
    over_quota: u64,
    failed: u64,
}

impl FollowUpLog {
    /// Reads the log of the function of a follow-up stack.
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
                found.add(at, &record);
            } else if let Some(what) = platform_failure(&message) {
                found.failures.push(FailedRun { at, what });
            }
        }
        found
    }

    fn add(&mut self, at: String, record: &Record) {
        let Record {
            error,
            hint,
            data_set,
            statement,
            channel,
            ..
        } = record;
        let text = record.message.trim_end_matches('.');
        match (record.level.as_str(), record.message.as_str()) {
            ("INFO", "Imports followed.") => self.runs.push(FollowedRun {
                at,
                started: record.started,
                already_imported: record.already_imported,
                over_quota: record.over_quota,
                failed: record.failed,
            }),
            ("INFO", "Alerts sent.") => self.sent_alerts.push(SentAlerts {
                at,
                channel: channel.clone(),
                alerts: record.alerts,
            }),
            ("ERROR", "Alerts not computed.") => self.failures.push(FailedRun {
                at,
                what: format!("{text}: {error}; {hint}"),
            }),
            ("ERROR", "Import not started.") => self.failures.push(FailedRun {
                at,
                what: format!("dataset `{data_set}`: {error}; {hint}"),
            }),
            // The error of alerts has its hint. The runtime repeats each error in a form for developers, and each dataset has its own line.
            (
                "ERROR",
                "Alerts not sent."
                | "Configuration is wrong."
                | "SDK configuration not loaded."
                | "Runtime failed.",
            ) => self.failures.push(FailedRun {
                at,
                what: format!("{text}: {error}"),
            }),
            ("ERROR", "Invocation failed.") if error.starts_with("the event was refused") => {
                self.failures.push(FailedRun {
                    at,
                    what: format!("{text}: {error}"),
                });
            }
            ("WARN", _) if !statement.is_empty() => self.warnings.push(LogWarning {
                at,
                what: format!("statement about {statement}: {text}"),
            }),
            ("WARN", _) => self.warnings.push(LogWarning {
                at,
                what: format!("dataset `{data_set}`: {text}"),
            }),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::FollowUpLog;
    use crate::log_events::LogEvents;

    #[test]
    fn followed_runs_warnings_and_failures_are_read() {
        let messages = [
            "START RequestId: 1".to_owned(),
            json!({"level": "WARN", "message": "Not imported: too many imports in 24 hours. The daily import brings the data.", "data_set": "kiro-code", "imports": 24}).to_string(),
            json!({"level": "INFO", "message": "Import started.", "data_set": "kiro-users"}).to_string(),
            json!({"level": "ERROR", "message": "Import not started.", "data_set": "kiro-totals", "error": "not allowed: no", "hint": "deploy again"}).to_string(),
            json!({"level": "INFO", "message": "Imports followed.", "run": "1", "started": 1, "over_quota": 1, "failed": 1}).to_string(),
            json!({"level": "ERROR", "message": "Invocation failed.", "error": "imports: dataset `kiro-totals`: not allowed: no"}).to_string(),
            json!({"level": "ERROR", "message": "Invocation failed.", "error": "the event was refused: expected a record"}).to_string(),
            "2026-07-11T03:30:00Z 8a Task timed out after 900.00 seconds".to_owned(),
        ];
        let events = (0_i64..).zip(messages).map(|(second, message)| {
            let at = DateTime::from_timestamp(1_783_739_700 + second, 0).unwrap();
            (at, message)
        });
        let log = FollowUpLog::of(LogEvents {
            events: events.collect(),
            is_cut: false,
        });
        assert_eq!(log.runs.len(), 1);
        assert_eq!((log.runs[0].started, log.runs[0].over_quota), (1, 1));
        assert_eq!(
            log.warnings[0].what,
            "dataset `kiro-code`: Not imported: too many imports in 24 hours. The daily import brings the data"
        );
        let failures: Vec<&str> = log.failures.iter().map(|one| one.what.as_str()).collect();
        assert_eq!(
            failures,
            [
                "dataset `kiro-totals`: not allowed: no; deploy again",
                "Invocation failed: the event was refused: expected a record",
                "the function timed out after 900.00 seconds",
            ]
        );
    }

    #[test]
    fn sent_alerts_and_those_that_were_not_are_read() {
        let messages = [
            json!({"level": "WARN", "message": "Statement failed, started again.", "statement": "spikes", "query": "1"}),
            json!({"level": "INFO", "message": "Alerts sent.", "channel": "topic", "alerts": 3}),
            json!({"level": "ERROR", "message": "Alerts not sent.", "channel": "webhook", "error": "webhook: the alerts could not be sent: status 404; check the address"}),
            json!({"level": "INFO", "message": "Alerts followed.", "run": "1", "alerts": 3, "sent": 3, "failed_channels": 1}),
            json!({"level": "ERROR", "message": "Alerts not computed.", "error": "athena:StartQueryExecution: not allowed: no", "hint": "deploy again"}),
        ];
        let at = DateTime::from_timestamp(1_783_739_700, 0).unwrap();
        let events = messages.iter().map(|message| (at, message.to_string()));
        let log = FollowUpLog::of(LogEvents {
            events: events.collect(),
            is_cut: false,
        });
        assert_eq!(log.runs, []);
        assert_eq!(log.sent_alerts.len(), 1);
        let sent = &log.sent_alerts[0];
        assert_eq!((sent.channel.as_str(), sent.alerts), ("topic", 3));
        assert_eq!(
            log.warnings[0].what,
            "statement about spikes: Statement failed, started again"
        );
        let failures: Vec<&str> = log.failures.iter().map(|one| one.what.as_str()).collect();
        assert_eq!(
            failures,
            [
                "Alerts not sent: webhook: the alerts could not be sent: status 404; check the address",
                "Alerts not computed: athena:StartQueryExecution: not allowed: no; deploy again",
            ]
        );
    }
}
