//! Finding the Identity Store.

use kiro_directory::{CallErrorKind, DirectoryError, DirectoryOptions, UserSelection};
use serde_json::{Value, json};

use crate::fake_directory::FakeDirectory;
use crate::server::{Response, STORE, Server, options};
use crate::users::serving;

fn unknown_store() -> DirectoryOptions {
    DirectoryOptions {
        identity_store: None,
        ..options()
    }
}

/// Reads with these instances of IAM Identity Center.
async fn read_with(instances: Value) -> Result<String, DirectoryError> {
    let directory = FakeDirectory::with_users(1);
    let server = Server::start(move |request| {
        if request.operation() == "ListInstances" {
            return Response::json(&json!({"Instances": instances}));
        }
        directory.respond(request)
    })
    .await;
    let options = unknown_store();
    let answer = server.read(&options, UserSelection::All).await;
    answer.map(|answer| answer.identity_store)
}

#[tokio::test]
async fn the_only_store_is_found() {
    let server = serving(FakeDirectory::with_users(2)).await;
    let options = unknown_store();
    let answer = server.read(&options, UserSelection::All).await;
    let answer = answer.unwrap();
    assert_eq!(answer.identity_store, STORE);
    assert_eq!(answer.directory.users.len(), 2);
    let requests = server.requests();
    assert_eq!(
        requests[0].header("x-amz-target"),
        "SWBExternalService.ListInstances"
    );
    assert_eq!(requests[1].json()["IdentityStoreId"], STORE);
}

#[tokio::test]
async fn a_named_store_is_not_looked_up() {
    let server = serving(FakeDirectory::with_users(2)).await;
    let answer = server.read(&options(), UserSelection::All).await;
    answer.unwrap();
    assert!(server.requests_of("ListInstances").is_empty());
}

#[tokio::test]
async fn instances_come_in_pages_and_only_active_ones_count() {
    let directory = FakeDirectory::with_users(1);
    let server = Server::start(move |request| {
        if request.operation() != "ListInstances" {
            return directory.respond(request);
        }
        let deleted = json!({"IdentityStoreId": "d-0000000000", "Status": "DELETE_IN_PROGRESS"});
        let active = json!({"IdentityStoreId": STORE, "Status": "ACTIVE"});
        match request.json()["NextToken"].as_str() {
            None => Response::json(&json!({"Instances": [deleted], "NextToken": "a"})),
            Some(_) => Response::json(&json!({"Instances": [active]})),
        }
    })
    .await;
    let options = unknown_store();
    let answer = server.read(&options, UserSelection::All).await;
    assert_eq!(answer.unwrap().identity_store, STORE);
    assert_eq!(server.requests_of("ListInstances").len(), 2);
}

#[tokio::test]
async fn no_instance_is_an_error_that_names_the_region() {
    let error = read_with(json!([])).await.unwrap_err();
    let region = "eu-central-1".to_owned();
    assert_eq!(error, DirectoryError::NoInstance { region });
    let text = error.to_string();
    assert_eq!(
        text,
        "there is no instance of IAM Identity Center in `eu-central-1`"
    );
    assert!(
        error.hint().contains("`identity_region`"),
        "{}",
        error.hint()
    );
}

#[tokio::test]
async fn several_stores_are_not_guessed() {
    let two = json!([{"IdentityStoreId": STORE}, {"IdentityStoreId": "d-0000000000"}]);
    let error = read_with(two).await.unwrap_err();
    let expected =
        "there are several Identity Stores in `eu-central-1`: `d-0000000000`, `d-1234567890`";
    assert_eq!(error.to_string(), expected);
    assert!(
        error.hint().contains("`identity_store`"),
        "{}",
        error.hint()
    );
    let same = json!([{"IdentityStoreId": STORE}, {"IdentityStoreId": STORE}]);
    assert_eq!(read_with(same).await.unwrap(), STORE);
}

#[tokio::test]
async fn a_denied_lookup_names_action_and_statement() {
    let server =
        Server::start(|_| Response::refusal(400, "AccessDeniedException", "no", &json!({}))).await;
    let options = unknown_store();
    let answer = server.read(&options, UserSelection::All).await;
    let error = answer.unwrap_err();
    let DirectoryError::Call(call) = &error else {
        panic!("{error:?}");
    };
    assert!(matches!(call.kind, CallErrorKind::Denied(_)), "{call:?}");
    let text = "`sso:ListInstances` for IAM Identity Center in `eu-central-1` is not allowed (AccessDeniedException, request request-1)";
    assert_eq!(error.to_string(), text);
    let statement = r#"{"Effect": "Allow", "Action": "sso:ListInstances", "Resource": ["*"]}"#;
    assert!(error.hint().contains(statement), "{}", error.hint());
}
