//! Reading groups and members.

use kiro_directory::{DirectoryOptions, UserSelection};
use kiro_people::GroupPatterns;
use serde_json::json;

use crate::fake_directory::{FakeDirectory, group_id, not_found, user_id};
use crate::server::{Server, options};
use crate::users::{RecordedProgress, serving};

fn with_groups(patterns: &[&str]) -> DirectoryOptions {
    DirectoryOptions {
        groups: GroupPatterns::new(patterns),
        ..options()
    }
}

#[tokio::test]
async fn without_patterns_no_group_is_read() {
    let mut directory = FakeDirectory::with_users(3);
    directory.add_group(1, "Payments", &[0, 1]);
    let server = serving(directory).await;
    let answer = server.read(&options(), UserSelection::All).await;
    assert!(answer.unwrap().directory.groups.is_empty());
    assert!(server.requests_of("ListGroups").is_empty());
}

#[tokio::test]
async fn only_selected_groups_are_asked_for_their_members() {
    let mut directory = FakeDirectory::with_users(3);
    directory.add_group(1, "kiro-payments", &[2, 0]);
    directory.add_group(2, "finance", &[1]);
    directory.add_group(3, "Kiro-Empty", &[]);
    directory
        .groups
        .push(json!({"IdentityStoreId": "d-1234567890", "GroupId": group_id(4)}));
    let server = serving(directory).await;
    let (options, progress) = (with_groups(&["kiro-*"]), RecordedProgress::default());
    let answer = server
        .read_with(&options, UserSelection::Ids(&[]), &progress)
        .await;
    let groups = answer.unwrap().directory.groups;
    let found: Vec<_> = groups
        .iter()
        .map(|group| (group.group_id.clone(), group.name.as_str()))
        .collect();
    assert_eq!(
        found,
        [(group_id(1), "kiro-payments"), (group_id(3), "Kiro-Empty")]
    );
    assert_eq!(groups[0].members, [user_id(0), user_id(2)]);
    assert!(groups[1].members.is_empty());
    assert_eq!(server.requests_of("ListGroupMemberships").len(), 2);
    assert!(server.requests_of("ListUsers").is_empty());
    let counts = *progress.0.lock().unwrap().last().unwrap();
    assert_eq!((counts.groups, counts.selected_groups), (2, 2));
}

#[tokio::test]
async fn groups_and_members_are_read_by_pages() {
    let mut directory = FakeDirectory::with_users(250);
    let members: Vec<usize> = (0..250).collect();
    for number in 0..101 {
        directory.add_group(
            number,
            &format!("team {number}"),
            if number == 100 { &members } else { &[] },
        );
    }
    let server = serving(directory).await;
    let options = with_groups(&["*"]);
    let answer = server.read(&options, UserSelection::All).await;
    let directory = answer.unwrap().directory;
    assert_eq!(directory.groups.len(), 101);
    let large = directory.groups.last().unwrap();
    assert_eq!(large.members, (0..250).map(user_id).collect::<Vec<_>>());
    assert_eq!(server.requests_of("ListGroups").len(), 2);
    assert_eq!(server.requests_of("ListGroupMemberships").len(), 100 + 3);
    for request in server.requests() {
        assert_eq!(request.json()["MaxResults"], 100, "{}", request.body);
    }
}

#[tokio::test]
async fn a_group_in_a_group_is_counted_and_ignored() {
    let mut directory = FakeDirectory::with_users(2);
    directory.add_group(1, "all", &[1, 0, 1]);
    directory
        .memberships
        .push((group_id(1), json!({"GroupId": group_id(2)})));
    directory.memberships.push((group_id(1), json!(null)));
    let server = serving(directory).await;
    let options = with_groups(&["all"]);
    let answer = server.read(&options, UserSelection::All).await;
    let answer = answer.unwrap();
    assert_eq!(answer.directory.groups[0].members, [user_id(0), user_id(1)]);
    assert_eq!(answer.ignored_members, 2);
}

#[tokio::test]
async fn groups_of_one_name_stay_two_groups() {
    let mut directory = FakeDirectory::with_users(2);
    directory.add_group(1, "Payments", &[0]);
    directory.add_group(2, "Payments", &[1]);
    let server = serving(directory).await;
    let options = with_groups(&["payments"]);
    let answer = server.read(&options, UserSelection::All).await;
    let groups = answer.unwrap().directory.groups;
    assert_eq!(groups.len(), 2);
    assert_eq!((groups[0].members.len(), groups[1].members.len()), (1, 1));
}

#[tokio::test]
async fn a_group_that_was_deleted_since_the_listing_is_left_out() {
    let mut directory = FakeDirectory::with_users(1);
    directory.add_group(1, "kept", &[0]);
    directory.add_group(2, "deleted", &[0]);
    let server = Server::start(move |request| {
        let deleted = request.body.contains(&group_id(2));
        if deleted {
            not_found("GROUP")
        } else {
            directory.respond(request)
        }
    })
    .await;
    let (options, progress) = (with_groups(&["*"]), RecordedProgress::default());
    let answer = server
        .read_with(&options, UserSelection::All, &progress)
        .await;
    let groups = answer.unwrap().directory.groups;
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].name, "kept");
    let counts = *progress.0.lock().unwrap().last().unwrap();
    assert_eq!((counts.groups, counts.selected_groups), (1, 1));
}

#[tokio::test]
async fn no_more_requests_than_the_limit_are_sent_at_the_same_time() {
    let mut directory = FakeDirectory::with_users(250);
    let members: Vec<usize> = (0..250).collect();
    for number in 0..3 {
        directory.add_group(number, "team", &members);
    }
    let server = serving(directory).await;
    let mut options = with_groups(&["*"]);
    options.limits.max_concurrent_requests = 1;
    let answer = server.read(&options, UserSelection::Ids(&[])).await;
    assert_eq!(answer.unwrap().directory.groups.len(), 3);
    let requests = server.requests_of("ListGroupMemberships").into_iter();
    let groups = requests.map(|request| request.json()["GroupId"].as_str().unwrap().to_owned());
    let expected = [0, 0, 0, 1, 1, 1, 2, 2, 2].map(group_id);
    assert_eq!(groups.collect::<Vec<_>>(), expected);
}
