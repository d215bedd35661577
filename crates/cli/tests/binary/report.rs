//! The report as a file: complete in itself, and without names when that is asked for.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Output;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::support::{clean_fleet, kiro_analytics, normalize, text};

/// Six people, one week.
fn data(folder: &Path) -> PathBuf {
    let (exports, data) = (folder.join("exports"), folder.join("data"));
    clean_fleet(&exports, 6, 7);
    assert_eq!(normalize(&exports, &data).status.code(), Some(0));
    data
}

fn report(data: &Path, out: &Path, flags: &[&str]) -> Output {
    let mut command = kiro_analytics();
    command.arg("report").arg("--data").arg(data);
    command.arg("--out").arg(out).args(flags).output().unwrap()
}

/// The packed blocks of the page, unpacked: its scripts and its figures.
fn unpacked(html: &str, id: &str) -> String {
    let block = html.split(&format!("id=\"{id}\">")).nth(1).unwrap();
    let block = block.split("</script>").next().unwrap();
    let mut text = String::new();
    let bytes = STANDARD.decode(block).unwrap();
    GzDecoder::new(bytes.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn a_report_loads_nothing_and_an_anonymous_one_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let data = data(folder.path());
    let out = folder.path().join("report.html");
    let write = |flags: &[&str]| {
        let written = report(&data, &out, &[&["--sheet", "people"], flags].concat());
        assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
        let said = text(&written.stdout);
        assert!(
            said.starts_with("1 sheet, ") && said.contains(" in `") && said.lines().count() == 1,
            "{said}"
        );
        fs::read_to_string(&out).unwrap()
    };
    let open = write(&[]);
    let shell: String = open
        .split("<script type=\"application/octet-stream\"")
        .take(1)
        .collect();
    for word in ["http://", "https://", "src=", "href=", "@import", "url("] {
        assert!(!shell.contains(word), "{word}");
    }
    assert!(shell.contains("default-src 'none'"), "and may load nothing");
    assert!(unpacked(&open, "report-data").contains("@example.com"));

    let anonymous = write(&["--anonymize"]);
    let figures = unpacked(&anonymous, "report-data");
    assert!(!anonymous.contains("@example.com") && !figures.contains("@example.com"));
    assert!(figures.contains("User "));
}

#[test]
fn a_report_covers_the_days_that_were_asked_for_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = data(folder.path());
    let out = folder.path().join("figures");
    let flags = [
        "--format",
        "csv",
        "--sheet",
        "economics",
        "--from",
        "2026-09-25",
        "--anonymize",
        "--hash-salt",
        "pepper",
        "--output",
        "json",
    ];
    let written = report(&data, &out, &flags);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    let summary: Value = serde_json::from_slice(&written.stdout).unwrap();
    assert_eq!(summary["days"]["from"], "2026-09-25");
    assert_eq!(summary["days"]["to"], "2026-09-30");
    let files: Vec<_> = fs::read_dir(out.join("economics")).unwrap().collect();
    assert_eq!(summary["figures"], files.len());
    for file in files {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("@example.com"), "{text}");
    }
}

/// The window of the dashboard is a month: without days, a folder of CSV files still has all days of the data.
#[test]
fn figures_cover_the_days_that_the_command_names() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    clean_fleet(&exports, 6, 40);
    assert_eq!(normalize(&exports, &data).status.code(), Some(0));
    let figures = |name: &str, flags: &[&str]| {
        let out = folder.path().join(name);
        let written = report(&data, &out, &[&["--format", "csv"], flags].concat());
        assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
        let said = text(&written.stdout);
        let days = said.trim_end().rsplit("`: ").next().unwrap().to_owned();
        let figure = fs::read_to_string(out.join("activity/a-kpi-credits.csv")).unwrap();
        (days, figure)
    };
    let all = figures("all", &[]);
    let first = &all.0[..10];
    assert!(
        first < "2026-08-30" && all.0.ends_with(" to 2026-09-30"),
        "{}",
        all.0
    );
    assert_eq!(all, figures("named", &["--from", first]));
    let month = figures("month", &["--from", "2026-09-01"]);
    assert_eq!(month.0, "2026-09-01 to 2026-09-30");
    assert_ne!(all.1, month.1);
}
