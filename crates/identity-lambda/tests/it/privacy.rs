//! Names leave the directory only into the map and the state, and forgotten persons do not return.

use kiro_identity_lambda::{InvocationError, MAP_KEY, STATE_KEY};
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
    assert!(matches!(blank, Err(InvocationError::BlankId)));
}
