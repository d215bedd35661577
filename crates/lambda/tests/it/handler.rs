//! Invocations between stores in memory, and their outcomes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use kiro_ingest::{InMemoryStore, ObjectStore};
use kiro_lambda::{
    Config, Invocation, InvocationError, InvocationOutcome, Normalizer, RunResponse, SourceBucket,
};
use serde_json::{Value, json};

use crate::events::recorded;
use crate::faulty_store::{Fault, FaultyStore};
use crate::kiro_exports::{POISON, key_of_day};

fn export_of_day(day: u32) -> String {
    format!(
        "Date,UserId,Client_Type,Total_Messages,auto_messages\n2026-07-{day:02},aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb,KIRO_IDE,10,10\n"
    )
}

/// Exports of the first days of July.
fn exports(days: u32) -> InMemoryStore {
    let store = InMemoryStore::new();
    for day in 1..=days {
        store.put(key_of_day(day).as_str(), export_of_day(day));
    }
    store
}

fn clock() -> DateTime<Utc> {
    "2026-07-11T03:15:00Z".parse().unwrap()
}

fn normalizer(source: Arc<dyn ObjectStore>, destination: &InMemoryStore) -> Normalizer {
    let config = Config::read(|name| match name {
        "KIRO_SOURCES" => Some("s3://kiro-exports/my logs".to_owned()),
        "KIRO_DESTINATION" => Some("s3://results/normalized".to_owned()),
        _ => None,
    })
    .unwrap();
    let place = SourceBucket {
        url: config.sources[0].clone(),
        store: source,
    };
    Normalizer::new(vec![place], Arc::new(destination.clone()), &config, clock)
}

fn invocation(request_id: &str) -> Invocation {
    Invocation {
        request_id: request_id.to_owned(),
        started: clock(),
        deadline: Some(clock() + TimeDelta::minutes(15)),
    }
}

async fn handle(normalizer: &Normalizer, request_id: &str, event: Value) -> InvocationOutcome {
    normalizer.handle(event, &invocation(request_id)).await
}

fn facts(destination: &InMemoryStore) -> usize {
    let keys = destination.keys();
    keys.iter().filter(|key| key.starts_with("facts/")).count()
}

#[tokio::test]
async fn the_schedule_reads_what_is_new() {
    let (source, destination) = (exports(3), InMemoryStore::new());
    let normalizer = normalizer(Arc::new(source), &destination);
    let outcome = handle(&normalizer, "1", recorded("scheduler")).await;
    let answer = outcome.result.unwrap();
    assert_eq!(
        (answer.summary.files_processed, facts(&destination)),
        (3, 3)
    );
    assert_eq!(outcome.summary, Some(answer.summary));
    let answer = handle(&normalizer, "2", recorded("rule")).await.result;
    assert_eq!(answer.unwrap().summary.files_skipped, 3);
}

#[tokio::test]
async fn the_answer_has_the_names_of_the_command_line() {
    let normalizer = normalizer(Arc::new(exports(3)), &InMemoryStore::new());
    let outcome = handle(&normalizer, "1", json!({"max_files": 2})).await;
    let answer = serde_json::to_value(outcome.result.unwrap()).unwrap();
    assert_eq!(
        answer,
        json!({
            "files_seen": 2, "files_processed": 2, "files_skipped": 0, "files_failed": 0, "files_ignored": 0,
            "fact_rows": 2, "model_rows": 2, "code_rows": 0, "rejected_rows": 0,
            "issues": {}, "failures": [], "files_remaining": 1
        })
    );
}

#[tokio::test]
async fn a_caller_asks_for_days() {
    let (source, destination) = (exports(9), InMemoryStore::new());
    let normalizer = normalizer(Arc::new(source), &destination);
    let request = json!({"since": "2026-07-03", "until": "2026-07-05"});
    let answer = handle(&normalizer, "1", request.clone())
        .await
        .result
        .unwrap();
    assert_eq!(answer.summary.files_processed, 3);
    let again = json!({"since": "2026-07-03", "until": "2026-07-05", "reprocess": true});
    let answer = handle(&normalizer, "2", again).await.result.unwrap();
    assert_eq!(answer.summary.files_processed, 3);
    let answer = handle(&normalizer, "3", request).await.result.unwrap();
    assert_eq!(answer.summary.files_skipped, 3);
}

#[tokio::test]
async fn an_arrival_reads_that_object_alone() {
    let (source, destination) = (exports(5), InMemoryStore::new());
    let arrived = crate::events::KEY.strip_prefix("my logs/").unwrap();
    source.put(arrived, export_of_day(10));
    for name in ["s3_notification", "object_created"] {
        let destination = InMemoryStore::new();
        let watched = FaultyStore::new(&source, Fault::Never);
        let normalizer = normalizer(watched.clone(), &destination);
        let answer = handle(&normalizer, "1", recorded(name)).await.result;
        assert_eq!(answer.unwrap().summary.files_processed, 1, "{name}");
        assert_eq!(
            (facts(&destination), watched.lists.load(Ordering::Relaxed)),
            (1, 1),
            "{name}"
        );
    }
    let mut elsewhere = recorded("object_created");
    elsewhere["detail"]["object"]["key"] = json!("other/x.csv");
    let watched = FaultyStore::new(&source, Fault::Never);
    let normalizer = normalizer(watched.clone(), &destination);
    let outcome = handle(&normalizer, "1", elsewhere).await;
    assert_eq!(outcome.result.unwrap(), RunResponse::default());
    let outcome = handle(&normalizer, "2", recorded("s3_test")).await;
    assert_eq!(outcome.result.unwrap(), RunResponse::default());
    assert!(outcome.summary.is_none());
    assert_eq!(watched.lists.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_poison_export_fails_the_invocation_after_everything_else_is_done() {
    let (source, destination) = (exports(3), InMemoryStore::new());
    source.put(key_of_day(4).as_str(), POISON);
    let normalizer = normalizer(Arc::new(source), &destination);
    let outcome = handle(&normalizer, "1", recorded("scheduler")).await;
    let InvocationError::ExportsFailed(text) = outcome.result.unwrap_err() else {
        panic!("another error");
    };
    assert!(
        text.starts_with("1 of 4 exports could not be normalized; `AWSLogs/"),
        "{text}"
    );
    assert!(text.contains("expected") && text.ends_with(')'), "{text}");
    let summary = outcome.summary.unwrap();
    assert_eq!((summary.files_processed, summary.files_failed), (3, 1));
    assert_eq!(facts(&destination), 3);
}

#[tokio::test]
async fn a_retry_of_an_invocation_that_failed_for_good_looks_at_nothing_again() {
    let source = exports(1);
    source.put(key_of_day(2).as_str(), POISON);
    let watched = FaultyStore::new(&source, Fault::Never);
    let normalizer = normalizer(watched.clone(), &InMemoryStore::new());
    let first = handle(&normalizer, "1", recorded("scheduler")).await;
    let retry = handle(&normalizer, "1", recorded("scheduler")).await;
    assert_eq!(first.result.unwrap_err(), retry.result.unwrap_err());
    assert!(retry.summary.is_none());
    assert_eq!(watched.lists.load(Ordering::Relaxed), 1);
    let next_night = handle(&normalizer, "2", recorded("scheduler")).await;
    assert!(next_night.result.is_err());
    assert_eq!(watched.lists.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn what_passes_by_itself_is_tried_again_at_once() {
    let (source, destination) = (exports(4), InMemoryStore::new());
    let normalizer = normalizer(FaultyStore::new(&source, Fault::Outage(5)), &destination);
    let outcome = handle(&normalizer, "1", recorded("scheduler")).await;
    let answer = outcome.result.unwrap();
    assert_eq!(
        (
            answer.summary.files_seen,
            answer.summary.files_processed,
            answer.summary.files_skipped
        ),
        (4, 4, 0)
    );
    assert_eq!(facts(&destination), 4);
}

#[tokio::test]
async fn an_outage_that_lasts_fails_and_the_retry_heals() {
    let (source, destination) = (exports(2), InMemoryStore::new());
    // Two exports, three runs.
    let normalizer = normalizer(FaultyStore::new(&source, Fault::Outage(6)), &destination);
    let outcome = handle(&normalizer, "1", recorded("scheduler")).await;
    assert!(outcome.result.is_err());
    let retry = handle(&normalizer, "1", recorded("scheduler")).await;
    assert_eq!(retry.result.unwrap().summary.files_processed, 2);
}

#[tokio::test]
async fn a_backfill_with_poison_in_it_is_driven_to_its_end() {
    let (source, destination) = (exports(7), InMemoryStore::new());
    source.put(key_of_day(2).as_str(), POISON);
    source.put(key_of_day(5).as_str(), POISON);
    let normalizer = normalizer(Arc::new(source), &destination);
    let mut calls = Vec::new();
    let last = loop {
        let id = calls.len().to_string();
        let outcome = handle(&normalizer, &id, json!({"max_files": 3})).await;
        let summary = outcome.summary.unwrap();
        calls.push((summary.files_processed, summary.files_failed));
        match outcome.result {
            Ok(answer) if answer.files_remaining > 0 => {}
            last => break last,
        }
    };
    assert_eq!(calls, [(2, 1), (2, 1), (1, 2)]);
    assert!(matches!(last, Err(InvocationError::ExportsFailed(_))));
    assert_eq!(facts(&destination), 5);
}

#[tokio::test]
async fn nothing_more_is_taken_when_time_is_nearly_up() {
    let (source, destination) = (exports(4), InMemoryStore::new());
    let normalizer = normalizer(Arc::new(source), &destination);
    let late = Invocation {
        started: clock() - TimeDelta::minutes(14),
        deadline: Some(clock() + TimeDelta::minutes(1)),
        ..invocation("1")
    };
    let answer = normalizer
        .handle(recorded("scheduler"), &late)
        .await
        .result
        .unwrap();
    assert_eq!(
        (answer.summary.files_processed, answer.files_remaining),
        (0, 4)
    );
    let answer = handle(&normalizer, "2", recorded("scheduler")).await.result;
    assert_eq!(answer.unwrap().summary.files_processed, 4);
}

#[tokio::test]
async fn an_unknown_event_fails_and_says_what_was_expected() {
    let normalizer = normalizer(Arc::new(exports(1)), &InMemoryStore::new());
    let outcome = handle(&normalizer, "1", json!({"files": 3})).await;
    let InvocationError::UnknownEvent(text) = outcome.result.unwrap_err() else {
        panic!("another error");
    };
    assert!(
        text.contains("expected a schedule") && text.contains("files"),
        "{text}"
    );
}
