//! Throttling and short outages.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_config::retry::RetryConfig;
use kiro_directory::{
    CallErrorKind, DirectoryError, DirectoryOptions, UserSelection, read_directory,
};
use kiro_people::GroupPatterns;
use serde_json::json;

use crate::fake_directory::FakeDirectory;
use crate::server::{Response, Server, options};
use crate::users::RecordedProgress;

fn throttled() -> Response {
    let details = json!({"RetryAfterSeconds": 1});
    Response::refusal(400, "ThrottlingException", "Rate exceeded", &details)
}

#[tokio::test]
async fn throttled_requests_are_sent_again_and_counted() {
    let mut directory = FakeDirectory::with_users(250);
    directory.add_group(1, "team", &[1, 2]);
    let requests = AtomicU64::new(0);
    // Each second request is refused.
    let server = Server::start(move |request| {
        let number = requests.fetch_add(1, Ordering::Relaxed);
        if number.is_multiple_of(2) {
            throttled()
        } else {
            directory.respond(request)
        }
    })
    .await;
    let options = DirectoryOptions {
        groups: GroupPatterns::all(),
        ..options()
    };
    let progress = RecordedProgress::default();
    let answer = server
        .read_with(&options, UserSelection::All, &progress)
        .await;
    let answer = answer.unwrap();
    assert_eq!(answer.directory.users.len(), 250);
    assert_eq!(answer.directory.groups[0].members.len(), 2);
    let last = *progress.0.lock().unwrap().last().unwrap();
    assert_eq!(last.retries, server.requests().len() as u64 - 5);
    assert!(last.retries >= 2, "{last:?}");
}

#[tokio::test]
async fn a_long_burst_of_throttling_is_waited_out() {
    let directory = FakeDirectory::with_users(1);
    let requests = AtomicU64::new(0);
    let server = Server::start(
        move |request| match requests.fetch_add(1, Ordering::Relaxed) {
            0..9 => throttled(),
            _ => directory.respond(request),
        },
    )
    .await;
    let progress = RecordedProgress::default();
    let answer = server
        .read_with(&options(), UserSelection::All, &progress)
        .await;
    assert_eq!(answer.unwrap().directory.users.len(), 1);
    assert_eq!(progress.0.lock().unwrap()[0].retries, 9);
}

#[tokio::test]
async fn endless_throttling_is_an_error_that_can_be_tried_again() {
    let server = Server::start(|_| throttled()).await;
    let progress = RecordedProgress::default();
    let answer = server
        .read_with(&options(), UserSelection::All, &progress)
        .await;
    let error = answer.unwrap_err();
    let DirectoryError::Call(call) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(call.kind, CallErrorKind::Throttled);
    assert!(
        error.is_transient() && error.hint().contains("wait a minute"),
        "{}",
        error.hint()
    );
    assert_eq!(server.requests().len(), 10);
}

#[tokio::test]
async fn a_configuration_without_retries_is_respected() {
    let server = Server::start(|_| throttled()).await;
    let config = server.config().into_builder();
    let config = config.retry_config(RetryConfig::disabled()).build();
    let progress = RecordedProgress::default();
    let answer = read_directory(&config, &options(), UserSelection::All, &progress).await;
    answer.unwrap_err();
    assert_eq!(server.requests().len(), 1);
}
