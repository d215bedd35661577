//! What the normalizer's log says: runs, exports that failed, runs that were cut off. Keys, counts and reasons, no cells.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::aws::{Aws, AwsError, Fields, services};

/// More pages than this are not read: a backfill writes a line per export.
const MOST_PAGES: usize = 60;

/// One run that came to its end.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Run {
    /// When it ended, UTC.
    pub ended: String,
    pub files_processed: u64,
    pub files_skipped: u64,
    pub files_failed: u64,
    pub files_remaining: u64,
    pub rows: u64,
    pub rejected_rows: u64,
    pub milliseconds: u64,
    /// The newest day with activity or of an export, as far as this run knows.
    pub newest_day: Option<String>,
}

/// A line of the log that tells something.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    Run(Run),
    ExportNormalized {
        export: String,
    },
    ExportFailed {
        export: String,
        error: String,
    },
    /// A run or an invocation failed as a whole.
    Failed {
        what: String,
    },
}

/// A line with its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub at: DateTime<Utc>,
    pub line: Line,
}

/// What was read of a log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Log {
    /// From the oldest on.
    pub events: Vec<Event>,
    /// There is more than was read.
    pub is_cut: bool,
}

/// `2026-07-11T03:15:00Z`
pub(crate) fn shown(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Log {
    /// Reads everything of a log group since a time. A group that does not exist is empty: nothing has run.
    pub async fn read(aws: &Aws, group: &str, since: DateTime<Utc>) -> Result<Self, AwsError> {
        Self::filtered(aws, group, since, None).await
    }

    /// Reads only the runs.
    pub async fn runs(aws: &Aws, group: &str, since: DateTime<Utc>) -> Result<Vec<Run>, AwsError> {
        let log = Self::filtered(aws, group, since, Some("FilesProcessed")).await?;
        let runs = log.events.into_iter();
        Ok(runs
            .filter_map(|event| match event.line {
                Line::Run(run) => Some(run),
                _ => None,
            })
            .collect())
    }

    async fn filtered(
        aws: &Aws,
        group: &str,
        since: DateTime<Utc>,
        pattern: Option<&str>,
    ) -> Result<Self, AwsError> {
        let mut body = json!({"logGroupName": group, "startTime": since.timestamp_millis()});
        if let Some(pattern) = pattern {
            body["filterPattern"] = Value::from(pattern);
        }
        let mut log = Self::default();
        for page in 0.. {
            if page == MOST_PAGES {
                log.is_cut = true;
                break;
            }
            let call = aws
                .call(&services::LOGS, "FilterLogEvents")
                .on(format!("log group `{group}`"))
                .body(body.clone());
            let Some(answer) = call.find().await? else {
                break;
            };
            log.events
                .extend(answer.items("events").iter().filter_map(Event::of));
            let next = answer.text("nextToken");
            if next.is_empty() || body["nextToken"] == next {
                break;
            }
            body["nextToken"] = Value::from(next);
        }
        log.events.sort_by_key(|event| event.at);
        Ok(log)
    }
}

impl Event {
    fn of(event: &Value) -> Option<Self> {
        let at = event.field("timestamp").as_i64()?;
        let at = DateTime::from_timestamp_millis(at)?;
        let message = event.text("message").trim();
        let line = match serde_json::from_str::<Value>(message) {
            Ok(told) if told.is_object() => Line::of(&told),
            Ok(_) | Err(_) => Line::of_platform(message),
        };
        Some(Self { at, line: line? })
    }
}

impl Line {
    /// What the function itself wrote.
    fn of(told: &Value) -> Option<Self> {
        if told.get("_aws").is_some() {
            return Run::of(told).map(Self::Run);
        }
        let (export, error) = (
            told.text("export").to_owned(),
            told.text("error").to_owned(),
        );
        match (told.text("level"), told.text("message")) {
            (_, "Export normalized.") => Some(Self::ExportNormalized { export }),
            (_, "Export failed.") => Some(Self::ExportFailed { export, error }),
            // Its exports have said so themselves.
            ("ERROR", _) if error.contains("could not be normalized") => None,
            ("ERROR", message) => {
                let message = message.trim_end_matches('.');
                let what = if error.is_empty() {
                    message.to_owned()
                } else {
                    format!("{message}: {error}")
                };
                Some(Self::Failed { what })
            }
            _ => None,
        }
    }

    /// What Lambda wrote about the function.
    fn of_platform(message: &str) -> Option<Self> {
        let what = if let Some((_, after)) = message.split_once("Task timed out") {
            format!("the function was stopped, as its time was over{after}")
        } else if message.contains("signal: killed") || message.contains("OutOfMemory") {
            "the function was killed, probably for want of memory: raise `memory_megabytes`"
                .to_owned()
        } else if message.contains("Runtime.ExitError") || message.contains("Runtime exited") {
            "the function ended by itself; its log says why".to_owned()
        } else {
            return None;
        };
        Some(Self::Failed { what })
    }
}

impl Run {
    fn of(told: &Value) -> Option<Self> {
        let number = |name: &str| told.field(name).as_u64().unwrap_or_default();
        told.get("FilesProcessed")?;
        let ended = told.field("_aws/Timestamp").as_i64()?;
        let ended = DateTime::from_timestamp_millis(ended)?;
        let age = told.field("NewestActivityAgeDays").as_i64();
        let newest = age.map(|days| (ended - TimeDelta::days(days)).date_naive().to_string());
        Some(Self {
            ended: shown(ended),
            files_processed: number("FilesProcessed"),
            files_skipped: number("FilesSkipped"),
            files_failed: number("FilesFailed"),
            files_remaining: number("FilesRemaining"),
            rows: number("FactRows") + number("CodeRows"),
            rejected_rows: number("RejectedRows"),
            milliseconds: number("DurationMs"),
            newest_day: newest,
        })
    }

    /// Whether it looked at everything there is, and not at an export that had just arrived.
    pub fn looked_at_everything(&self) -> bool {
        self.files_skipped > 0 && self.files_remaining == 0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Event, Line};

    fn line(message: &str) -> Option<Line> {
        Event::of(&json!({"timestamp": 1_783_739_700_000_i64, "message": message}))
            .map(|event| event.line)
    }

    #[test]
    fn a_run_tells_its_figures_and_the_newest_day() {
        let told = json!({"_aws": {"Timestamp": 1_783_739_700_000_i64}, "FilesProcessed": 3, "FilesSkipped": 2, "FactRows": 10,
            "CodeRows": 1, "DurationMs": 1250, "NewestActivityAgeDays": 2});
        let Some(Line::Run(run)) = line(&told.to_string()) else {
            panic!("no run");
        };
        assert_eq!(
            (run.files_processed, run.rows, run.milliseconds),
            (3, 11, 1250)
        );
        assert_eq!(run.newest_day.as_deref(), Some("2026-07-09"));
        assert!(run.looked_at_everything());
    }

    #[test]
    fn failures_are_told_whoever_wrote_them() {
        let failed = json!({"level": "WARN", "message": "Export failed.", "export": "a.csv", "error": "line 3: no"});
        assert_eq!(
            line(&failed.to_string()),
            Some(Line::ExportFailed {
                export: "a.csv".to_owned(),
                error: "line 3: no".to_owned()
            })
        );
        let run = json!({"level": "ERROR", "message": "Run failed.", "error": "could not list"});
        assert_eq!(
            line(&run.to_string()),
            Some(Line::Failed {
                what: "Run failed: could not list".to_owned()
            })
        );
        let timeout = "2026-07-11T03:30:00Z 8a Task timed out after 900.00 seconds";
        let Some(Line::Failed { what }) = line(timeout) else {
            panic!("no failure");
        };
        assert_eq!(
            what,
            "the function was stopped, as its time was over after 900.00 seconds"
        );
        let repeated = json!({"level": "ERROR", "error": "ExportsFailed(\"1 of 9 exports could not be normalized\")"});
        assert_eq!(line(&repeated.to_string()), None);
        for silent in [
            "START RequestId: 1",
            "{\"level\":\"INFO\",\"message\":\"Run ended.\"}",
            "",
            "12",
        ] {
            assert_eq!(line(silent), None, "{silent}");
        }
    }
}
