//! Reports on a schedule: where they are, the newest ones, and when the next ones are written.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::aws::{Aws, AwsError};
use crate::reports_bucket::REPORTS_FOLDER;
use crate::runs::shown;
use crate::schedule::next_report;
use crate::stack::Stack;

/// Periods that are listed: S3 lists folders in the order of their names, oldest first, and all are needed to find the newest.
const MAX_PERIODS: i32 = 1000;

/// The reports of a deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReportsStatus {
    /// `s3://bucket/reports/`
    pub location: String,
    pub schedules: Vec<ReportScheduleStatus>,
}

/// One schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReportScheduleStatus {
    /// `weekly` or `monthly`
    pub kind: String,
    /// The newest period with reports: `2026-W48`.
    pub newest_period: Option<String>,
    /// When the next ones are written, RFC 3339; none if the schedule is disabled.
    pub next: Option<String>,
}

impl ReportsStatus {
    /// Reads the folders of the bucket. The schedules are those of the stack's parameters.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be listed.
    pub(super) async fn observe(
        aws: &Aws,
        stack: &Stack,
        now: DateTime<Utc>,
    ) -> Result<Self, AwsError> {
        let mut found = Self {
            location: stack.output("ReportsLocation").to_owned(),
            schedules: Vec::new(),
        };
        let bucket = stack.output("ReportsBucketName");
        let parameter = |name: &str| stack.parameters.get(name).map_or("", String::as_str);
        for (kind, name) in [
            ("weekly", "WeeklyExpression"),
            ("monthly", "MonthlyExpression"),
        ] {
            let expression = parameter(name);
            if expression.is_empty() {
                continue;
            }
            let folder = format!("{REPORTS_FOLDER}{kind}/");
            let periods = if bucket.is_empty() {
                Vec::new()
            } else {
                let buckets = aws.buckets().owned();
                buckets.folders(bucket, &folder, MAX_PERIODS).await?
            };
            let names = periods.iter().filter_map(|period| {
                let name = period.strip_prefix(&folder).unwrap_or(period);
                name.trim_end_matches('/').rsplit('/').next()
            });
            let is_enabled = parameter("ScheduleState") != "DISABLED";
            let next = next_report(expression, parameter("ScheduleTimeZone"), now);
            found.schedules.push(ReportScheduleStatus {
                kind: kind.to_owned(),
                newest_period: names.max().map(str::to_owned),
                next: next.filter(|_| is_enabled).map(shown),
            });
        }
        Ok(found)
    }
}
