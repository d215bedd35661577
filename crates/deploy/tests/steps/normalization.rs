//! The normalizer, called until nothing is left.

use std::sync::Mutex;

use kiro_deploy::progress::NoProgress;
use kiro_deploy::step::ErrorCategory;
use kiro_deploy::steps::normalize;
use serde_json::{Value, json};

use crate::deployment::deployment;
use crate::server::{Given, Server};

/// A function that answers so, one call after the other.
async fn function(answers: Vec<Value>) -> Server {
    let answers = Mutex::new(answers);
    Server::start(move |asked| {
        if asked.path.ends_with("/configuration") {
            return Given::json(&json!({"State": "Active", "LastUpdateStatus": "Successful"}));
        }
        Given::json(&answers.lock().unwrap().remove(0))
    })
    .await
}

fn max_files(server: &Server) -> Vec<u64> {
    let calls = server
        .asked()
        .into_iter()
        .filter(|asked| asked.path.ends_with("/invocations"));
    calls
        .map(|asked| {
            serde_json::from_str::<Value>(&asked.body).unwrap()["max_files"]
                .as_u64()
                .unwrap()
        })
        .collect()
}

#[tokio::test]
async fn it_is_called_until_nothing_remains_with_fewer_exports_after_a_timeout() {
    let server = function(vec![
        json!({"errorMessage": "2026-07-31T00:00:00Z f Task timed out after 900.00 seconds"}),
        json!({"files_seen": 100, "files_processed": 100, "files_failed": 0, "files_remaining": 20}),
        json!({"files_seen": 120, "files_processed": 19, "files_failed": 1, "files_remaining": 0,
               "failures": [{"export": "a.csv", "error": "line 2: a quoted field is never closed"}]}),
    ])
    .await;
    let deployment = deployment(&server).await;
    let run = normalize(&deployment, "f", &NoProgress).await.unwrap();
    assert_eq!((run.seen, run.processed, run.failed), (120, 119, 1));
    assert_eq!(
        run.problems,
        ["`a.csv`: line 2: a quoted field is never closed"]
    );
    assert_eq!(max_files(&server), [500, 125, 125]);
}

#[tokio::test]
async fn exports_that_cannot_be_read_do_not_stop_the_others() {
    let server = function(vec![
        json!({"files_seen": 500, "files_processed": 0, "files_failed": 500, "files_remaining": 700}),
        json!({"files_seen": 500, "files_processed": 0, "files_failed": 500, "files_remaining": 700}),
        json!({"errorType": "ExportsFailed", "errorMessage": "500 of 1200 exports could not be normalized; `a.csv`: no"}),
    ])
    .await;
    let deployment = deployment(&server).await;
    let run = normalize(&deployment, "f", &NoProgress).await.unwrap();
    assert_eq!(
        run.problems,
        ["500 of 1200 exports could not be normalized", "`a.csv`: no"]
    );
    assert_eq!((run.seen, run.failed), (1200, 500));
    // If all exports of a call fail, the next call covers more.
    assert_eq!(max_files(&server), [500, 500, 2000]);
}

#[tokio::test]
async fn a_function_that_fails_is_an_error_with_its_words() {
    let server = function(vec![
        json!({"errorType": "RunFailed", "errorMessage": "the bucket is gone"}),
    ])
    .await;
    let deployment = deployment(&server).await;
    let error = normalize(&deployment, "f", &NoProgress).await.unwrap_err();
    assert_eq!(error.to_string(), "function `f` failed: the bucket is gone");
    assert_eq!(error.category(), ErrorCategory::Aws);
}
