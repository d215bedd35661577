//! The report file and the folder of CSV files.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use kiro_dashboard_sql::Span;
use kiro_people::{MapRow, PersonSource, PersonStatus};
use kiro_web::{Access, Pseudonyms, ReportError, ReportOptions, write_csv_folder, write_html};
use serde_json::Value;

use crate::test_server::{FORMULA_ID, HOSTILE_EMAIL, TestServer, export};

/// Embeds the date presets only, because filters take time and are not tested here.
fn small() -> ReportOptions {
    ReportOptions {
        max_figure_bytes: 0,
        ..ReportOptions::default()
    }
}

pub(crate) fn data_of(html: &str) -> Value {
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

/// Writes a folder of CSV files, and returns their texts.
async fn csv_texts(server: &TestServer, options: &ReportOptions) -> Vec<String> {
    let folder = server.folder().join("csv");
    write_csv_folder(&folder, &server.service, options)
        .await
        .unwrap();
    let mut texts = Vec::new();
    for sheet in std::fs::read_dir(&folder).unwrap() {
        for file in std::fs::read_dir(sheet.unwrap().path()).unwrap() {
            texts.push(std::fs::read_to_string(file.unwrap().path()).unwrap());
        }
    }
    texts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_one_file_that_loads_nothing() {
    let server = TestServer::open(Access::default()).await;
    let path = server.folder().join("report.html");
    let summary = write_html(&path, &server.service, &small()).await.unwrap();
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
        "the data contains the name"
    );
    let live = server
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
async fn an_anonymous_report_names_no_user() {
    let server = TestServer::open(Access::default()).await;
    let path = server.folder().join("report.html");
    let options = ReportOptions {
        pseudonyms: Some(Pseudonyms::with_salt("salt")),
        ..ReportOptions::default()
    };
    write_html(&path, &server.service, &options).await.unwrap();
    let data = data_of(&std::fs::read_to_string(&path).unwrap());
    let text = data.to_string();
    let people = offered(&data, "user");
    assert_eq!(people.len(), 3);
    for person in &people {
        let key = format!("user={}", person.replace(' ', "%20"));
        assert!(data["figures"]["u-days-table"][&key].is_u64(), "{key}");
    }
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

    for text in csv_texts(&server, &options).await {
        assert!(
            !text.contains("alice") && !text.contains("u-bob") && !text.contains("cmd|calc"),
            "{text}"
        );
    }
}

/// A user of the data and a person who is not in it, with everything that an identity map can say.
fn people_with_names() -> Vec<MapRow> {
    let text = |text: &str| Some(text.to_owned());
    let seen = MapRow {
        user_id: "u-alice".to_owned(),
        username: text("zquimby"),
        display_name: text("Zebulon Quimby"),
        email: text("zebulon@corp.example"),
        team: text("Falconry"),
        cost_center: text("Aviary-7"),
        manager: text("Philippa Oak"),
        status: PersonStatus::Active,
        source: PersonSource::RosterAndDirectory,
        is_seat: true,
        attributes: BTreeMap::new(),
    };
    let never_used = MapRow {
        user_id: "roster:yorick@corp.example".to_owned(),
        username: None,
        display_name: None,
        email: text("yorick@corp.example"),
        team: text("Ottokar's"),
        source: PersonSource::Roster,
        ..seen.clone()
    };
    vec![seen, never_used]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_report_names_no_person_and_no_team_of_the_identity_map() {
    let server = TestServer::with_people(&people_with_names()).await;
    let path = server.folder().join("report.html");
    let mut options = ReportOptions::default();
    let names = [
        "zquimby",
        "zebulon",
        "falconry",
        "aviary",
        "philippa",
        "yorick",
        "ottokar",
        "corp.example",
    ];
    write_html(&path, &server.service, &options).await.unwrap();
    let open = data_of(&std::fs::read_to_string(&path).unwrap()).to_string();
    for name in names {
        assert!(open.to_lowercase().contains(name), "{name} would be there");
    }

    options.pseudonyms = Some(Pseudonyms::with_salt("salt"));
    write_html(&path, &server.service, &options).await.unwrap();
    let mut text = data_of(&std::fs::read_to_string(&path).unwrap()).to_string();
    text.extend(csv_texts(&server, &options).await);
    let lower = text.to_lowercase();
    for name in names {
        let found = lower.find(name).map(|at| &lower[at.saturating_sub(60)..at]);
        assert_eq!(found, None, "{name}");
    }
    for replaced in ["Team ", "Cost centre ", "User "] {
        assert!(text.contains(&format!("\"{replaced}")), "{replaced}");
    }
}

/// Exports with names of people everywhere that a broken or hand-written file may have them.
fn exports_that_name_people() -> Vec<(&'static str, String)> {
    let broken = "Date,UserId\n2026-08-01,\"never closed\n".to_owned();
    let day = |user| export("2026-08-31", &[(user, "", "abc")]);
    vec![
        (
            "Zebulon Quimby/zebulon.quimby@corp.example.csv",
            "Date,UserId,Credits_Used,philippa@corp.example\nyesterday,u-1,1,x\n2026-08-30,u-1,abc,y\n"
                .to_owned(),
        ),
        ("Quimby/Yorick_123456789012_user_report_202608310300.csv", broken.clone()),
        ("KIRO_IDE_123456789012_user_report_202608310500 zebulon.csv", broken),
        (
            "xanthe/AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/08/31/00/\
             KIRO_IDE_123456789012_user_report_202608310000.csv",
            day("~zsofia"),
        ),
        (
            "AWSLogs/Quimby/KiroLogs/user_report/Yorick/2026/08/31/00/KIRO_IDE_123456789012_user_report_202608310000.csv",
            day("u-2"),
        ),
        (
            "KIRO_IDE_123456789012_user_report_202608310600.csv",
            day("u-wilhelmina")
                .replace("KIRO_IDE", "Thelonius")
                .replace(",PRO,", ",Wilhelmina Oak,")
                .replace("auto_messages", "ottokar_messages"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_report_names_no_user_in_unexpected_places() {
    let server = TestServer::with_exports(Access::default(), &exports_that_name_people()).await;
    let path = server.folder().join("report.html");
    let mut options = ReportOptions::default();
    let names = [
        "zebulon",
        "quimby",
        "philippa",
        "yorick",
        "xanthe",
        "zsofia",
        "wilhelmina",
        "thelonius",
        "ottokar",
        "corp.example",
    ];
    write_html(&path, &server.service, &options).await.unwrap();
    let open = data_of(&std::fs::read_to_string(&path).unwrap()).to_string();
    // An address in a header is no name of a column.
    for name in names.into_iter().filter(|name| *name != "philippa") {
        assert!(open.to_lowercase().contains(name), "{name} would be there");
    }

    options.pseudonyms = Some(Pseudonyms::with_salt("salt"));
    write_html(&path, &server.service, &options).await.unwrap();
    let data = data_of(&std::fs::read_to_string(&path).unwrap());
    let mut text = data.to_string();
    for picker in ["tier", "client", "account", "region"] {
        assert!(offered(&data, picker).len() > 1, "{picker}");
        for choice in offered(&data, picker) {
            let key = format!("{picker}={}", choice.replace(' ', "%20"));
            assert!(data["figures"]["a-credits"][&key].is_u64(), "{key}");
        }
    }

    text.extend(csv_texts(&server, &options).await);
    for name in names {
        let lower = text.to_lowercase();
        let found = lower.find(name).map(|at| &lower[at.saturating_sub(60)..at]);
        assert_eq!(found, None, "{name}");
    }
    for kept in [
        "/AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/08/31/00/KIRO_IDE_123456789012_user_report_202608310000.csv",
        "credits_used",
        "unreadable_export",
        "KIRO_IDE",
        "claude_sonnet_4.5",
        "2026-08-31",
    ] {
        assert!(text.contains(kept), "{kept} names no user");
    }
    for replaced in [
        "Export ", "Folder ", "Column ", "Client ", "Plan ", "Model ", "User ",
    ] {
        assert!(text.contains(&format!("\"{replaced}")), "{replaced}");
    }
}

/// Exports with a client, a plan and models that this version does not know: of several people, with words of their names,
/// and of two people only.
fn exports_with_new_words() -> Vec<(&'static str, String)> {
    let users = [
        ("u-1", "hedwig.wolpert@example.com", "1"),
        ("u-2", "", "2"),
        ("u-3", "", "3"),
    ];
    let day = |users, client, tier, models: [&str; 2]| {
        export("2026-08-31", users)
            .replace("KIRO_IDE", client)
            .replace(",PRO,", &format!(",{tier},"))
            .replace("auto_messages", &format!("{}_messages", models[0]))
            .replace(
                "claude_sonnet_4.5_messages",
                &format!("{}_messages", models[1]),
            )
    };
    vec![
        (
            "KIRO_CREW_123456789012_user_report_202608310600.csv",
            day(
                &users,
                "KIRO_CREW",
                "Pro Ultra",
                ["claude_saga_6", "claude_dupont"],
            ),
        ),
        (
            "KIRO_IDE_123456789012_user_report_202608310601.csv",
            day(
                &users,
                "KIRO_HEDWIG",
                "Enterprise Wolpert",
                ["hedwig_7", "claude_wolpert_4"],
            ),
        ),
        (
            "KIRO_IDE_123456789012_user_report_202608310602.csv",
            day(
                &users[..2],
                "KIRO_PERPETUA",
                "Pro Perpetua",
                ["claude_perpetua_9", "glm_5"],
            ),
        ),
        (
            "KIRO_IDE_123456789012_user_report_202608310603.csv",
            day(&users, "PERPETUA", "Perpetua Oak", ["simple_task", "auto"]),
        ),
        (
            "KIRO_WEB_123456789012_user_report_202608310604.csv",
            day(&users, "KIRO_WEB", "KIRO PRO+", ["gpt_5.6_sol", "auto"]),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_report_keeps_new_words_that_name_no_person() {
    let server = TestServer::with_exports(Access::default(), &exports_with_new_words()).await;
    let path = server.folder().join("report.html");
    let options = ReportOptions {
        pseudonyms: Some(Pseudonyms::with_salt("salt")),
        ..ReportOptions::default()
    };
    write_html(&path, &server.service, &options).await.unwrap();
    let data = data_of(&std::fs::read_to_string(&path).unwrap());
    let mut text = data.to_string();
    text.extend(csv_texts(&server, &options).await);
    for kept in [
        "KIRO_CREW",
        "Pro Ultra",
        "claude_saga_6",
        "KIRO_WEB",
        "Pro+",
        "simple_task",
        "gpt_5.6_sol",
        "glm_5",
    ] {
        assert!(text.contains(kept), "{kept} names no user");
    }
    let lower = text.to_lowercase();
    for name in ["dupont", "hedwig", "wolpert", "perpetua"] {
        let found = lower.find(name).map(|at| &lower[at.saturating_sub(60)..at]);
        assert_eq!(found, None, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_cut_says_how_many_rows_it_has() {
    let server = TestServer::open(Access::default()).await;
    let path = server.folder().join("report.html");
    let options = ReportOptions {
        sheets: vec!["people".to_owned()],
        max_table_rows: 1,
        ..small()
    };
    write_html(&path, &server.service, &options).await.unwrap();
    let data = data_of(&std::fs::read_to_string(&path).unwrap());
    let place = data["figures"]["p-all-users"][""].as_u64().unwrap();
    let figure = &data["pool"][usize::try_from(place).unwrap()];
    assert_eq!(figure["rows"].as_array().unwrap().len(), 1);
    assert_eq!(figure["total_rows"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_covers_the_days_and_sheets_that_were_asked_for() {
    let server = TestServer::open(Access::default()).await;
    let path = server.folder().join("report.html");
    let days = Span {
        from: "2026-08-03".parse().unwrap(),
        to: "2026-08-09".parse().unwrap(),
    };
    let options = ReportOptions {
        days: Some(days),
        sheets: vec!["people".to_owned()],
        ..small()
    };
    let summary = write_html(&path, &server.service, &options).await.unwrap();
    assert_eq!((summary.sheets, summary.days), (1, Some(days)));
    let data = data_of(&std::fs::read_to_string(&path).unwrap());
    assert_eq!(data["dashboards"]["en"]["days"]["from"], "2026-08-03");
    let default = data["figures"]["p-all-users"][""].as_u64().unwrap();
    let live = server
        .get("/api/visual/p-all-users?from=2026-08-03&to=2026-08-09&limit=1000")
        .await
        .json();
    assert_eq!(data["pool"][usize::try_from(default).unwrap()], live);

    let unknown = ReportOptions {
        sheets: vec!["peple".to_owned()],
        ..ReportOptions::default()
    };
    let error = write_html(&path, &server.service, &unknown)
        .await
        .unwrap_err();
    assert!(matches!(error, ReportError::UnknownSheet { .. }), "{error}");
}

/// A server whose users have two plans and two clients.
async fn varied() -> TestServer {
    let server = TestServer::open(Access::default()).await;
    let before = server.wait_for_status(|_| true).await["data_version"].clone();
    std::fs::write(
        server
            .source()
            .join("KIRO_CLI_123456789012_user_report_202609010000.csv"),
        export("2026-08-31", &[("u-cli", "cli@example.com", "1")])
            .replace("KIRO_IDE", "KIRO_CLI")
            .replace(",PRO,", ",POWER,"),
    )
    .unwrap();
    server
        .wait_for_status(|status| {
            status["exports"]["done"] == 32 && status["data_version"] != before
        })
        .await;
    server
}

pub(crate) fn offered(data: &Value, picker: &str) -> Vec<String> {
    let choices = data["offered"]["values"][picker].as_array();
    let value = |one: &Value| one["value"].as_str().unwrap().to_owned();
    choices.into_iter().flatten().map(value).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_choice_of_a_report_has_the_pages_numbers() {
    let server = varied().await;
    let path = server.folder().join("report.html");
    let options = ReportOptions {
        sheets: ["activity", "people", "user-detail"]
            .map(str::to_owned)
            .into(),
        ..ReportOptions::default()
    };
    write_html(&path, &server.service, &options).await.unwrap();
    let data = data_of(&std::fs::read_to_string(&path).unwrap());
    assert_eq!(offered(&data, "client"), ["KIRO_IDE", "KIRO_CLI", ""]);
    assert_eq!(offered(&data, "tier"), ["Pro", "Power"]);
    assert_eq!(offered(&data, "user").len(), 4);
    assert_eq!(offered(&data, "model").len(), 2);
    assert_eq!(
        offered(&data, "team"),
        [""; 0],
        "a filter without a choice is left out"
    );
    assert_eq!(
        data["offered"]["together"],
        serde_json::json!(["tier", "client"])
    );
    let mut compared = 0;
    for (visual, keys) in data["figures"].as_object().unwrap() {
        let dateless = keys.as_object().unwrap().iter();
        for (key, place) in dateless.filter(|(key, _)| !key.contains("from=")) {
            let live = server
                .get(&format!("/api/visual/{visual}?{key}&limit=1000"))
                .await
                .json();
            let embedded = &data["pool"][usize::try_from(place.as_u64().unwrap()).unwrap()];
            assert_eq!(*embedded, live, "{visual} for `{key}`");
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared}");
    for (visual, key) in [
        ("a-credits", "tier=Pro&client=KIRO_CLI"),
        ("p-by-model", "tier=Power"),
        ("u-days-table", "user=u-alice"),
    ] {
        assert!(
            data["figures"][visual][key].is_u64(),
            "{visual} for `{key}`"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_offers_the_choices_that_fit() {
    let server = varied().await;
    let path = server.folder().join("report.html");
    let mut options = ReportOptions {
        sheets: vec!["user-detail".to_owned()],
        ..ReportOptions::default()
    };
    let mut sizes = Vec::new();
    for max_figure_bytes in [1, 60_000, ReportOptions::default().max_figure_bytes] {
        options.max_figure_bytes = max_figure_bytes;
        write_html(&path, &server.service, &options).await.unwrap();
        let data = data_of(&std::fs::read_to_string(&path).unwrap());
        let figures = &data["figures"]["u-ranking"];
        assert_eq!(
            offered(&data, "tier").is_empty(),
            figures["tier=Pro"].is_null()
        );
        let person = &data["figures"]["u-days-table"]["user=u-alice"];
        assert_eq!(offered(&data, "user").is_empty(), person.is_null());
        assert!(figures[""].is_u64(), "the dates alone are always there");
        sizes.push((offered(&data, "tier").len(), offered(&data, "user").len()));
    }
    assert_eq!((sizes[0], sizes[2]), ((0, 0), (2, 4)), "{sizes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_replaces_the_file_whole() {
    let server = TestServer::open(Access::default()).await;
    let folder = server.folder().join("out");
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("report.html");
    std::fs::write(&path, "an earlier report").unwrap();
    let before = std::fs::File::open(&path).unwrap();
    write_html(&path, &server.service, &small()).await.unwrap();
    let mut still_open = String::new();
    (&before).read_to_string(&mut still_open).unwrap();
    assert_eq!(
        still_open, "an earlier report",
        "open files keep the old content"
    );
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .ends_with("</html>\n")
    );
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing else is left: {names:?}");

    let nowhere = folder.join("missing").join("report.html");
    let error = write_html(&nowhere, &server.service, &small())
        .await
        .unwrap_err();
    assert!(matches!(error, ReportError::Write { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_csv_has_a_file_per_visual() {
    let server = TestServer::open(Access::default()).await;
    let folder = server.folder().join("csv");
    let summary = write_csv_folder(&folder, &server.service, &ReportOptions::default())
        .await
        .unwrap();
    assert!(summary.figures > 40, "{summary:?}");
    let text = std::fs::read_to_string(folder.join("people/p-all-users.csv")).unwrap();
    assert!(
        text.contains("alice@example.com") && text.contains(&format!("'{FORMULA_ID}")),
        "{text}"
    );
}
