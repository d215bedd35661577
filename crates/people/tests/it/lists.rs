//! Lists of persons, one person in detail, and what a sync asks for.

use kiro_people::{
    ListSource, ListedPerson, PeopleStore, PersonFilter, PersonStatus, SeenUser, SyncOptions,
    SyncPlan, SyncRequest,
};
use tempfile::{TempDir, tempdir};

use crate::fixture::{directory, meta, roster_meta, time, user_id};

const ROSTER: &[u8] = b"email,display_name,team,manager,status\n\
    user1@example.com,Ann Adams,Payments,Number2,\n\
    outside@example.com,Olga Outside,Platform,,left\n";

/// Persons 1 and 2 of the directory, one with an address of the exports, one with nothing, and one of the roster alone.
fn store() -> (TempDir, PeopleStore, Vec<SeenUser>) {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    let seen = seen();
    store
        .sync(directory([1, 2, 3]), meta(0), &seen, SyncOptions::default())
        .unwrap();
    store.import_roster(ROSTER, &roster_meta(1), &seen).unwrap();
    (data, store, seen)
}

fn seen() -> Vec<SeenUser> {
    let user = |id: &str, email: Option<&str>| SeenUser {
        user_id: id.to_owned(),
        email: email.map(str::to_owned),
    };
    vec![
        user(&user_id(1).to_uppercase(), Some("Old@Example.com")),
        user(&user_id(2), None),
        user("okta-7", Some("Mail.Only@example.com")),
        user("okta-8", None),
    ]
}

fn labels(persons: &[ListedPerson]) -> Vec<(&str, ListSource)> {
    persons
        .iter()
        .map(|person| (person.label.as_str(), person.source))
        .collect()
}

#[test]
fn a_list_has_the_map_and_the_users_of_the_data() {
    let (_data, store, seen) = store();
    let list = |filter: PersonFilter| store.list(&seen, &filter);
    assert_eq!(
        labels(&list(PersonFilter::default())),
        [
            ("Ann Adams", ListSource::RosterAndDirectory),
            ("mail.only@example.com", ListSource::Exports),
            ("okta-8", ListSource::Unresolved),
            ("Olga Outside", ListSource::Roster),
            ("Person Number2", ListSource::Directory),
        ]
    );
    let text = |text: &str| PersonFilter {
        text: text.to_owned(),
        ..PersonFilter::default()
    };
    assert_eq!(labels(&list(text("pay ANN")))[0].0, "Ann Adams");
    assert_eq!(list(text("only mail"))[0].status, None);
    let left = list(PersonFilter {
        status: Some(PersonStatus::Left),
        ..PersonFilter::default()
    });
    assert!(left.len() == 1 && left[0].is_seat && !left[0].is_in_data);
    let unresolved = list(PersonFilter {
        source: Some(ListSource::Unresolved),
        ..PersonFilter::default()
    });
    assert_eq!(unresolved[0].user_id, "okta-8");
}

#[test]
fn a_person_is_found_by_every_spelling_address_and_user_name() {
    let (_data, mut store, seen) = store();
    let spelling = format!("d-0123456789.{}", user_id(1).to_uppercase());
    for text in [
        spelling.as_str(),
        "USER1@example.com",
        "Login1 ",
        "old@example.com",
    ] {
        assert_eq!(store.find(text, &seen), [user_id(1)], "{text}");
    }
    // A user of the directory who is not in the data.
    assert_eq!(store.find("login3", &seen), [user_id(3)]);
    for text in ["", " ", "nobody@example.com", "Ann Adams"] {
        assert!(store.find(text, &seen).is_empty(), "{text}");
    }
    let detail = store.detail(&spelling, &seen).unwrap();
    assert_eq!(detail.map.unwrap().label(), "Ann Adams");
    assert_eq!(
        detail.directory.unwrap().display_name.as_deref(),
        Some("Person Number1")
    );
    assert_eq!(detail.groups, ["Team One"]);
    assert_eq!(detail.roster[0].team.as_deref(), Some("Payments"));
    assert_eq!(detail.export_emails, ["old@example.com"]);
    assert!(detail.is_in_data && !detail.is_forgotten);
    assert!(store.detail("nobody", &seen).is_none());

    store.forget(&spelling, &seen).unwrap();
    let detail = store.detail(&user_id(1), &seen).unwrap();
    assert!(detail.is_forgotten && detail.directory.is_none() && detail.roster.is_empty());
    assert!(detail.groups.is_empty() && detail.export_emails.is_empty());
    assert!(store.find("old@example.com", &seen).is_empty());
    let masked = store.list(&seen, &PersonFilter::default());
    let masked = masked
        .iter()
        .find(|person| person.source == ListSource::Forgotten);
    assert_eq!(masked.unwrap().email, None);
}

#[test]
fn a_sync_asks_for_all_users_once_a_day_and_for_new_ones_before() {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    let seen = seen();
    let request = SyncRequest {
        max_ids: 1,
        ..SyncRequest::default()
    };
    assert_eq!(store.plan_sync(request, &seen, time(0)), SyncPlan::All);
    store
        .sync(directory([1]), meta(0), &seen, SyncOptions::default())
        .unwrap();
    // The directory does not have the others: that is an answer, too.
    assert_eq!(store.plan_sync(request, &seen, time(23)), SyncPlan::Nothing);
    assert_eq!(store.plan_sync(request, &seen, time(24)), SyncPlan::All);
    let with_new = |count: usize| {
        let new = (0..count).map(|number| SeenUser {
            user_id: user_id(70 + number),
            email: None,
        });
        seen.iter().cloned().chain(new).collect::<Vec<_>>()
    };
    assert_eq!(
        store.plan_sync(request, &with_new(1), time(23)),
        SyncPlan::Ids(vec![user_id(70)])
    );
    // More ids than are asked for one by one.
    assert_eq!(
        store.plan_sync(request, &with_new(2), time(23)),
        SyncPlan::All
    );
    for changed in [
        SyncRequest {
            refresh: true,
            ..request
        },
        SyncRequest {
            store_id: Some("d-9999999999"),
            ..request
        },
        SyncRequest {
            region: Some("eu-west-1"),
            ..request
        },
    ] {
        assert_eq!(store.plan_sync(changed, &seen, time(1)), SyncPlan::All);
    }
    let same = SyncRequest {
        store_id: Some("d-0123456789"),
        region: Some("us-east-1"),
        ..request
    };
    assert_eq!(store.plan_sync(same, &seen, time(1)), SyncPlan::Nothing);
}

#[test]
fn a_change_of_another_program_is_noticed() {
    let (data, store, seen) = store();
    assert!(store.is_stored() && PeopleStore::exists(data.path()));
    let mut other = PeopleStore::open(data.path()).unwrap();
    assert!(!store.is_outdated() && !other.is_outdated());
    other.forget(&user_id(2), &seen).unwrap();
    assert!(store.is_outdated() && !other.is_outdated());
    let mut store = store;
    store.reload().unwrap();
    assert!(!store.is_outdated() && store.rows() == other.rows());
    let empty = tempdir().unwrap();
    assert!(!PeopleStore::exists(empty.path()));
    assert!(!PeopleStore::open(empty.path()).unwrap().is_stored());
}
