//! Reading users: pages, ids, names.

use std::sync::{Arc, Mutex};

use kiro_directory::{
    DirectoryError, DirectoryOptions, MAX_DESCRIBED_USERS, Progress, ReadCounts, UserSelection,
    read_directory,
};
use serde_json::json;

use crate::fake_directory::{FakeDirectory, user, user_id};
use crate::server::{Response, STORE, Server, options};

/// Keeps all numbers.
#[derive(Debug, Default)]
pub(crate) struct RecordedProgress(pub(crate) Mutex<Vec<ReadCounts>>);

impl Progress for RecordedProgress {
    fn update(&self, counts: ReadCounts) {
        self.0.lock().unwrap().push(counts);
    }
}

pub(crate) async fn serving(directory: FakeDirectory) -> Server {
    Server::start(move |request| directory.respond(request)).await
}

#[tokio::test]
async fn two_thousand_users_are_read_by_pages() {
    let server = serving(FakeDirectory::with_users(2000)).await;
    let progress = RecordedProgress::default();
    let answer = server
        .read_with(&options(), UserSelection::All, &progress)
        .await;
    let answer = answer.unwrap();
    let ids: Vec<String> = (0..2000).map(user_id).collect();
    let users = &answer.directory.users;
    assert_eq!(
        users.iter().map(|user| &user.user_id).collect::<Vec<_>>(),
        ids.iter().collect::<Vec<_>>()
    );
    assert_eq!(users[7].username.as_deref(), Some("user-7"));
    assert_eq!(users[7].display_name.as_deref(), Some("User 7"));
    assert_eq!(users[7].email.as_deref(), Some("user-7@example.com"));
    assert!(answer.missing.is_empty() && answer.directory.groups.is_empty());
    assert_eq!(
        (answer.identity_store.as_str(), answer.region.as_str()),
        (STORE, "eu-central-1")
    );
    let requests = server.requests();
    assert_eq!(requests.len(), 20);
    for (number, request) in requests.iter().enumerate() {
        assert_eq!(request.header("x-amz-target"), "AWSIdentityStore.ListUsers");
        let body = request.json();
        assert_eq!(body["MaxResults"], 100);
        let token = (number > 0).then(|| (number * 100).to_string());
        assert_eq!(
            body.get("NextToken")
                .map(|token| token.as_str().unwrap().to_owned()),
            token
        );
    }
    let counts = progress.0.lock().unwrap();
    let expected: Vec<u64> = (1..=20).map(|page| page * 100).collect();
    assert_eq!(
        counts.iter().map(|counts| counts.users).collect::<Vec<_>>(),
        expected
    );
}

#[tokio::test]
async fn namesakes_and_users_without_names_stay_users_of_their_own() {
    let mut directory = FakeDirectory::with_users(2);
    directory.users[1]["DisplayName"] = json!("User 0");
    directory
        .users
        .push(json!({"IdentityStoreId": STORE, "UserId": user_id(2)}));
    directory.users.push(json!({
        "IdentityStoreId": STORE,
        "UserId": user_id(3).to_uppercase(),
        "UserName": " ",
        "Emails": [{"Value": "second@example.com"}, {"Value": "first@example.com", "Primary": true}],
    }));
    let server = serving(directory).await;
    let answer = server.read(&options(), UserSelection::All).await;
    let users = answer.unwrap().directory.users;
    assert_eq!(users.len(), 4);
    assert_eq!(users[0].display_name, users[1].display_name);
    assert_ne!(users[0].user_id, users[1].user_id);
    let names = |user: &kiro_people::DirectoryUser| {
        [
            user.username.clone(),
            user.display_name.clone(),
            user.email.clone(),
        ]
    };
    assert_eq!(names(&users[2]), [None, None, None]);
    assert_eq!(users[3].user_id, user_id(3));
    assert_eq!(
        names(&users[3]),
        [None, None, Some("first@example.com".to_owned())]
    );
}

#[tokio::test]
async fn a_few_ids_are_described_and_the_unknown_ones_are_missing() {
    let server = serving(FakeDirectory::with_users(300)).await;
    // One twice in another spelling, one unknown, two that no Identity Store can have.
    let ids = [
        user_id(299),
        user_id(5),
        format!("d-1234567890.{}", user_id(5).to_uppercase()),
        user_id(300),
        "planted@example.com".to_owned(),
        "DOMAIN\\planted".to_owned(),
    ];
    let selection = UserSelection::Ids(&ids);
    let answer = server.read(&options(), selection).await;
    let answer = answer.unwrap();
    let found = answer.directory.users.iter();
    assert_eq!(
        found.map(|user| user.user_id.clone()).collect::<Vec<_>>(),
        [user_id(5), user_id(299)]
    );
    let mut missing = vec![
        user_id(300),
        "DOMAIN\\planted".to_owned(),
        "planted@example.com".to_owned(),
    ];
    missing.sort();
    assert_eq!(answer.missing, missing);
    let mut sent: Vec<String> = server
        .requests_of("DescribeUser")
        .iter()
        .map(|request| request.json()["UserId"].as_str().unwrap().to_owned())
        .collect();
    sent.sort();
    assert_eq!(sent, [user_id(5), user_id(299), user_id(300)]);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn many_ids_are_listed_and_other_users_are_not_kept() {
    let server = serving(FakeDirectory::with_users(1000)).await;
    // The last one is on the fifth page of ten.
    let ids: Vec<String> = (0..=MAX_DESCRIBED_USERS)
        .map(|number| user_id(number * 4))
        .collect();
    let selection = UserSelection::Ids(&ids);
    let answer = server.read(&options(), selection).await;
    let answer = answer.unwrap();
    let found = answer.directory.users.iter();
    assert_eq!(
        found.map(|user| user.user_id.clone()).collect::<Vec<_>>(),
        ids
    );
    assert!(answer.missing.is_empty());
    assert_eq!(server.requests_of("ListUsers").len(), 5);
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn many_ids_with_an_unknown_one_take_the_whole_listing() {
    let server = serving(FakeDirectory::with_users(300)).await;
    let ids: Vec<String> = (200..=300).map(user_id).collect();
    let selection = UserSelection::Ids(&ids);
    let answer = server.read(&options(), selection).await;
    let answer = answer.unwrap();
    assert_eq!(answer.directory.users.len(), 100);
    assert_eq!(answer.missing, [user_id(300)]);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn without_ids_nothing_is_requested() {
    let server = serving(FakeDirectory::with_users(3)).await;
    let answer = server.read(&options(), UserSelection::Ids(&[])).await;
    let answer = answer.unwrap();
    assert!(answer.directory.users.is_empty());
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_empty_directory_is_an_empty_answer() {
    let server = serving(FakeDirectory::default()).await;
    let answer = server.read(&options(), UserSelection::All).await;
    assert!(answer.unwrap().directory.users.is_empty());
}

#[tokio::test]
async fn an_empty_page_with_a_token_is_not_the_end() {
    let server = Server::start(|request| match request.json()["NextToken"].as_str() {
        None => Response::json(&json!({"Users": [], "NextToken": "a"})),
        Some("a") => Response::json(&json!({"Users": [user(1)], "NextToken": ""})),
        Some(_) => Response::refusal(400, "ValidationException", "", &json!({})),
    })
    .await;
    let answer = server.read(&options(), UserSelection::All).await;
    assert_eq!(answer.unwrap().directory.users.len(), 1);
}

#[tokio::test]
async fn a_listing_that_repeats_a_page_is_an_error_and_not_a_smaller_directory() {
    let server =
        Server::start(|_| Response::json(&json!({"Users": [user(1)], "NextToken": "a"}))).await;
    let answer = server.read(&options(), UserSelection::All).await;
    let error = answer.unwrap_err();
    let expected = "`identitystore:ListUsers` for Identity Store `d-1234567890` in `eu-central-1` returned the same page twice";
    assert_eq!(error.to_string(), expected);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_user_on_two_pages_is_one_user() {
    let mut directory = FakeDirectory::with_users(150);
    directory.users[120] = user(3);
    let server = serving(directory).await;
    let answer = server.read(&options(), UserSelection::All).await;
    assert_eq!(answer.unwrap().directory.users.len(), 149);
}

#[tokio::test]
async fn a_reading_runs_as_a_task_of_its_own() {
    let server = serving(FakeDirectory::with_users(3)).await;
    let config = server.config();
    let progress = Arc::new(RecordedProgress::default());
    let recorded = Arc::clone(&progress);
    let task = tokio::spawn(async move {
        let ids = [user_id(1), user_id(2)];
        let selection = UserSelection::Ids(&ids);
        read_directory(&config, &options(), selection, recorded.as_ref()).await
    });
    assert_eq!(task.await.unwrap().unwrap().directory.users.len(), 2);
    assert_eq!(progress.0.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn invalid_options_send_nothing() {
    let server = serving(FakeDirectory::default()).await;
    let options = DirectoryOptions {
        identity_store: Some("arn:aws:sso:::instance/ssoins-1234567890abcdef".to_owned()),
        ..options()
    };
    let answer = server.read(&options, UserSelection::All).await;
    let error = answer.unwrap_err();
    assert!(matches!(error, DirectoryError::Options(_)), "{error:?}");
    assert!(error.to_string().contains("begins with `d-`"), "{error}");
    assert!(
        error.hint().contains("kiro-analytics config"),
        "{}",
        error.hint()
    );
    assert!(server.requests().is_empty());
}
