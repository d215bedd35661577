//! Finding a directory, and checking that it can be read.

use kiro_directory::{
    CallErrorKind, DirectoryError, DirectoryOptions, find_directory, probe_directory,
};
use kiro_people::GroupPatterns;
use serde_json::json;

use crate::fake_directory::FakeDirectory;
use crate::server::{REGION, Response, STORE, Server, options};

#[tokio::test]
async fn a_probe_reads_at_most_one_user_and_one_group() {
    let directory = FakeDirectory::with_users(300);
    let server = Server::start(move |request| directory.respond(request)).await;
    let found = probe_directory(&server.config(), &options()).await.unwrap();
    assert_eq!(
        (found.identity_store.as_str(), found.region.as_str()),
        (STORE, REGION)
    );
    assert_eq!(server.requests_of("ListUsers")[0].json()["MaxResults"], 1);
    assert!(server.requests_of("ListGroups").is_empty());
    let with_groups = DirectoryOptions {
        groups: GroupPatterns::all(),
        ..options()
    };
    probe_directory(&server.config(), &with_groups)
        .await
        .unwrap();
    assert_eq!(server.requests_of("ListGroups").len(), 1);
}

#[tokio::test]
async fn a_store_is_found_without_reading_users() {
    let directory = FakeDirectory::with_users(3);
    let server = Server::start(move |request| directory.respond(request)).await;
    let found = find_directory(&server.config(), &DirectoryOptions::default()).await;
    assert_eq!(found.unwrap().identity_store, STORE);
    assert!(server.requests_of("ListUsers").is_empty());
}

#[tokio::test]
async fn a_denied_probe_names_the_permission() {
    let server = Server::start(|_| {
        let message = "User: x is not authorized to perform: identitystore:ListUsers";
        Response::refusal(400, "AccessDeniedException", message, &json!({}))
    })
    .await;
    let error = probe_directory(&server.config(), &options())
        .await
        .unwrap_err();
    let DirectoryError::Call(call) = &error else {
        panic!("{error:?}");
    };
    assert!(matches!(call.kind, CallErrorKind::Denied(_)));
    assert!(
        error.hint().contains("identitystore:ListUsers"),
        "{}",
        error.hint()
    );
}
