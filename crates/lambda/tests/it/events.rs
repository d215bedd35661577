//! Recorded events, and what they ask for.

use kiro_lambda::{CreatedObject, Event, RunRequest};
use serde_json::{Value, json};

pub(crate) const KEY: &str = "my logs/AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/10/00/\
                              KIRO_IDE+Plugin_123456789012_user_report_202607100000.csv";

pub(crate) fn recorded(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/events");
    let text = std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn schedules_ask_for_everything_that_is_new() {
    for name in ["scheduler", "rule"] {
        let event = Event::parse(recorded(name)).unwrap();
        assert_eq!(event, Event::Scheduled, "{name}");
    }
}

#[test]
fn arrivals_ask_for_their_objects_under_their_real_keys() {
    for name in ["s3_notification", "object_created"] {
        let arrival = CreatedObject {
            bucket: "kiro-exports".to_owned(),
            object_key: KEY.to_owned(),
        };
        let event = Event::parse(recorded(name)).unwrap();
        assert_eq!(event, Event::ObjectsCreated(vec![arrival]), "{name}");
    }
}

#[test]
fn the_test_event_asks_for_nothing() {
    assert_eq!(Event::parse(recorded("s3_test")).unwrap(), Event::Test);
}

#[test]
fn a_caller_says_what_is_wanted() {
    let request = RunRequest {
        since: "2026-07-01".parse().ok(),
        until: "2026-07-31".parse().ok(),
        reprocess: true,
        max_files: Some(200),
    };
    assert_eq!(
        Event::parse(recorded("order")).unwrap(),
        Event::Requested(request)
    );
    assert_eq!(
        Event::parse(json!({})).unwrap(),
        Event::Requested(RunRequest::default())
    );
}

#[test]
fn what_nobody_understands_is_refused_with_what_was_expected() {
    for event in [
        json!({"sinse": "2026-07-01"}),
        json!({"since": "July"}),
        json!({"max_files": -1}),
        json!({"Records": [{"body": "{}"}]}),
        json!(["since"]),
        json!("now"),
    ] {
        let error = Event::parse(event.clone()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("max_files"), "{event}: {text}");
    }
}

#[test]
fn a_misspelled_member_of_a_direct_call_is_refused_with_the_nearest_name() {
    for (event, expected) in [
        (
            json!({"since": "2026-07-01", "untill": "2026-07-02"}),
            "did you mean `until`?",
        ),
        (json!({"max_file": 1}), "did you mean `max_files`?"),
        (json!({"Since": "2026-07-01"}), "did you mean `since`?"),
        (json!({"reproces": true}), "did you mean `reprocess`?"),
        (json!({"region\n": "x"}), "unknown member, expected"),
    ] {
        let error = Event::parse(event).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn no_error_repeats_the_content_of_an_event() {
    for event in [
        json!({"planted": 1}),
        json!({"since": "planted"}),
        json!({"reprocess": "planted"}),
        json!({"Records": [{"eventName": "planted", "s3": "planted"}]}),
        json!({"detail-type": "Object Created", "detail": {"bucket": "planted"}}),
        json!("planted"),
    ] {
        let error = Event::parse(event.clone()).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(!text.contains("planted"), "{event}: {text}");
    }
}
