//! Names and addresses stay in the answer.

use kiro_directory::{DirectoryOptions, UserSelection};
use kiro_people::GroupPatterns;
use serde_json::json;

use crate::fake_directory::{FakeDirectory, user_id};
use crate::server::options;
use crate::users::serving;

#[tokio::test]
async fn debug_output_has_counts_only() {
    let mut directory = FakeDirectory::with_users(1);
    directory.users[0]["DisplayName"] = json!("planted");
    directory.users[0]["UserName"] = json!("planted");
    directory.users[0]["Emails"] = json!([{"Value": "planted@example.com"}]);
    directory.add_group(1, "planted", &[0]);
    let server = serving(directory).await;
    let options = DirectoryOptions {
        groups: GroupPatterns::all(),
        ..options()
    };
    let ids = [user_id(0), "planted@example.org".to_owned()];
    let selection = UserSelection::Ids(&ids);
    let answer = server.read(&options, selection).await;
    let answer = answer.unwrap();
    assert_eq!(
        answer.directory.users[0].email.as_deref(),
        Some("planted@example.com")
    );
    assert_eq!(answer.missing, ["planted@example.org"]);
    let text = format!("{answer:?} {selection:?}");
    assert!(
        text.contains("missing: 1") && text.contains("Ids(2)"),
        "{text}"
    );
    assert!(!text.contains("planted"), "{text}");
}

#[tokio::test]
async fn no_other_attribute_of_a_user_is_asked_for() {
    let server = serving(FakeDirectory::with_users(1)).await;
    let answer = server.read(&options(), UserSelection::All).await;
    answer.unwrap();
    let body = server.requests()[0].json();
    let mut members: Vec<&String> = body.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["IdentityStoreId", "MaxResults"]);
}
