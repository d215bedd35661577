//! The report file and the folder of CSV files.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Desktop, FORMULA_ID, HOSTILE_EMAIL};
use flate2::read::GzDecoder;
use kiro_dashboard::Span;
use kiro_web::{Access, Pseudonyms, ReportError, ReportOptions, write_csv_folder, write_html};
use serde_json::Value;

/// Every preset of dates, but no further filters: they cost time and prove nothing more.
fn small() -> ReportOptions {
    ReportOptions {
        most_bytes: 0,
        ..ReportOptions::default()
    }
}

fn data_of(html: &str) -> Value {
    let block = html
        .split("id=\"report-data\">")
        .nth(1)
        .unwrap()
        .split("</script>")
        .next()
        .unwrap();
    let mut text = String::new();
    GzDecoder::new(STANDARD.decode(block).unwrap().as_slice())
        .read_to_string(&mut text)
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_one_file_that_loads_nothing() {
    let desktop = Desktop::open(Access::default()).await;
    let path = desktop.folder().join("report.html");
    let summary = write_html(&path, &desktop.desk, &small()).await.unwrap();
    let html = std::fs::read_to_string(&path).unwrap();
    assert_eq!(summary.bytes, html.len() as u64);
    assert!(summary.figures > summary.visuals, "{summary:?}");
    for word in [
        "src=",
        "href=",
        "http://",
        "https://",
        "@import",
        HOSTILE_EMAIL,
    ] {
        let text = html
            .split("<script type=\"application/octet-stream\"")
            .next()
            .unwrap();
        assert!(!text.contains(word), "{word}");
    }
    assert!(html.contains("default-src 'none'") && !html.contains("unsafe-"));
    assert!(html.len() < 4 << 20, "{} bytes", html.len());

    let data = data_of(&html);
    let people = &data["figures"]["p-all-users"];
    let default = &data["pool"][usize::try_from(people[""].as_u64().unwrap()).unwrap()];
    assert!(
        default.to_string().contains("onerror"),
        "the name is there, as data"
    );
    let live = desktop
        .get("/api/visual/p-all-users?limit=1000")
        .await
        .json();
    assert_eq!(
        default, &live,
        "the report's numbers are the page's numbers"
    );
    let month = people
        .as_object()
        .unwrap()
        .iter()
        .find(|(key, _)| key.starts_with("from=2026-08-01"))
        .unwrap();
    assert!(month.1.is_u64());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_report_names_nobody() {
    let desktop = Desktop::open(Access::default()).await;
    let path = desktop.folder().join("report.html");
    let options = ReportOptions {
        pseudonyms: Some(Pseudonyms::with_salt("salt")),
        ..small()
    };
    write_html(&path, &desktop.desk, &options).await.unwrap();
    let text = data_of(&std::fs::read_to_string(&path).unwrap())["pool"].to_string();
    for name in [
        "u-alice",
        "u-bob",
        "alice@example.com",
        "onerror",
        "cmd|calc",
    ] {
        assert!(!text.contains(name), "{name}");
    }
    assert!(text.contains("User "));

    let folder = desktop.folder().join("csv");
    write_csv_folder(&folder, &desktop.desk, &options)
        .await
        .unwrap();
    for sheet in std::fs::read_dir(&folder).unwrap() {
        for file in std::fs::read_dir(sheet.unwrap().path()).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            assert!(
                !text.contains("alice") && !text.contains("u-bob") && !text.contains("cmd|calc"),
                "{text}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_covers_the_days_and_sheets_that_were_asked_for() {
    let desktop = Desktop::open(Access::default()).await;
    let path = desktop.folder().join("report.html");
    let days = Span {
        from: "2026-08-03".parse().unwrap(),
        to: "2026-08-09".parse().unwrap(),
    };
    let options = ReportOptions {
        days: Some(days),
        sheets: vec!["people".to_owned()],
        ..small()
    };
    let summary = write_html(&path, &desktop.desk, &options).await.unwrap();
    assert_eq!((summary.sheets, summary.days), (1, Some(days)));
    let data = data_of(&std::fs::read_to_string(&path).unwrap());
    assert_eq!(data["dashboards"]["en"]["days"]["from"], "2026-08-03");
    let default = data["figures"]["p-all-users"][""].as_u64().unwrap();
    let live = desktop
        .get("/api/visual/p-all-users?from=2026-08-03&to=2026-08-09&limit=1000")
        .await
        .json();
    assert_eq!(data["pool"][usize::try_from(default).unwrap()], live);

    let unknown = ReportOptions {
        sheets: vec!["peple".to_owned()],
        ..ReportOptions::default()
    };
    let error = write_html(&path, &desktop.desk, &unknown)
        .await
        .unwrap_err();
    assert!(matches!(error, ReportError::UnknownSheet { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_offers_the_filters_that_fit_into_it() {
    let desktop = Desktop::open(Access::default()).await;
    let path = desktop.folder().join("report.html");
    let before = desktop.wait_for_status(|_| true).await["data_version"].clone();
    std::fs::write(
        desktop
            .source()
            .join("KIRO_CLI_123456789012_user_report_202609010000.csv"),
        common::export("2026-08-31", &[("u-cli", "", "1")]).replace("KIRO_IDE", "KIRO_CLI"),
    )
    .unwrap();
    desktop
        .wait_for_status(|status| {
            status["exports"]["done"] == 32 && status["data_version"] != before
        })
        .await;
    let options = ReportOptions {
        sheets: vec!["activity".to_owned()],
        ..ReportOptions::default()
    };
    write_html(&path, &desktop.desk, &options).await.unwrap();
    let data = data_of(&std::fs::read_to_string(&path).unwrap());
    let clients: Vec<&str> = data["offered"]["client"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["value"].as_str().unwrap())
        .collect();
    assert!(
        clients.contains(&"KIRO_IDE") && clients.contains(&"KIRO_CLI"),
        "{clients:?}"
    );
    assert!(data["figures"]["a-credits"]["client=KIRO_CLI"].is_u64());
    assert_eq!(
        data["offered"]["tier"].as_array().unwrap().len(),
        0,
        "one plan is no choice"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_csv_has_a_file_per_visual() {
    let desktop = Desktop::open(Access::default()).await;
    let folder = desktop.folder().join("csv");
    let summary = write_csv_folder(&folder, &desktop.desk, &ReportOptions::default())
        .await
        .unwrap();
    assert!(summary.figures > 40, "{summary:?}");
    let text = std::fs::read_to_string(folder.join("people/p-all-users.csv")).unwrap();
    assert!(
        text.contains("alice@example.com") && text.contains(&format!("'{FORMULA_ID}")),
        "{text}"
    );
}
