//! All settings of a deployment.

use super::check;
use super::setting::{Kind, Memory, Setting};

const fn text(
    key: &'static str,
    environment: &'static [&'static str],
    meaning: &'static str,
) -> Setting {
    Setting {
        key,
        is_shared: false,
        environment,
        kind: Kind::Text,
        default: None,
        memory: Memory::Remembered,
        meaning,
        check: check::anything,
    }
}

const fn number(
    key: &'static str,
    environment: &'static [&'static str],
    parameter: &'static str,
    (default, least, most): (&'static str, u64, u64),
    meaning: &'static str,
) -> Setting {
    Setting {
        kind: Kind::Number { least, most },
        default: Some(default),
        memory: Memory::Parameter(parameter),
        ..text(key, environment, meaning)
    }
}

/// The languages of the dashboard, by their codes.
const LANGUAGES: &[&str] = &["en", "zh", "ko"];

/// Every setting, in the order people read them.
pub const ALL: &[Setting] = &[
    Setting {
        default: Some("kiro-analytics"),
        memory: Memory::Nothing,
        check: check::prefix,
        ..text(
            "prefix",
            &["KIRO_ANALYTICS_PREFIX", "STACK_PREFIX"],
            "what all names begin with; another prefix is another deployment",
        )
    },
    Setting {
        memory: Memory::Nothing,
        check: check::region,
        ..text(
            "region",
            &["KIRO_ANALYTICS_REGION"],
            "the Region to deploy to; else AWS_REGION or the profile's",
        )
    },
    Setting {
        memory: Memory::Nothing,
        ..text(
            "profile",
            &["KIRO_ANALYTICS_PROFILE"],
            "the profile to sign in with; else AWS_PROFILE",
        )
    },
    Setting {
        kind: Kind::Table,
        check: check::tags,
        ..text(
            "tags",
            &["KIRO_ANALYTICS_TAGS"],
            "tags of your own on everything that is made",
        )
    },
    // Exports.
    Setting {
        kind: Kind::List,
        check: check::exports,
        ..text(
            "exports",
            &["KIRO_ANALYTICS_EXPORTS"],
            "the buckets, and prefixes in them, that Kiro writes its reports to: s3://bucket/prefix",
        )
    },
    Setting {
        kind: Kind::List,
        check: check::accounts,
        ..text(
            "accounts",
            &["KIRO_ANALYTICS_ACCOUNTS"],
            "accounts whose exports lie there; else the account deployed to",
        )
    },
    Setting {
        kind: Kind::List,
        memory: Memory::Parameter("SourceKmsKeyArns"),
        check: check::kms_keys,
        ..text(
            "exports_kms_keys",
            &["KIRO_ANALYTICS_EXPORTS_KMS_KEYS", "KMS_KEY_ARN"],
            "KMS keys that the exports are encrypted with",
        )
    },
    Setting {
        kind: Kind::Flag,
        default: Some("false"),
        memory: Memory::Parameter("ReadOnArrival"),
        ..text(
            "read_on_arrival",
            &["KIRO_ANALYTICS_READ_ON_ARRIVAL"],
            "read each export when it arrives, too",
        )
    },
    // Results.
    Setting {
        memory: Memory::Parameter("ExistingResultsBucket"),
        check: check::bucket,
        ..text(
            "existing_results_bucket",
            &["KIRO_ANALYTICS_EXISTING_RESULTS_BUCKET"],
            "a results bucket of an earlier deployment, to go on with",
        )
    },
    Setting {
        memory: Memory::Parameter("ResultsKmsKeyArn"),
        check: check::kms_key,
        ..text(
            "results_kms_key",
            &["KIRO_ANALYTICS_RESULTS_KMS_KEY"],
            "KMS key for the results; else S3's own",
        )
    },
    Setting {
        memory: Memory::Parameter("AccessLogBucket"),
        check: check::bucket,
        ..text(
            "access_log_bucket",
            &["KIRO_ANALYTICS_ACCESS_LOG_BUCKET"],
            "bucket for the results bucket's access logs",
        )
    },
    number(
        "old_version_days",
        &["KIRO_ANALYTICS_OLD_VERSION_DAYS"],
        "OldVersionDays",
        ("30", 1, 3650),
        "days that replaced results can be restored",
    ),
    // Athena.
    Setting {
        memory: Memory::Parameter("DatabaseName"),
        check: check::identifier,
        ..text(
            "database",
            &["KIRO_ANALYTICS_DATABASE", "DATABASE_NAME"],
            "Glue database; else the prefix with `_`",
        )
    },
    Setting {
        memory: Memory::Parameter("WorkgroupName"),
        check: check::workgroup,
        ..text(
            "workgroup",
            &["KIRO_ANALYTICS_WORKGROUP", "WORKGROUP_NAME"],
            "Athena workgroup; else the prefix with `_`",
        )
    },
    number(
        "scan_limit_bytes",
        &["KIRO_ANALYTICS_SCAN_LIMIT_BYTES"],
        "ScanLimitBytes",
        ("10000000000", 10_000_000, u64::MAX),
        "most bytes that one query may scan",
    ),
    number(
        "query_result_days",
        &["KIRO_ANALYTICS_QUERY_RESULT_DAYS"],
        "QueryResultDays",
        ("7", 1, 365),
        "days to keep query results, which hold names",
    ),
    // The normalizer.
    Setting {
        memory: Memory::Nothing,
        ..text(
            "functions",
            &["KIRO_ANALYTICS_FUNCTIONS"],
            "folder with the function's zips; else beside this program, or target/functions",
        )
    },
    Setting {
        check: check::bucket,
        ..text(
            "code_bucket",
            &["KIRO_ANALYTICS_CODE_BUCKET"],
            "bucket for the function's zips; else one is made",
        )
    },
    Setting {
        kind: Kind::Choice(&["arm64", "x86_64"]),
        default: Some("arm64"),
        memory: Memory::Parameter("Architecture"),
        ..text(
            "architecture",
            &["KIRO_ANALYTICS_ARCHITECTURE"],
            "processor of the function; arm64 costs a fifth less",
        )
    },
    number(
        "memory_megabytes",
        &["KIRO_ANALYTICS_MEMORY_MEGABYTES"],
        "MemoryMegabytes",
        ("256", 256, 512),
        "memory of the function",
    ),
    Setting {
        check: check::log_retention,
        ..number(
            "log_retention_days",
            &["KIRO_ANALYTICS_LOG_RETENTION_DAYS", "LOG_RETENTION_DAYS"],
            "LogRetentionDays",
            ("90", 1, 3653),
            "days to keep logs",
        )
    },
    // When it runs.
    Setting {
        default: Some("cron(15 3 * * ? *)"),
        memory: Memory::Parameter("ScheduleExpression"),
        check: check::schedule,
        ..text(
            "schedule",
            &["KIRO_ANALYTICS_SCHEDULE"],
            "when new exports are read; Kiro writes them at about 02:00 UTC",
        )
    },
    Setting {
        default: Some("UTC"),
        memory: Memory::Parameter("ScheduleTimeZone"),
        check: check::time_zone,
        ..text(
            "time_zone",
            &["KIRO_ANALYTICS_TIME_ZONE"],
            "time zone of both schedules",
        )
    },
    Setting {
        kind: Kind::Flag,
        default: Some("true"),
        memory: Memory::Parameter("ScheduleState"),
        ..text(
            "scheduled",
            &["KIRO_ANALYTICS_SCHEDULED"],
            "false stops the nightly run",
        )
    },
    // Alarms.
    Setting {
        memory: Memory::Parameter("AlarmEmail"),
        check: check::email,
        ..text(
            "alarm_email",
            &["KIRO_ANALYTICS_ALARM_EMAIL", "ALARM_EMAIL"],
            "who gets the alarms",
        )
    },
    number(
        "missed_after_hours",
        &["KIRO_ANALYTICS_MISSED_AFTER_HOURS"],
        "MissedAfterHours",
        ("26", 2, 168),
        "hours without a run before the alarm",
    ),
    number(
        "stale_after_days",
        &["KIRO_ANALYTICS_STALE_AFTER_DAYS"],
        "StaleAfterDays",
        ("4", 1, 3650),
        "days without new activity before the alarm",
    ),
    number(
        "rejected_rows_allowed",
        &["KIRO_ANALYTICS_REJECTED_ROWS_ALLOWED"],
        "RejectedRowsAllowed",
        ("0", 0, u64::MAX),
        "rejected rows before the alarm",
    ),
    Setting {
        memory: Memory::Parameter("PermissionsBoundaryArn"),
        check: check::policy,
        ..text(
            "permissions_boundary",
            &["KIRO_ANALYTICS_PERMISSIONS_BOUNDARY"],
            "policy that bounds the roles that are made",
        )
    },
    Setting {
        kind: Kind::Choice(&["auto", "on", "off"]),
        default: Some("auto"),
        ..text(
            "lake_formation",
            &["KIRO_ANALYTICS_LAKE_FORMATION"],
            "grant access in Lake Formation: where it is in force, always, never",
        )
    },
    Setting {
        kind: Kind::List,
        check: check::iam_principals,
        ..text(
            "query_principals",
            &["KIRO_ANALYTICS_QUERY_PRINCIPALS"],
            "IAM roles and users that Lake Formation shall let query, besides you and Quick Sight",
        )
    },
    // Amazon Quick Sight.
    Setting {
        kind: Kind::Flag,
        default: Some("true"),
        ..text(
            "quicksight",
            &["KIRO_ANALYTICS_QUICKSIGHT"],
            "false stops at the tables and views: no dashboard",
        )
    },
    Setting {
        kind: Kind::List,
        check: check::quicksight_principals,
        ..text(
            "owners",
            &["KIRO_ANALYTICS_OWNERS", "QS_PRINCIPAL_ARN"],
            "Quick Sight users and groups that may change the dashboard",
        )
    },
    Setting {
        kind: Kind::List,
        check: check::quicksight_principals,
        ..text(
            "readers",
            &["KIRO_ANALYTICS_READERS"],
            "Quick Sight users and groups that may look at the dashboard",
        )
    },
    Setting {
        default: Some("aws-quicksight-service-role-v0"),
        check: check::role_name,
        ..text(
            "quicksight_role",
            &["KIRO_ANALYTICS_QUICKSIGHT_ROLE", "QS_IAM_ROLE_NAME"],
            "role that Quick Sight reads with",
        )
    },
    Setting {
        check: check::policy_name,
        ..text(
            "quicksight_policy",
            &["KIRO_ANALYTICS_QUICKSIGHT_POLICY", "QS_S3_POLICY_NAME"],
            "name of the inline policy written into that role; else it begins with the prefix",
        )
    },
    Setting {
        check: check::region,
        ..text(
            "quicksight_identity_region",
            &["KIRO_ANALYTICS_QUICKSIGHT_IDENTITY_REGION"],
            "Region where Quick Sight keeps its users; else that of `owners`",
        )
    },
    Setting {
        kind: Kind::Choice(&["light", "dark"]),
        default: Some("light"),
        ..text(
            "theme",
            &["KIRO_ANALYTICS_THEME", "THEME_MODE"],
            "colours of the dashboard",
        )
    },
    Setting {
        kind: Kind::Choice(LANGUAGES),
        default: Some("en"),
        ..text(
            "language",
            &["KIRO_ANALYTICS_LANGUAGE"],
            "language of the dashboard",
        )
    },
    Setting {
        ..text(
            "dashboard_name",
            &["KIRO_ANALYTICS_DASHBOARD_NAME", "DASHBOARD_NAME"],
            "its name in the console; else that of the spec",
        )
    },
    Setting {
        default: Some("builtin"),
        ..text(
            "dashboard",
            &["KIRO_ANALYTICS_DASHBOARD"],
            "YAML file that describes the dashboard, or builtin",
        )
    },
    Setting {
        default: Some("04:00"),
        check: check::time_of_day,
        ..text(
            "refresh_at",
            &["KIRO_ANALYTICS_REFRESH_AT"],
            "when the dashboard's data are refreshed, every day",
        )
    },
    // People.
    Setting {
        check: check::identity_store,
        ..text(
            "identity_store",
            &["KIRO_ANALYTICS_IDENTITY_STORE", "IDENTITY_STORE_ID"],
            "Identity Store with the names of people",
        )
    },
    Setting {
        check: check::region,
        ..text(
            "identity_region",
            &["KIRO_ANALYTICS_IDENTITY_REGION", "IDC_REGION"],
            "its Region, if it is another one",
        )
    },
    Setting {
        check: check::role_arn,
        ..text(
            "identity_role",
            &["KIRO_ANALYTICS_IDENTITY_ROLE", "IDC_ROLE_ARN"],
            "role to read it with, if it is in another account",
        )
    },
    Setting {
        is_shared: true,
        kind: Kind::Flag,
        default: Some("false"),
        ..text(
            "hash_emails",
            &["KIRO_ANALYTICS_HASH_EMAILS", "HASH_EMAILS"],
            "views show the SHA-256 of an e-mail address instead of it",
        )
    },
    Setting {
        is_shared: true,
        memory: Memory::Fingerprint,
        ..text(
            "hash_salt",
            &["KIRO_ANALYTICS_HASH_SALT"],
            "text mixed into that hash",
        )
    },
];

/// The setting of that key.
pub fn setting(key: &str) -> Option<&'static Setting> {
    ALL.iter().find(|setting| setting.key == key)
}
