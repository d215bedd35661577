//! What the process-level tests share: the binary, fleets, and answers as JSON.

use std::path::Path;
use std::process::{Command, Output};

use chrono::NaiveDate;
use kiro_datagen::{FleetOptions, FleetSummary, write_fleet};
use serde_json::Value;

/// The program under test, without the environment of whoever runs the tests.
pub(crate) fn kiro_analytics() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiro-analytics"));
    for name in [
        "ALERT_WEBHOOK_FORMAT",
        "ALERT_WEBHOOK_URL",
        "CONFIG",
        "DATA",
        "HASH_EMAILS",
        "HASH_SALT",
        "MAIL_FROM",
        "MAIL_TEAMS",
        "MAIL_TO",
        "MAIL_TRANSPORT",
        "SENDMAIL",
        "TOKEN",
    ] {
        command.env_remove(format!("KIRO_ANALYTICS_{name}"));
    }
    command.env("NO_COLOR", "1");
    command
}

/// A fleet without oddities: every export of it is readable.
pub(crate) fn clean_fleet(root: &Path, users: u32, days: u32) -> FleetSummary {
    let options = FleetOptions {
        anomalies: false,
        ..FleetOptions::new(users, days, 7, last_day())
    };
    write_fleet(&options, root, &|_| {}).unwrap()
}

pub(crate) fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 30).unwrap()
}

pub(crate) fn normalize(source: &Path, dest: &Path) -> Output {
    kiro_analytics()
        .arg("normalize")
        .arg(source)
        .arg(dest)
        .output()
        .unwrap()
}

/// The rows of a query.
pub(crate) fn query(data: &Path, sql: &str) -> Vec<Value> {
    let output = kiro_analytics()
        .args(["query", "--format", "json", "--data"])
        .arg(data)
        .arg(sql)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Everything that would differ if a row were lost or counted twice, raw tables included.
pub(crate) fn fingerprint(data: &Path) -> Vec<Value> {
    query(
        data,
        "SELECT 'facts' AS what, COUNT(*) AS row_count, SUM(total_messages) AS total, COUNT(DISTINCT part_id) AS parts
         FROM report_facts_raw
         UNION ALL SELECT 'models', COUNT(*), SUM(messages), COUNT(DISTINCT part_id) FROM report_models_raw
         UNION ALL SELECT 'code', COUNT(*), SUM(inline_suggestionscount), COUNT(DISTINCT part_id) FROM report_code_raw
         UNION ALL SELECT 'view', COUNT(*), SUM(total_messages), COUNT(DISTINCT user_id) FROM base_user_activity
         ORDER BY what",
    )
}
