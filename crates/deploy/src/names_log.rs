//! The log of the function `identity-map`: maps, warnings and failed runs. It has counts, lines and reasons, never a name.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError};
use crate::log_events::LogEvents;
use crate::logs::{FailedRun, undelivered};
use crate::runs::{platform_failure, shown};
use crate::stack::Stack;

/// A map that was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MapRun {
    /// When it ended, UTC.
    pub ended: String,
    /// Users of the data.
    pub users: u64,
    /// Users of the data with a name.
    pub named: u64,
    /// Persons in the map.
    pub rows: u64,
    /// Persons who have left.
    pub left: u64,
}

/// A warning of the function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogWarning {
    pub at: String,
    pub what: String,
}

/// The log of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NamesLog {
    pub log_group: String,
    pub since: String,
    /// Oldest first, as all lists.
    pub runs: Vec<MapRun>,
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
    users: u64,
    named: u64,
    rows: u64,
    left: u64,
}

impl NamesLog {
    /// Reads the log of the function of an identity stack.
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
        let mut names = Self {
            is_cut: log.is_cut,
            ..Self::default()
        };
        for (at, message) in log.events {
            let at = shown(at);
            let Ok(record) = serde_json::from_str::<Record>(&message) else {
                let failure = platform_failure(&message);
                let failed = failure.map(|what| FailedRun { at, what });
                names.failed_runs.extend(failed);
                continue;
            };
            let text = record.message.trim_end_matches('.').to_owned();
            match (record.level.as_str(), record.message.as_str()) {
                (_, "Run ended.") => names.runs.push(MapRun {
                    ended: at,
                    users: record.users,
                    named: record.named,
                    rows: record.rows,
                    left: record.left,
                }),
                // The runtime repeats each error in a form for developers.
                (
                    "ERROR",
                    "Invocation failed."
                    | "Configuration is wrong."
                    | "SDK configuration not loaded."
                    | "Runtime failed.",
                ) => names.failed_runs.push(FailedRun {
                    at,
                    what: format!("{text}: {}", record.error),
                }),
                ("WARN", _) => names.warnings.push(LogWarning { at, what: text }),
                _ => {}
            }
        }
        names
    }

    /// The last map that was made.
    pub fn last_run(&self) -> Option<&MapRun> {
        self.runs.last()
    }

    /// Returns true if the last run failed: the map is that of an earlier run.
    pub fn last_run_failed(&self) -> bool {
        let failed = self.failed_runs.last().map(|run| run.at.as_str());
        let went_well = self.runs.last().map(|run| run.ended.as_str());
        failed.is_some_and(|failed| went_well.is_none_or(|well| well < failed))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::NamesLog;
    use crate::log_events::LogEvents;

    #[test]
    fn maps_warnings_and_failures_are_read() {
        let messages = [
            "START RequestId: 1".to_owned(),
            json!({"level": "INFO", "message": "Run ended.", "users": 430, "named": 412, "rows": 500, "left": 3}).to_string(),
            json!({"level": "WARN", "message": "Texts to forget name no person.", "texts": 1}).to_string(),
            json!({"level": "ERROR", "message": "Invocation failed.", "error": "there is no roster `s3://people/roster.csv`"}).to_string(),
            json!({"level": "ERROR", "error": "NoRoster { roster: \"s3://people/roster.csv\" }"}).to_string(),
            "2026-07-11T03:30:00Z 8a Task timed out after 900.00 seconds".to_owned(),
        ];
        let events = (0_i64..).zip(messages).map(|(second, message)| {
            let at = DateTime::from_timestamp(1_783_739_700 + second, 0).unwrap();
            (at, message)
        });
        let log = NamesLog::of(LogEvents {
            events: events.collect(),
            is_cut: false,
        });
        assert_eq!(log.last_run().unwrap().named, 412);
        let failed: Vec<&str> = log
            .failed_runs
            .iter()
            .map(|run| run.what.as_str())
            .collect();
        assert_eq!(
            failed,
            [
                "Invocation failed: there is no roster `s3://people/roster.csv`",
                "the function timed out after 900.00 seconds"
            ]
        );
        assert!(log.last_run_failed());
        assert_eq!(log.warnings[0].what, "Texts to forget name no person");
    }
}
