//! The function `send-reports` writes what the command writes: the same names, the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use kiro_catalog::Settings;
use kiro_delivery::mail::{Mail, MailError, Mailer};
use kiro_delivery::{
    FolderDestination, ReportFormat, SCHEDULED_REPORTS_FILE, ScheduledMail, ScheduledReports,
};
use kiro_ingest::LocalFolder;
use kiro_reports_lambda::{DataCopy, ReportResponse, ReportSender};
use serde_json::json;
use tokio::sync::Mutex;

use crate::report_delivery::{dashboard, data, files};
use crate::support::{kiro_analytics, text};

const SALT: &str = "0123456789abcdef0123456789abcdef";

/// The Monday after the week of the data.
fn monday() -> DateTime<Utc> {
    "2026-10-05T06:00:00Z".parse().unwrap()
}

/// Takes mails.
#[derive(Default)]
struct Mailbox(std::sync::Mutex<Vec<Mail>>);

impl Mailer for Mailbox {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        self.0.lock().unwrap().push(mail.clone());
        Box::pin(async { Ok(()) })
    }
}

/// The function over a local data folder instead of buckets.
fn sender(folder: &Path, data: &Path, is_anonymous: bool, mailbox: Arc<Mailbox>) -> ReportSender {
    let settings = ScheduledReports {
        formats: vec![ReportFormat::Html, ReportFormat::Csv],
        each_team: !is_anonymous,
        language: "en".to_owned(),
        is_anonymous,
        hash_emails: false,
        salt: is_anonymous.then(|| SALT.to_owned()),
        dashboard: Some(dashboard()),
        mail: (!is_anonymous).then(|| ScheduledMail {
            from: "reports@example.com".to_owned(),
            to: vec!["cio@example.com".to_owned()],
            teams: BTreeMap::from([("payments".to_owned(), "lead@example.com".to_owned())]),
        }),
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
        mailer: mailbox,
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

/// The files by their path below a folder, without the receipts of mails.
fn below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let all = files(folder).into_iter();
    let reports = all.filter(|(path, _)| !path.parent().unwrap().ends_with("mail"));
    reports
        .map(|(path, content)| (path.strip_prefix(folder).unwrap().to_owned(), content))
        .collect()
}

/// What the command writes with some options, and the function with the same settings. Returns the files and the function.
fn written(
    folder: &Path,
    data: &Path,
    options: &[&str],
    is_anonymous: bool,
    mailbox: &Arc<Mailbox>,
) -> (BTreeMap<PathBuf, Vec<u8>>, ReportSender, ReportResponse) {
    let place = folder.join("command");
    fs::create_dir_all(folder).unwrap();
    let output = kiro_analytics()
        .args(["report", "--period", "2026-W40", "--format", "html,csv"])
        .arg("--data")
        .arg(data)
        .arg("--dashboard")
        .arg(data.with_file_name("dashboard.yaml"))
        .arg("--to")
        .arg(&place)
        .args(options)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let sender = sender(folder, data, is_anonymous, Arc::clone(mailbox));
    let response = handle(&sender);
    let (expected, found) = (below(&place), below(&folder.join("function")));
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected));
    for (path, content) in &expected {
        assert!(found[path] == *content, "{}", path.display());
    }
    (expected, sender, response)
}

#[test]
fn the_function_writes_what_the_command_writes_and_then_nothing() {
    let (folder, data) = data();
    let mailbox = Arc::new(Mailbox::default());
    let options = ["--each-team"];
    let (files, sender, response) = written(folder.path(), &data, &options, false, &mailbox);
    // The fleet and two teams; nobody of the third one is active.
    assert_eq!(response.period, "2026-W40");
    assert_eq!((response.reports, response.teams_without_activity), (3, 1));
    assert_eq!(response.files_written, files.len());
    let table = "weekly/2026-W40/fleet/csv/activity/e-overage-users.csv";
    let table = files.iter().find(|(path, _)| path.ends_with(table));
    let table = text(table.unwrap().1);
    assert!(table.contains("2.5") && table.contains("Bob"), "{table}");
    let again = handle(&sender);
    assert_eq!(
        (again.files_written, again.files_unchanged),
        (0, files.len())
    );
    assert_eq!(
        (response.mailed, again.mailed, again.mailed_before),
        (3, 0, 3)
    );
    let mails = mailbox.0.lock().unwrap();
    let sent: Vec<(String, &str)> = mails
        .iter()
        .map(|mail| (mail.subject.to_lowercase(), mail.to.addresses()[0].as_str()))
        .collect();
    assert_eq!(
        sent[0],
        ("kiro weekly report 2026-w40".to_owned(), "cio@example.com")
    );
    let payments = (
        "kiro weekly report 2026-w40: payments".to_owned(),
        "lead@example.com",
    );
    assert!(sent.contains(&payments), "{sent:?}");
    let html = Path::new("weekly/2026-W40/fleet/kiro-2026-W40.html");
    let attached = mails[0].attachment.as_ref().unwrap();
    assert!(attached.content == files[html]);
}

#[test]
fn anonymous_reports_of_the_function_have_the_pseudonyms_of_the_command() {
    let (folder, data) = data();
    let options = ["--anonymize", "--hash-salt", SALT];
    let (files, _, response) = written(folder.path(), &data, &options, true, &Arc::default());
    assert_eq!((response.reports, response.files_written), (1, files.len()));
    for (path, content) in &files {
        assert!(
            path.to_string_lossy().contains("/anonymous/"),
            "{}",
            path.display()
        );
        // Text of the compressed figures may look like anything.
        let shown = match path.extension() {
            Some(kind) if kind == "csv" => text(content),
            _ => continue,
        };
        assert!(
            !shown.contains("Bob") && !shown.contains("u-bob"),
            "{}",
            path.display()
        );
    }
}
