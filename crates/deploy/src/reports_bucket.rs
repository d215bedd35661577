//! The buckets with reports of a deployment, and the keys in them.

use crate::aws::{Aws, AwsError};
use crate::left_buckets::left_buckets;
use crate::names::Names;

/// Part of the generated name of the bucket.
const BUCKET_MARK: &str = "-reportsbucket-";
/// The folder that the function writes to.
pub(crate) const REPORTS_FOLDER: &str = "reports/";

/// Returns true for the name of a bucket of a reports stack.
pub(crate) fn is_reports_bucket(name: &str) -> bool {
    name.contains(BUCKET_MARK)
}

/// Returns true if a key has a pattern that the function `send-reports` writes.
pub(crate) fn is_report_key(key: &str) -> bool {
    let folders = ["weekly/", "monthly/", "quarterly/", "days/"];
    key.strip_prefix(REPORTS_FOLDER).is_some_and(|rest| {
        rest.is_empty() || folders.into_iter().any(|folder| rest.starts_with(folder))
    })
}

/// The buckets with reports that carry the deployment's tag: that of the stack, and those that earlier stacks have left. `None`
/// if the caller may not list buckets.
///
/// # Errors
///
/// If the buckets or their tags cannot be read.
pub(crate) async fn reports_buckets(
    aws: &Aws,
    names: &Names,
) -> Result<Option<Vec<String>>, AwsError> {
    left_buckets(aws, names, &names.reports_stack(), is_reports_bucket).await
}

#[cfg(test)]
mod tests {
    use super::{is_report_key, is_reports_bucket};

    #[test]
    fn keys_of_reports_are_below_the_folders_of_periods() {
        for key in [
            "reports/",
            "reports/weekly/2026-W48/fleet/kiro-2026-W48.html",
            "reports/monthly/2026-11/teams/payments/csv/activity/a-kpi-users.csv",
        ] {
            assert!(is_report_key(key), "{key}");
        }
        for key in ["", "weekly/2026-W48/", "reports/board.html", "report.html"] {
            assert!(!is_report_key(key), "{key}");
        }
        assert!(is_reports_bucket("kiro-analytics-reports-reportsbucket-1"));
        assert!(!is_reports_bucket("kiro-analytics-data-resultsbucket-1"));
    }
}
