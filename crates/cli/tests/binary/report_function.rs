//! The function `send-reports` writes what the command writes: the same names, the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use kiro_catalog::Settings;
use kiro_delivery::{FolderDestination, ReportFormat, SCHEDULED_REPORTS_FILE, ScheduledReports};
use kiro_ingest::LocalFolder;
use kiro_reports_lambda::{DataCopy, ReportResponse, ReportSender};
use serde_json::json;
use tokio::sync::Mutex;

use crate::report_delivery::{data, files};
use crate::support::{kiro_analytics, text};

const SALT: &str = "0123456789abcdef0123456789abcdef";

/// The Monday after the week of the data.
fn monday() -> DateTime<Utc> {
    "2026-10-05T06:00:00Z".parse().unwrap()
}

/// The function over a local data folder instead of buckets.
fn sender(folder: &Path, data: &Path, is_anonymous: bool) -> ReportSender {
    let settings = ScheduledReports {
        formats: vec![ReportFormat::Html, ReportFormat::Csv],
        each_team: true,
        language: "en".to_owned(),
        is_anonymous,
        hash_emails: false,
        salt: is_anonymous.then(|| SALT.to_owned()),
        dashboard: None,
        views: Settings::default(),
    };
    let beside = folder.join("settings");
    fs::create_dir_all(&beside).unwrap();
    fs::write(beside.join(SCHEDULED_REPORTS_FILE), settings.to_json()).unwrap();
    ReportSender {
        parts: Arc::new(LocalFolder::open(data).unwrap()),
        names: Some(Arc::new(LocalFolder::open(data.join("identity")).unwrap())),
        settings: Arc::new(FolderDestination::new(beside)),
        reports: Arc::new(FolderDestination::new(folder.join("function"))),
        copy: Mutex::new(DataCopy::new(folder.join("copy"))),
        clock: monday,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn handle(sender: &ReportSender) -> ReportResponse {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let event = json!({"period": "last-week"});
    runtime.block_on(sender.handle(&event)).unwrap()
}

/// The files by their path below a folder.
fn below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let all = files(folder).into_iter();
    all.map(|(path, content)| (path.strip_prefix(folder).unwrap().to_owned(), content))
        .collect()
}

#[test]
fn the_function_writes_what_the_command_writes_and_then_nothing() {
    let (folder, data) = data();
    for (name, flags) in [
        ("plain", &[] as &[&str]),
        ("anonymous", &["--anonymize", "--hash-salt", SALT]),
    ] {
        let scratch = folder.path().join(name);
        let place = scratch.join("command");
        let output = kiro_analytics()
            .args(["report", "--period", "2026-W40", "--format", "html,csv"])
            .args(["--each-team", "--data"])
            .arg(&data)
            .arg("--to")
            .arg(&place)
            .args(flags)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let expected = below(&place);
        let sender = sender(&scratch, &data, !flags.is_empty());
        let response = handle(&sender);
        let found = below(&scratch.join("function"));
        let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&found), names(&expected));
        for (path, content) in &expected {
            assert!(found[path] == *content, "{name}: {}", path.display());
        }
        // The fleet and two teams; nobody of the third one is active.
        assert_eq!(
            (
                response.period.as_str(),
                response.reports,
                response.teams_without_activity
            ),
            ("2026-W40", 3, 1)
        );
        assert_eq!(response.files_written, expected.len());
        let again = handle(&sender);
        assert_eq!(
            (again.files_written, again.files_unchanged),
            (0, expected.len())
        );
    }
}
