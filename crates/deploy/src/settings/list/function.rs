//! The function that normalizes: its code, its schedule and its alarms.

use crate::settings::check;
use crate::settings::setting::{Persistence, Setting, ValueKind};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        persistence: Persistence::None,
        ..Setting::text(
            "functions",
            &["KIRO_ANALYTICS_FUNCTIONS"],
            "folder with the function's zips; else beside this program, or in functions/ beside it",
        )
    },
    Setting {
        check: check::bucket,
        ..Setting::text(
            "code_bucket",
            &["KIRO_ANALYTICS_CODE_BUCKET"],
            "bucket for the function's zips; else one is created",
        )
    },
    Setting {
        kind: ValueKind::Choice(&["arm64", "x86_64"]),
        default: Some("arm64"),
        persistence: Persistence::Parameter("Architecture"),
        ..Setting::text(
            "architecture",
            &["KIRO_ANALYTICS_ARCHITECTURE"],
            "processor of the function; arm64 costs a fifth less",
        )
    },
    Setting::number(
        "memory_megabytes",
        &["KIRO_ANALYTICS_MEMORY_MEGABYTES"],
        "MemoryMegabytes",
        ("256", 256, 512),
        "memory of the function",
    ),
    Setting {
        check: check::log_retention,
        ..Setting::number(
            "log_retention_days",
            &["KIRO_ANALYTICS_LOG_RETENTION_DAYS", "LOG_RETENTION_DAYS"],
            "LogRetentionDays",
            ("90", 1, 3653),
            "days to keep logs",
        )
    },
    // Schedule.
    Setting {
        default: Some("cron(15 3 * * ? *)"),
        persistence: Persistence::Parameter("ScheduleExpression"),
        check: check::schedule,
        ..Setting::text(
            "schedule",
            &["KIRO_ANALYTICS_SCHEDULE"],
            "when new exports are read; Kiro writes them at about 02:00 UTC",
        )
    },
    Setting {
        default: Some("UTC"),
        persistence: Persistence::Parameter("ScheduleTimeZone"),
        check: check::time_zone,
        ..Setting::text(
            "time_zone",
            &["KIRO_ANALYTICS_TIME_ZONE"],
            "time zone of both schedules",
        )
    },
    Setting {
        kind: ValueKind::Flag,
        default: Some("true"),
        persistence: Persistence::Parameter("ScheduleState"),
        ..Setting::text(
            "scheduled",
            &["KIRO_ANALYTICS_SCHEDULED"],
            "false stops the nightly run",
        )
    },
    // Alarms.
    Setting {
        persistence: Persistence::Parameter("AlarmEmail"),
        check: check::email,
        ..Setting::text(
            "alarm_email",
            &["KIRO_ANALYTICS_ALARM_EMAIL", "ALARM_EMAIL"],
            "address that receives the alarms",
        )
    },
    Setting::number(
        "missed_after_hours",
        &["KIRO_ANALYTICS_MISSED_AFTER_HOURS"],
        "MissedAfterHours",
        ("26", 2, 168),
        "hours without a run before the alarm",
    ),
    Setting::number(
        "stale_after_days",
        &["KIRO_ANALYTICS_STALE_AFTER_DAYS"],
        "StaleAfterDays",
        ("4", 1, 3650),
        "days without new activity before the alarm",
    ),
    Setting::number(
        "rejected_rows_allowed",
        &["KIRO_ANALYTICS_REJECTED_ROWS_ALLOWED"],
        "RejectedRowsAllowed",
        ("0", 0, u64::MAX),
        "rejected rows before the alarm",
    ),
];
