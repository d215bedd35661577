//! Metrics in the embedded metric format of `CloudWatch`: one line of the log.

use chrono::{DateTime, Utc};
use kiro_ingest::RunSummary;
use serde_json::{Map, Value, json};

const NAMESPACE: &str = "KiroAnalytics";

/// The metrics of one invocation.
#[derive(Debug)]
pub struct Metrics<'a> {
    /// The dimension.
    pub function: &'a str,
    pub summary: &'a RunSummary,
    pub started: DateTime<Utc>,
    pub finished: DateTime<Utc>,
}

impl Metrics<'_> {
    /// The line, without a line end.
    pub fn line(&self) -> String {
        let summary = self.summary;
        let unknown_columns = summary.issues.get("unknown_column").copied();
        let counts = [
            ("FilesProcessed", summary.files_processed),
            ("FilesSkipped", summary.files_skipped),
            ("FilesFailed", summary.files_failed),
            ("FilesIgnored", summary.files_ignored),
            ("FilesRemaining", summary.files_remaining),
            ("FactRows", summary.fact_rows),
            ("ModelRows", summary.model_rows),
            ("CodeRows", summary.code_rows),
            ("RejectedRows", summary.rejected_rows),
            ("UnknownColumns", unknown_columns.unwrap_or_default()),
        ];
        let mut values: Vec<(&str, &str, Value)> = counts
            .into_iter()
            .map(|(name, count)| (name, "Count", count.into()))
            .collect();
        let duration = (self.finished - self.started).num_milliseconds();
        values.push(("DurationMs", "Milliseconds", duration.into()));
        if let Some(days) = self.newest_activity_age_days() {
            values.push(("NewestActivityAgeDays", "None", days.into()));
        }
        let definitions: Vec<Value> = values
            .iter()
            .map(|(name, unit, _)| json!({"Name": name, "Unit": unit}))
            .collect();
        let mut line = Map::new();
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": self.finished.timestamp_millis(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": [["FunctionName"]],
                    "Metrics": definitions,
                }],
            }),
        );
        line.insert("FunctionName".to_owned(), self.function.into());
        for (name, _, value) in values {
            line.insert(name.to_owned(), value);
        }
        Value::Object(line).to_string()
    }

    /// The age of the newest activity day in the written rows or of the newest export, whichever is newer. An old export that
    /// is read again must not look like missing exports. A day in the future counts as today.
    fn newest_activity_age_days(&self) -> Option<i64> {
        let newest = self
            .summary
            .newest_activity
            .max(self.summary.newest_export)?;
        let today = self.finished.date_naive();
        Some((today - newest).num_days().max(0))
    }
}

#[cfg(test)]
mod tests {
    use kiro_ingest::RunSummary;
    use serde_json::Value;

    use super::Metrics;

    fn line(summary: &RunSummary) -> Value {
        let metrics = Metrics {
            function: "normalize-report",
            summary,
            started: "2026-07-11T03:15:00Z".parse().unwrap(),
            finished: "2026-07-11T03:15:01.25Z".parse().unwrap(),
        };
        serde_json::from_str(&metrics.line()).unwrap()
    }

    #[test]
    fn every_metric_is_declared_and_has_a_value() {
        let summary = RunSummary {
            files_processed: 3,
            files_remaining: 7,
            rejected_rows: 2,
            issues: [("unknown_column".to_owned(), 4)].into(),
            newest_activity: "2026-07-09".parse().ok(),
            newest_export: "2026-07-08".parse().ok(),
            ..RunSummary::default()
        };
        let line = line(&summary);
        let declared = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(declared["Namespace"], "KiroAnalytics");
        assert_eq!(declared["Dimensions"][0][0], "FunctionName");
        assert_eq!(line["FunctionName"], "normalize-report");
        let metrics = declared["Metrics"].as_array().unwrap();
        let values: Vec<String> = metrics
            .iter()
            .map(|metric| {
                let name = metric["Name"].as_str().unwrap();
                format!("{name} {}", line[name])
            })
            .collect();
        assert_eq!(
            values,
            [
                "FilesProcessed 3",
                "FilesSkipped 0",
                "FilesFailed 0",
                "FilesIgnored 0",
                "FilesRemaining 7",
                "FactRows 0",
                "ModelRows 0",
                "CodeRows 0",
                "RejectedRows 2",
                "UnknownColumns 4",
                "DurationMs 1250",
                "NewestActivityAgeDays 2",
            ]
        );
        assert_eq!(line["_aws"]["Timestamp"], 1_783_739_701_250_i64);
    }

    #[test]
    fn the_age_is_that_of_the_newest_export_when_nothing_newer_was_read_and_unknown_when_there_is_none()
     {
        let seen = RunSummary {
            newest_export: "2026-07-01".parse().ok(),
            ..RunSummary::default()
        };
        assert_eq!(line(&seen)["NewestActivityAgeDays"], 10);
        let read_again = RunSummary {
            newest_activity: "2026-03-01".parse().ok(),
            ..seen
        };
        assert_eq!(line(&read_again)["NewestActivityAgeDays"], 10);
        let nothing = line(&RunSummary::default());
        assert!(nothing.get("NewestActivityAgeDays").is_none());
        assert!(!nothing.to_string().contains("NewestActivityAgeDays"));
        let future = RunSummary {
            newest_activity: "2026-09-01".parse().ok(),
            ..RunSummary::default()
        };
        assert_eq!(line(&future)["NewestActivityAgeDays"], 0);
    }
}
