//! The people of the page: lists, the import of a roster, and forgetting a person.
#![expect(clippy::unwrap_used, reason = "tests")]

use axum::body::Body;
use axum::http::{Request, StatusCode};
use kiro_web::{Access, Pseudonyms, ReportOptions, write_html};
use serde_json::{Value, json};

use crate::report::{data_of, offered};
use crate::test_server::{TestResponse, TestServer, export};

const ALICE: &str = "u-alice";
const ROSTER: &str = "email,display_name,team,cost_center,manager\n\
    alice@example.com,Planted Name,Planted Team,4711,planted.manager@example.com\n\
    new.hire@example.com,New Hire,Planted Team,,\n";

/// Every text that the roster has planted about one person.
const PLANTED: [&str; 3] = ["Planted Name", "4711", "planted.manager"];

impl TestServer {
    async fn post(&self, path: &str, kind: &str, body: &str) -> TestResponse {
        let request = Request::post(path)
            .header("host", "localhost")
            .header("content-type", kind)
            .body(Body::from(body.to_owned()));
        self.send(request.unwrap()).await
    }

    async fn import(&self, roster: &str) -> TestResponse {
        self.post("/api/people/roster?name=hr.csv", "text/csv", roster)
            .await
    }

    async fn forget(&self, user_id: &str) -> TestResponse {
        let body = json!({ "user_id": user_id }).to_string();
        self.post("/api/people/forget", "application/json", &body)
            .await
    }

    async fn people(&self, query: &str) -> Value {
        let answer = self.get(&format!("/api/people{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    }

    /// All that the page can ask for, as one text.
    async fn everything(&self) -> String {
        let mut text = String::new();
        let dashboard = self.get("/api/dashboard").await.json();
        for sheet in dashboard["sheets"].as_array().unwrap() {
            for visual in sheet["visuals"].as_array().unwrap() {
                if visual["kind"] == "text" {
                    continue;
                }
                let id = visual["id"].as_str().unwrap();
                let path = format!("/api/visual/{id}.csv?user={ALICE}");
                text.push_str(&self.get(&path).await.text());
            }
        }
        for picker in dashboard["pickers"].as_array().unwrap() {
            let id = picker["id"].as_str().unwrap();
            text.push_str(&self.get(&format!("/api/options/{id}")).await.text());
        }
        for path in ["/api/people", "/api/people?search=planted", "/api/status"] {
            text.push_str(&self.get(path).await.text());
        }
        text
    }
}

fn labels(page: &Value) -> Vec<&str> {
    let persons = page["persons"].as_array().unwrap().iter();
    persons
        .map(|person| person["label"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_gives_names_at_once_and_a_forgotten_person_is_in_no_answer() {
    let server = TestServer::open(Access::default()).await;
    let status = server
        .wait_for_status(|status| status["people"]["users"] == 3)
        .await;
    assert_eq!(status["people"]["named"], 0);
    assert_eq!(status["people"]["as_of"], Value::Null);
    assert!(!server.data().join("people").exists(), "nothing is written");
    let before = status["data_version"].clone();

    let answer = server.import(ROSTER).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let outcome = answer.json();
    assert_eq!(
        (&outcome["rows"], &outcome["matched_rows"]),
        (&json!(2), &json!(1))
    );
    let status = server.get("/api/status").await.json();
    assert_ne!(status["data_version"], before, "the figures have names");
    assert_eq!(status["people"]["named"], 1);
    assert_ne!(status["people"]["as_of"], Value::Null);
    let options = server.get("/api/options/user?search=planted").await.json();
    assert_eq!(options[0]["value"], ALICE);
    let teams = server.get("/api/options/team").await.json();
    assert_eq!(teams[0]["value"], "Planted Team");
    let person = server.people("?search=planted").await.to_string();
    assert!(PLANTED.iter().all(|text| person.contains(text)));

    let answer = server.forget(ALICE).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.json()["was_known"], true);
    let everything = server.everything().await;
    for text in PLANTED {
        assert!(!everything.contains(text), "{text}");
    }
    let mask = answer.json()["mask"].as_str().unwrap().to_owned();
    assert!(everything.contains(&mask));
    // The same roster does not bring the person back.
    let outcome = server.import(ROSTER).await.json();
    assert_eq!(outcome["forgotten_rows"], 1);
    assert_eq!(
        labels(&server.people("?search=planted").await),
        ["New Hire"]
    );
    let options = server.get("/api/options/user?search=planted").await;
    assert_eq!(options.text(), "[]");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_with_an_older_address_does_not_bring_a_forgotten_person_back() {
    let older = export("2026-07-31", &[(ALICE, "older@example.com", "1")]);
    let path = "KIRO_IDE_123456789012_user_report_202607310200.csv";
    let server = TestServer::with_exports(Access::default(), &[(path, older)]).await;
    server
        .wait_for_status(|status| status["people"]["users"] == 3)
        .await;
    let listed = server.people("?search=alice").await;
    assert_eq!(labels(&listed), ["alice@example.com"], "the newest address");
    assert_eq!(server.forget(ALICE).await.status, StatusCode::OK);
    for address in ["older@example.com", "alice@example.com"] {
        let roster = format!("email,name\n{address},Planted Name\n");
        let outcome = server.import(&roster).await.json();
        assert_eq!(outcome["forgotten_rows"], 1, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_listed_by_text_status_and_source() {
    let server = TestServer::open(Access::default()).await;
    server.import(ROSTER).await;
    let all = server.people("").await;
    assert_eq!(all["total"], 4);
    assert_eq!(all["summary"]["seen_users"], 3);
    assert_eq!(all["summary"]["unresolved_users"], 1);
    assert!(all["summary"].get("unresolved_ids").is_none());
    assert_eq!(all["summary"]["roster"]["file_name"], "hr.csv");
    let named = server.people("?source=roster").await;
    assert_eq!(labels(&named), ["New Hire", "Planted Name"]);
    assert_eq!(named["persons"][0]["is_in_data"], false);
    assert_eq!(
        labels(&server.people("?search=planted%20name").await),
        ["Planted Name"]
    );
    assert_eq!(server.people("?source=unresolved").await["total"], 1);
    assert_eq!(server.people("?source=exports").await["total"], 1);
    assert_eq!(server.people("?status=active").await["total"], 2);
    let page = server.people("?limit=1&offset=3").await;
    assert_eq!(page["persons"].as_array().unwrap().len(), 1);
    for (path, expected) in [
        (
            "?status=gone",
            "expected one of `active`, `left`, `forgotten`",
        ),
        ("?source=rooster", "did you mean `roster`?"),
        ("?serach=x", "did you mean `search`?"),
        ("?limit=x", "expected a whole number"),
    ] {
        let answer = server.get(&format!("/api/people{path}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.text().contains(expected), "{}", answer.text());
    }
    let removed = server
        .post("/api/people/roster/remove", "text/plain", "")
        .await;
    assert_eq!(removed.json()["removed"], true);
    assert_eq!(server.people("?source=roster").await["total"], 0);
    let removed = server
        .post("/api/people/roster/remove", "text/plain", "")
        .await;
    assert_eq!(removed.json()["removed"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_roster_is_refused_by_line_and_changes_nothing() {
    let server = TestServer::open(Access::default()).await;
    server.import(ROSTER).await;
    let before = server.people("").await;
    let wrong = "email,display_name,team\nplanted.one@example.com,Planted One,T\n\
                 planted.two@example.com,Planted Two\n,Planted Three,T\n";
    let answer = server.import(wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        !answer.text().to_lowercase().contains("planted"),
        "{}",
        answer.text()
    );
    let body = answer.json();
    assert_eq!(body["error"], "2 wrong rows");
    assert_eq!(
        body["rows"],
        json!([
            { "line": 3, "error": "the number of cells is 2, expected 3" },
            { "line": 4, "error": "no `user_id`, `email` or `username`" },
        ])
    );
    for (roster, expected) in [
        (
            "name,team\nPlanted One,T\n",
            "expected a column `user_id`, `email` or `username`",
        ),
        ("email,team\n", "the file has no rows"),
        ("PK\u{3}\u{4}", "expected CSV text in UTF-8"),
    ] {
        let answer = server.import(roster).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{roster}");
        assert!(answer.text().contains(expected), "{}", answer.text());
    }
    let mut after = server.people("").await;
    after["summary"]["roster"]["age_seconds"] = before["summary"]["roster"]["age_seconds"].clone();
    assert_eq!(after, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_refused_to_other_sites_other_types_and_a_read_only_folder() {
    let server = TestServer::open(Access::default()).await;
    for path in [
        "/api/people/roster",
        "/api/people/roster/remove",
        "/api/people/forget",
    ] {
        let foreign = Request::post(path)
            .header("host", "localhost")
            .header("origin", "https://evil.example")
            .body(Body::empty());
        let answer = server.send(foreign.unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        let read = server.get(path).await;
        assert_eq!(read.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    let form = server
        .post("/api/people/roster", "text/plain", ROSTER)
        .await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for (kind, body) in [
        ("text/plain", "{\"user_id\": \"u\"}"),
        ("application/json", "{\"user\": \"planted\"}"),
        ("application/json", "planted"),
    ] {
        let answer = server.post("/api/people/forget", kind, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(!answer.text().contains("planted"), "{}", answer.text());
    }
    assert_eq!(server.forget(" ").await.status, StatusCode::BAD_REQUEST);

    let read_only = TestServer::read_only().await;
    assert_eq!(read_only.people("").await["total"], 0);
    for answer in [
        read_only.import(ROSTER).await,
        read_only.forget(ALICE).await,
    ] {
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.text().contains("cannot be written"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_among_dropped_files_is_recognized() {
    let server = TestServer::open(Access::default()).await;
    let day = export("2026-09-01", &[("u-late", "late@example.com", "1")]);
    let answer = server
        .upload(&[("people.csv", ROSTER), ("late.csv", &day)], &[])
        .await
        .json();
    assert_eq!(answer["added"], 1);
    assert_eq!(answer["roster"]["file"], "people.csv");
    assert_eq!(answer["roster"]["rows"], 2);
    assert_eq!(answer["failed"], json!([]));
    assert_eq!(server.people("?source=roster").await["total"], 2);

    let wrong = "email,name\nplanted@example.com,Planted\n,Planted\n";
    let answer = server.upload(&[("people.csv", wrong)], &[]).await.json();
    assert_eq!(answer.get("roster"), None);
    assert_eq!(answer["failed"][0]["export"], "people.csv");
    assert_eq!(
        answer["failed"][0]["error"],
        "1 wrong row: line 3: no `user_id`, `email` or `username`"
    );
    let two = server
        .upload(&[("a.csv", ROSTER), ("b.csv", ROSTER)], &[])
        .await
        .json();
    assert_eq!(two["failed"].as_array().unwrap().len(), 2);
    assert_eq!(server.people("?source=roster").await["total"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_another_program_appear_without_new_exports() {
    let server = TestServer::open(Access::default()).await;
    let mut store = kiro_people::PeopleStore::open(&server.data()).unwrap();
    let meta = kiro_people::RosterMeta {
        file_name: "other.csv".to_owned(),
        imported_at: chrono::DateTime::UNIX_EPOCH,
    };
    let seen = [kiro_people::SeenUser {
        user_id: ALICE.to_owned(),
        email: Some("alice@example.com".to_owned()),
    }];
    store
        .import_roster(ROSTER.as_bytes(), &meta, &seen)
        .unwrap();
    server
        .wait_for_status(|status| status["people"]["named"] == 1)
        .await;
    let table = server.get("/api/visual/p-all-users").await.text();
    assert!(table.contains(PLANTED[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_report_names_no_person_of_a_roster_and_no_team() {
    let server = TestServer::open(Access::default()).await;
    let roster = "user_id,email,username,name,team,cost_center,manager,office\n\
        u-alice,al.planted@example.com,planted.al,Al Planted,Planted Payments,Planted 1,boss.planted@example.com,Planted Hall\n\
        u-bob,bo.planted@example.com,planted.bo,Bo Planted,Planted Platform,Planted 2,boss.planted@example.com,\n";
    assert_eq!(server.import(roster).await.status, StatusCode::OK);
    let path = server.folder().join("report.html");
    let mut options = ReportOptions {
        sheets: vec!["people".to_owned()],
        ..ReportOptions::default()
    };
    let text = async |options: &ReportOptions| {
        write_html(&path, &server.service, options).await.unwrap();
        let data = data_of(&std::fs::read_to_string(&path).unwrap());
        let mut teams = offered(&data, "team");
        teams.sort();
        (data.to_string().to_lowercase(), teams)
    };
    let (open, teams) = text(&options).await;
    assert!(open.contains("al planted") && teams == ["Planted Payments", "Planted Platform"]);
    options.pseudonyms = Some(Pseudonyms::with_salt("salt"));
    let (anonymous, teams) = text(&options).await;
    let found = anonymous.find("planted");
    assert_eq!(found.map(|at| &anonymous[at.saturating_sub(60)..at]), None);
    assert!(teams.len() == 2 && teams.iter().all(|team| team.starts_with("Team ")));
}
