//! Names leave the directory only into the map and the state, and forgotten persons do not return.

use kiro_identity_lambda::{InvocationError, MAP_KEY, MapStatus, STATE_KEY};
use kiro_people::PersonStatus;
use serde_json::json;

use crate::fake::{Function, id, part};

fn holds(content: &[u8], text: &str) -> bool {
    content
        .windows(text.len())
        .any(|found| found == text.as_bytes())
}

#[tokio::test]
async fn response_and_state_have_no_names_of_the_directory() {
    let function = Function::new(30, 3);
    let response = function.run(json!({})).await.unwrap();
    let text = serde_json::to_string(&response).unwrap();
    assert!(!text.contains("User") && !text.contains(&id(1)), "{text}");
    let state = function.map.content(STATE_KEY).unwrap();
    assert!(!holds(&state, "User 1") && !holds(&state, "user-1"));
}

#[tokio::test]
async fn a_forgotten_person_is_masked_now_and_after_every_later_run() {
    let mut function = Function::new(30, 20);
    let exports = part(&[(3, Some("planted@example.org"))]);
    let key = "facts/export_date=2026-07-10/part-2.parquet";
    function.parts.put(key, exports);
    function.run(json!({})).await.unwrap();
    let spelling = format!("d-0123456789.{}", id(3).to_uppercase());
    let response = function.run(json!({"forget": [spelling]})).await.unwrap();
    assert_eq!((response.forgotten, response.named), (1, 19));
    function.put_roster("email,name\nplanted@example.org,Planted Name\n");
    for _ in 0..2 {
        function.run(json!({})).await.unwrap();
        let row = function.row(3).unwrap();
        assert_eq!(row.status, PersonStatus::Forgotten);
        assert!(row.display_name.unwrap().starts_with("Person "));
        for key in [MAP_KEY, STATE_KEY] {
            let content = function.map.content(key).unwrap();
            for planted in ["planted@example.org", "Planted Name", "User 3", "user-3"] {
                assert!(!holds(&content, planted), "{key}: {planted}");
            }
        }
    }
    let blank = function.run(json!({"forget": [" "]})).await;
    assert!(matches!(blank, Err(InvocationError::Forget(_))));
}

#[tokio::test]
async fn a_person_is_forgotten_by_address_or_user_name() {
    let mut function = Function::new(30, 20);
    let exports = part(&[(3, Some("planted@example.org"))]);
    let key = "facts/export_date=2026-07-10/part-2.parquet";
    function.parts.put(key, exports);
    function.put_roster("email,name\nnew@example.org,New Person\n");
    let texts = [
        "USER-1@example.com",
        "user-2",
        "planted@example.org",
        "new@example.org",
        "nobody@example.org",
    ];
    let response = function.run(json!({"forget": texts})).await.unwrap();
    assert_eq!(response.forgotten_by_call, 4);
    assert_eq!(response.unmatched, [5]);
    for number in 1..4 {
        assert_eq!(
            function.row(number).unwrap().status,
            PersonStatus::Forgotten
        );
    }
    for key in [MAP_KEY, STATE_KEY] {
        let content = function.map.content(key).unwrap();
        for planted in ["new@example.org", "New Person", "planted@example.org"] {
            assert!(!holds(&content, planted), "{key}: {planted}");
        }
    }
    let response = function.run(json!({})).await.unwrap();
    assert_eq!((response.forgotten, response.forgotten_by_call), (3, 0));
    // An address that two users of the data have.
    let shared = part(&[(7, Some("both@example.org")), (8, Some("both@example.org"))]);
    let key = "facts/export_date=2026-07-10/part-3.parquet";
    function.parts.put(key, shared);
    let refused = function.run(json!({"forget": ["both@example.org"]})).await;
    let text = refused.unwrap_err().text();
    assert!(text.contains("2 persons") && !text.contains('@'), "{text}");
    assert_eq!(function.row(7).unwrap().status, PersonStatus::Active);
}

#[tokio::test]
async fn persons_are_forgotten_before_there_are_data() {
    let function = Function::new(30, 0);
    let texts = ["User-1@example.com".to_owned(), id(2)];
    let response = function.run(json!({"forget": texts})).await.unwrap();
    assert_eq!(response.status, MapStatus::Noop);
    assert!(function.map.content(MAP_KEY).is_none());
    let exports = part(&[(1, None), (2, None), (3, None)]);
    let key = "facts/export_date=2026-07-10/part-1.parquet";
    function.parts.put(key, exports);
    let response = function.run(json!({})).await.unwrap();
    assert_eq!((response.forgotten, response.named), (2, 1));
    for number in [1, 2] {
        let row = function.row(number).unwrap();
        assert_eq!(row.status, PersonStatus::Forgotten);
    }
}
