//! Pickers that only a dashboard of one's own has: in the page, its API and the report.
#![expect(clippy::unwrap_used, reason = "tests")]

use axum::http::StatusCode;
use kiro_dashboard::builtin_text;
use kiro_web::{Access, Pseudonyms, ReportOptions, write_html};
use serde_json::{Value, json};

use crate::report::{data_of, offered};
use crate::test_server::{TestServer, export};

const FIRST: &str = "arn:aws:codewhisperer:us-east-1:123456789012:profile/EXAMPLEA";
const SECOND: &str = "arn:aws:codewhisperer:eu-central-1:210987654321:profile/EXAMPLEB";

/// The built-in dashboard with a picker of profiles on all sheets.
fn dashboard() -> String {
    let picker = "pickers:
  - {id: profile, kind: many, label: {en: Profile, ko: 프로필}, columns: [profile_id], options: {dataset: activity, value: profile_id, by: credits}}
";
    let text = builtin_text().replacen("pickers:\n", picker, 1);
    text.replace("pickers: [date, tier, ", "pickers: [date, profile, tier, ")
}

/// An export of one profile with its people and their credits.
fn of_profile(profile: &str, people: &[(&str, &str, &str)]) -> String {
    export("2026-08-31", people)
        .replace("Date,UserId,", "Date,UserId,ProfileId,")
        .replace(",KIRO_IDE,", &format!(",{profile},KIRO_IDE,"))
}

/// Two profiles: 30 credits of two people in the first, 5 of one in the second.
async fn two_profiles() -> TestServer {
    let first = of_profile(FIRST, &[("u-p1", "", "10"), ("u-p2", "", "20")]);
    let second = of_profile(SECOND, &[("u-p3", "", "5")]);
    let exports = [
        (
            "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/08/31/00/KIRO_IDE_123456789012_user_report_202608310000.csv",
            first,
        ),
        (
            "AWSLogs/210987654321/KiroLogs/user_report/eu-central-1/2026/08/31/00/KIRO_IDE_210987654321_user_report_202608310000.csv",
            second,
        ),
    ];
    TestServer::with_dashboard(&dashboard(), &exports).await
}

async fn credits(server: &TestServer, selection: &str) -> f64 {
    let path = format!("/api/visual/a-kpi-credits?from=2026-08-31&to=2026-08-31&{selection}");
    let answer = server.get(&path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.json()["rows"][0][0].as_f64().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picker_of_the_file_has_a_label_and_options() {
    let server = two_profiles().await;
    for (language, label) in [("en", "Profile"), ("ko", "프로필"), ("zh", "Profile")] {
        let page = server.get(&format!("/api/dashboard?lang={language}")).await;
        let page = page.json();
        let pickers = page["pickers"].as_array().unwrap();
        let picker = pickers.iter().find(|one| one["id"] == "profile").unwrap();
        let expected =
            json!({"id": "profile", "kind": "many", "label": label, "empty": false, "user": false});
        assert_eq!(*picker, expected);
        let sheet = &page["sheets"][0];
        assert!(
            sheet["pickers"]
                .as_array()
                .unwrap()
                .contains(&json!("profile"))
        );
        let visuals = sheet["visuals"].as_array().unwrap();
        let visual = visuals.iter().find(|one| one["id"] == "a-credits").unwrap();
        assert!(
            visual["acts"]
                .as_array()
                .unwrap()
                .contains(&json!("profile"))
        );
    }
    // Loose exports have no profile: NULL is not offered.
    let expected = json!([
        {"value": FIRST, "label": null, "detail": null},
        {"value": SECOND, "label": null, "detail": null},
    ]);
    assert_eq!(server.get("/api/options/profile").await.json(), expected);
    let found = server.get("/api/options/profile?search=exampleb").await;
    assert_eq!(found.json().as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picker_of_the_file_filters_figures() {
    let server = two_profiles().await;
    for (selection, expected) in [
        (format!("profile={FIRST}"), 30.0),
        (format!("profile={SECOND}"), 5.0),
        (format!("profile={FIRST}&profile={SECOND}"), 35.0),
        (format!("profile={FIRST}&region=eu-central-1"), 0.0),
        ("region=eu-central-1".to_owned(), 5.0),
        ("region=us-east-1&region=eu-central-1".to_owned(), 35.0),
        ("team=Nobody".to_owned(), 0.0),
    ] {
        let found = credits(&server, &selection).await;
        assert!((found - expected).abs() < 1e-9, "{selection}: {found}");
    }
    let everyone = credits(&server, "").await;
    let loose = credits(&server, "region=").await;
    assert!((everyone - loose - 35.0).abs() < 1e-9, "{everyone} {loose}");
    let csv = server
        .get(&format!("/api/visual/p-all-users.csv?profile={SECOND}"))
        .await
        .text();
    assert!(
        csv.contains("u-p3") && !csv.contains("u-p1") && !csv.contains("u-alice"),
        "{csv}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_picker_is_refused_with_the_nearest_one_of_the_file() {
    let server = two_profiles().await;
    for (path, status, expected) in [
        (
            "/api/visual/a-credits?profil=x",
            StatusCode::BAD_REQUEST,
            "did you mean `profile`?",
        ),
        (
            "/api/visual/a-credits?profile=",
            StatusCode::BAD_REQUEST,
            "expected a value for `profile`",
        ),
        (
            "/?profiel=x",
            StatusCode::BAD_REQUEST,
            "did you mean `profile`?",
        ),
        (
            "/api/options/profil",
            StatusCode::NOT_FOUND,
            "did you mean `profile`?",
        ),
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(
            answer.text().contains(expected),
            "{path}: {}",
            answer.text()
        );
    }
    let known = server.get(&format!("/?profile={FIRST}")).await;
    assert_eq!(known.status, StatusCode::OK, "{}", known.text());
}

fn hidden(page: &Value) -> Vec<&str> {
    let hidden = page["hidden_pickers"].as_array().unwrap().iter();
    hidden.map(|id| id.as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picker_with_at_most_one_value_is_hidden() {
    let server = TestServer::open(Access::default()).await;
    // One plan, loose exports without account and Region, no teams; two models and two clients.
    let page = server.get("/api/dashboard").await.json();
    let found = hidden(&page);
    for picker in ["tier", "region", "team"] {
        assert!(found.contains(&picker), "{picker} in {found:?}");
    }
    for picker in ["date", "model", "client", "user"] {
        assert!(!found.contains(&picker), "{picker} in {found:?}");
    }
    let server = two_profiles().await;
    let page = server.get("/api/dashboard").await.json();
    assert_eq!(hidden(&page), ["tier", "team"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_embeds_each_value_of_a_picker_of_the_file() {
    let server = two_profiles().await;
    let path = server.folder().join("report.html");
    let mut options = ReportOptions {
        sheets: ["activity", "people"].map(str::to_owned).into(),
        ..ReportOptions::default()
    };
    write_html(&path, &server.service, &options).await.unwrap();
    let data = data_of(&std::fs::read_to_string(&path).unwrap());
    assert_eq!(offered(&data, "profile"), [FIRST, SECOND]);
    assert_eq!(offered(&data, "region").len(), 3);
    for hidden in ["tier", "team"] {
        assert_eq!(offered(&data, hidden), [""; 0], "{hidden} has no choice");
    }
    let mut compared = 0;
    for (visual, keys) in data["figures"].as_object().unwrap() {
        let chosen = keys.as_object().unwrap().iter();
        for (key, place) in chosen.filter(|(key, _)| key.contains("profile=")) {
            let path = format!("/api/visual/{visual}?{key}&limit=1000");
            let live = server.get(&path).await.json();
            let embedded = &data["pool"][usize::try_from(place.as_u64().unwrap()).unwrap()];
            assert_eq!(*embedded, live, "{visual} for `{key}`");
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");

    options.pseudonyms = Some(Pseudonyms::with_salt("salt"));
    write_html(&path, &server.service, &options).await.unwrap();
    let data = data_of(&std::fs::read_to_string(&path).unwrap());
    let profiles = offered(&data, "profile");
    assert_eq!(profiles.len(), 2);
    for profile in profiles {
        let key = format!("profile={}", profile.replace(' ', "%20"));
        assert!(data["figures"]["a-credits"][&key].is_u64(), "{key}");
    }
    assert!(!data.to_string().contains("profile/EXAMPLE"));
}
