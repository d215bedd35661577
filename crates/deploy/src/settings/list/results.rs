//! Where the results are, and how they are queried.

use crate::settings::check;
use crate::settings::setting::{Persistence, Setting};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        persistence: Persistence::Parameter("ExistingResultsBucket"),
        check: check::bucket,
        ..Setting::text(
            "existing_results_bucket",
            &["KIRO_ANALYTICS_EXISTING_RESULTS_BUCKET"],
            "results bucket of an earlier deployment, to continue with",
        )
    },
    Setting {
        persistence: Persistence::Parameter("ResultsKmsKeyArn"),
        check: check::kms_key,
        ..Setting::text(
            "results_kms_key",
            &["KIRO_ANALYTICS_RESULTS_KMS_KEY"],
            "KMS key for the results; else S3's own",
        )
    },
    Setting {
        persistence: Persistence::Parameter("AccessLogBucket"),
        check: check::bucket,
        ..Setting::text(
            "access_log_bucket",
            &["KIRO_ANALYTICS_ACCESS_LOG_BUCKET"],
            "bucket for the results bucket's access logs",
        )
    },
    Setting::number(
        "old_version_days",
        &["KIRO_ANALYTICS_OLD_VERSION_DAYS"],
        "OldVersionDays",
        ("30", 1, 3650),
        "days that replaced results can be restored",
    ),
    // Athena.
    Setting {
        persistence: Persistence::Parameter("DatabaseName"),
        check: check::identifier,
        ..Setting::text(
            "database",
            &["KIRO_ANALYTICS_DATABASE", "DATABASE_NAME"],
            "Glue database; else the prefix with `_`",
        )
    },
    Setting {
        persistence: Persistence::Parameter("WorkgroupName"),
        check: check::workgroup,
        ..Setting::text(
            "workgroup",
            &["KIRO_ANALYTICS_WORKGROUP", "WORKGROUP_NAME"],
            "Athena workgroup; else the prefix with `_`",
        )
    },
    Setting::number(
        "scan_limit_bytes",
        &["KIRO_ANALYTICS_SCAN_LIMIT_BYTES"],
        "ScanLimitBytes",
        ("10000000000", 10_000_000, u64::MAX),
        "maximum number of bytes that one query may scan",
    ),
    Setting::number(
        "query_result_days",
        &["KIRO_ANALYTICS_QUERY_RESULT_DAYS"],
        "QueryResultDays",
        ("7", 1, 365),
        "days to keep query results, which hold names",
    ),
];
