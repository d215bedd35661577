//! The normalizer's log: runs, failed exports and failed runs. Contains keys, counts and reasons, no cells.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError};
use crate::log_events::LogEvents;

/// A completed run.
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
    /// The newest day with activity or of an export, in the metrics of this run.
    pub newest_day: Option<String>,
}

/// A relevant line of the log.
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

/// The events of a log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Log {
    /// Oldest first.
    pub events: Vec<Event>,
    /// True if the log has more events than were read.
    pub is_cut: bool,
}

/// `2026-07-11T03:15:00Z`
pub(crate) fn shown(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Log {
    /// Reads everything of a log group since a time. A log group that does not exist counts as empty.
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
        let log = LogEvents::read(aws, group, since, pattern).await?;
        let events = log.events.into_iter();
        Ok(Self {
            events: events
                .filter_map(|(at, message)| Event::new(at, &message))
                .collect(),
            is_cut: log.is_cut,
        })
    }
}

impl Event {
    fn new(at: DateTime<Utc>, message: &str) -> Option<Self> {
        let line = match serde_json::from_str::<Record>(message) {
            Ok(record) => Line::of(&record),
            Err(_) => platform_failure(message).map(|what| Line::Failed { what }),
        };
        Some(Self { at, line: line? })
    }
}

/// A line that the function wrote: a log record, or its metrics.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Record {
    level: String,
    message: String,
    export: String,
    error: String,
    #[serde(rename = "_aws")]
    metrics: Option<Metrics>,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metrics {
    /// Milliseconds since 1970.
    timestamp: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Figures {
    files_processed: Option<u64>,
    files_skipped: u64,
    files_failed: u64,
    files_remaining: u64,
    fact_rows: u64,
    code_rows: u64,
    rejected_rows: u64,
    /// Negative if a clock was set back.
    duration_ms: i64,
    newest_activity_age_days: Option<i64>,
}

/// The text in `Name("text")`, the debug form of an error; other texts unchanged.
fn without_debug_form(text: &str) -> String {
    let inner = text.split_once("(\"").filter(|(name, _)| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric())
    });
    let inner = inner.and_then(|(_, rest)| rest.strip_suffix("\")"));
    inner.map_or_else(
        || text.to_owned(),
        |inner| inner.replace("\\\"", "\"").replace("\\\\", "\\"),
    )
}

impl Line {
    /// A line of the function.
    fn of(record: &Record) -> Option<Self> {
        if record.metrics.is_some() {
            return Run::of(record).map(Self::Run);
        }
        let export = record.export.clone();
        let error = without_debug_form(&record.error);
        let message = without_debug_form(&record.message);
        match (record.level.as_str(), message.as_str()) {
            (_, "Export normalized.") => Some(Self::ExportNormalized { export }),
            (_, "Export failed.") => Some(Self::ExportFailed { export, error }),
            // Each failed export has its own line.
            ("ERROR", message) if says_exports_failed(message) || says_exports_failed(&error) => {
                None
            }
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
}

/// The failure of a function that Lambda itself reports in a line of the log.
pub(crate) fn platform_failure(message: &str) -> Option<String> {
    if let Some((_, after)) = message.split_once("Task timed out") {
        Some(format!("the function timed out{after}"))
    } else if message.contains("signal: killed") || message.contains("OutOfMemory") {
        Some("the function was killed, probably because it ran out of memory: raise `memory_megabytes`".to_owned())
    } else if message.contains("Runtime.ExitError") || message.contains("Runtime exited") {
        Some("the function exited; its log shows the reason".to_owned())
    } else {
        None
    }
}

fn says_exports_failed(text: &str) -> bool {
    text.contains("could not be normalized")
}

impl Run {
    fn of(record: &Record) -> Option<Self> {
        let Record {
            metrics, figures, ..
        } = record;
        let ended = DateTime::from_timestamp_millis(metrics.as_ref()?.timestamp)?;
        let age = figures.newest_activity_age_days;
        let newest = age.map(|days| (ended - TimeDelta::days(days)).date_naive().to_string());
        Some(Self {
            ended: shown(ended),
            files_processed: figures.files_processed?,
            files_skipped: figures.files_skipped,
            files_failed: figures.files_failed,
            files_remaining: figures.files_remaining,
            rows: figures.fact_rows + figures.code_rows,
            rejected_rows: figures.rejected_rows,
            milliseconds: figures.duration_ms.try_into().unwrap_or_default(),
            newest_day: newest,
        })
    }

    /// Returns true if the run examined all exports, and not only one that had just arrived.
    pub fn is_complete(&self) -> bool {
        self.files_skipped > 0 && self.files_remaining == 0
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::{Event, Line};

    fn line(message: &str) -> Option<Line> {
        let at = DateTime::from_timestamp_millis(1_783_739_700_000).unwrap();
        Event::new(at, message).map(|event| event.line)
    }

    #[test]
    fn a_run_tells_its_figures_and_the_newest_day() {
        let reported = json!({"_aws": {"Timestamp": 1_783_739_700_000_i64}, "FilesProcessed": 3, "FilesSkipped": 2, "FactRows": 10,
            "CodeRows": 1, "DurationMs": 1250, "NewestActivityAgeDays": 2});
        let Some(Line::Run(run)) = line(&reported.to_string()) else {
            panic!("no run");
        };
        assert_eq!(
            (run.files_processed, run.rows, run.milliseconds),
            (3, 11, 1250)
        );
        assert_eq!(run.newest_day.as_deref(), Some("2026-07-09"));
        assert!(run.is_complete());
    }

    #[test]
    fn failures_are_read_from_every_writer() {
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
        assert_eq!(what, "the function timed out after 900.00 seconds");
        let repeated = json!({"level": "ERROR", "error": "ExportsFailed(\"1 of 9 exports could not be normalized\")"});
        assert_eq!(line(&repeated.to_string()), None);
        let by_runtime = json!({"level": "ERROR", "message": "ExportsFailed(\"1 of 9 exports could not be normalized\")"});
        assert_eq!(line(&by_runtime.to_string()), None);
        let debug = json!({"level": "ERROR", "error": "RunFailed(\"no `\\\"x\\\"` there\")", "message": "Invocation failed."});
        assert_eq!(
            line(&debug.to_string()),
            Some(Line::Failed {
                what: "Invocation failed: no `\"x\"` there".to_owned()
            })
        );
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
