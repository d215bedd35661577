//! The local state: what is written, when, and who can read it.

use std::error::Error as _;
use std::fs;

use kiro_people::{
    DirectoryUser, GroupPatterns, GroupRules, Lookups, PeopleError, PeopleStore, PersonSource,
    PersonStatus, SeenUser, SyncOptions,
};
use tempfile::tempdir;

use crate::fixture::{
    contains_text, directory, files, labels, meta, roster_meta, seen, time, user, user_id,
};

const STRICT: SyncOptions = SyncOptions {
    accept_shrink: false,
};
const ACCEPT_SHRINK: SyncOptions = SyncOptions {
    accept_shrink: true,
};

#[test]
fn a_sync_is_there_after_opening_again() {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    assert!(store.rows().is_empty() && store.state().directory_meta().is_none());
    assert!(files(data.path()).is_empty(), "opening writes nothing");
    let users = seen([1, 2, 99]);
    let outcome = store
        .sync(directory(0..20), meta(0), &users, STRICT)
        .unwrap();
    assert_eq!(
        (outcome.users, outcome.new_users, outcome.map_rows),
        (20, 20, 2)
    );
    let store = PeopleStore::open(data.path()).unwrap();
    assert_eq!(store.rows().len(), 2);
    assert_eq!(store.person(&user_id(1)).unwrap().label(), "Person Number1");
    assert_eq!(store.state().directory_meta(), Some(&meta(0)));
    let not_found: Vec<&String> = store.state().not_found().keys().collect();
    assert_eq!(not_found, [&user_id(99)]);
    let found: Vec<&str> = store
        .search("number2 TEAM")
        .iter()
        .map(|row| row.label())
        .collect();
    assert_eq!(found, ["Person Number2"]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let root = tempdir().unwrap();
    let data = root.path().join("data");
    let mut store = PeopleStore::open(&data).unwrap();
    store
        .sync(directory(0..2), meta(0), &seen([1]), STRICT)
        .unwrap();
    let mode = |path: &str| {
        let metadata = fs::metadata(data.join(path)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(["people", "identity"].map(mode), [0o700, 0o700]);
    let names = [
        "people/state.json",
        "people/lock",
        "identity/people.parquet",
    ];
    assert_eq!(names.map(mode), [0o600, 0o600, 0o600]);
    assert_eq!(files(&data).len(), 3);
}

#[test]
fn a_shrunken_answer_changes_nothing_unless_it_is_accepted() {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    let users = seen(0..20);
    store
        .sync(directory(0..20), meta(0), &users, STRICT)
        .unwrap();
    let before = files(data.path());
    for answer in [directory([]), directory(0..15), directory(20..60)] {
        let error = store.sync(answer, meta(1), &users, STRICT).unwrap_err();
        assert!(matches!(error, PeopleError::Shrunken(_)), "{error}");
        assert!(error.hint().unwrap().contains("--accept-shrink"));
        assert_eq!(files(data.path()), before);
    }
    let outcome = store
        .sync(directory(0..15), meta(2), &users, ACCEPT_SHRINK)
        .unwrap();
    assert_eq!(
        (outcome.users, outcome.former_users, outcome.map_rows),
        (15, 5, 20)
    );
    let former = store.person(&user_id(17)).unwrap();
    assert_eq!(former.label(), "Person Number17");
    assert_eq!(
        (former.status, former.source),
        (PersonStatus::Left, PersonSource::LastKnown)
    );
    assert_eq!(former.team, None);
    store
        .sync(directory(0..20), meta(3), &users, STRICT)
        .unwrap();
    let back = store.person(&user_id(17)).unwrap();
    assert_eq!(
        (back.status, back.source),
        (PersonStatus::Active, PersonSource::Directory)
    );
}

#[test]
fn former_users_that_never_were_in_the_map_are_not_kept() {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    let users = seen([0]);
    store
        .sync(directory(0..20), meta(0), &users, STRICT)
        .unwrap();
    store
        .sync(directory(1..19), meta(1), &users, STRICT)
        .unwrap();
    let last_known = store.state().sources().last_known();
    let ids: Vec<&str> = last_known.iter().map(|(id, _)| id).collect();
    assert_eq!(ids, [user_id(0)]);
    assert!(!contains_text(data.path(), "Number19"));
}

#[test]
fn a_roster_with_an_error_leaves_all_files_as_they_were() {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    let users = seen([1]);
    store
        .sync(directory(0..3), meta(0), &users, STRICT)
        .unwrap();
    let good = b"email,name\nuser1@example.com,Ann\nnew@x.y,New\n";
    let outcome = store.import_roster(good, &roster_meta(1), &users).unwrap();
    assert_eq!((outcome.rows, outcome.matched_rows), (2, 1));
    let before = files(data.path());
    let bad = [
        "email,name\nuser1@example.com,Other\n,Planted\n",
        "email,name\n",
        "name\nPlanted\n",
        "email,name\nuser1@example.com,\"Planted\n",
    ];
    for text in bad {
        let error = store
            .import_roster(text.as_bytes(), &roster_meta(2), &users)
            .unwrap_err();
        assert_eq!(error.to_string(), "failed to import `roster.csv`");
        assert!(!error.source().unwrap().to_string().contains("Planted"));
        assert_eq!(files(data.path()), before, "{text:?}");
    }
    assert_eq!(store.person("ROSTER:New@x.y").unwrap().label(), "New");
    assert!(store.remove_roster(&users).unwrap());
    assert!(!store.remove_roster(&users).unwrap());
    assert_eq!(
        labels(&store),
        [(user_id(1).as_str(), "Person Number1")].into()
    );
}

#[test]
fn forgotten_persons_leave_no_name_and_stay_forgotten() {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    let users = seen([1, 2]);
    let mut answer = directory(0..20);
    answer.users[1].display_name = Some("Planted".to_owned());
    let roster = "email,name,manager,deputy\nuser1@example.com,Planted,,\nuser2@example.com,Bob,Planted,user1@example.com\n";
    store.sync(answer.clone(), meta(0), &users, STRICT).unwrap();
    store
        .import_roster(roster.as_bytes(), &roster_meta(0), &users)
        .unwrap();
    assert!(contains_text(data.path(), "planted"));
    let spelling = format!("d-0123456789.{}", user_id(1).to_uppercase());
    let outcome = store.forget(&spelling, &users).unwrap();
    assert!(outcome.was_known);
    for step in 0..4 {
        match step {
            0 => {}
            1 => {
                let outcome = store
                    .import_roster(roster.as_bytes(), &roster_meta(1), &users)
                    .unwrap();
                assert_eq!((outcome.rows, outcome.forgotten_rows), (2, 1));
            }
            2 => {
                store.sync(answer.clone(), meta(1), &users, STRICT).unwrap();
            }
            _ => {
                let lookups = Lookups {
                    found: vec![answer.users[1].clone()],
                    not_found: Vec::new(),
                };
                store.add_lookups(lookups, meta(2), &users, STRICT).unwrap();
            }
        }
        for text in ["planted", "user1@example.com", "login1\""] {
            assert!(!contains_text(data.path(), text), "{step} {text}");
        }
        let row = store.person(&user_id(1)).unwrap();
        assert_eq!(row.label(), outcome.mask);
        assert_eq!(row.status, PersonStatus::Forgotten);
        assert_eq!(store.person(&user_id(2)).unwrap().manager, None);
    }
    assert!(!store.forget("no-such-id", &users).unwrap().was_known);
    assert!(matches!(
        store.forget(" \"\" ", &users),
        Err(PeopleError::BlankId)
    ));
}

#[test]
fn a_person_of_the_roster_stays_forgotten_when_the_directory_learns_it() {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    let roster = b"email,name\nuser1@example.com,Planted\nuser2@example.com,Bob\n";
    store.import_roster(roster, &roster_meta(0), &[]).unwrap();
    store.forget("roster:User1@example.com", &[]).unwrap();
    assert_eq!(labels(&store), [("roster:user2@example.com", "Bob")].into());
    let mut answer = directory(0..4);
    answer.users[1].display_name = Some("Planted".to_owned());
    let users = seen([1, 2]);
    store.sync(answer, meta(1), &users, STRICT).unwrap();
    assert!(!contains_text(data.path(), "planted"));
    let row = store.person(&user_id(1)).unwrap();
    assert_eq!(row.status, PersonStatus::Forgotten);
}

#[test]
fn ids_are_looked_up_once_a_day() {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    let users = seen([1, 2, 3]);
    let ids = |numbers: &[usize]| numbers.iter().map(|id| user_id(*id)).collect::<Vec<_>>();
    assert_eq!(store.ids_to_look_up(&users, time(0)), ids(&[1, 2, 3]));
    let lookups = |found: &[usize], not_found: &[usize]| Lookups {
        found: found.iter().map(|number| user(*number)).collect(),
        not_found: ids(not_found),
    };
    store
        .add_lookups(lookups(&[1, 2], &[3]), meta(0), &users, STRICT)
        .unwrap();
    assert_eq!(store.rows().len(), 2);
    assert!(store.ids_to_look_up(&users, time(23)).is_empty());
    let more = seen([1, 2, 3, 4]);
    assert_eq!(store.ids_to_look_up(&more, time(23)), ids(&[4]));
    store
        .add_lookups(lookups(&[4], &[]), meta(23), &more, STRICT)
        .unwrap();
    // The fourth is answered with the others, and the third was asked for within the day.
    assert_eq!(store.ids_to_look_up(&more, time(24)), ids(&[1, 2, 3, 4]));
    store
        .add_lookups(lookups(&[1, 3, 4], &[2]), meta(24), &more, STRICT)
        .unwrap();
    assert!(store.ids_to_look_up(&more, time(47)).is_empty());
    assert_eq!(
        store.person(&user_id(2)).unwrap().status,
        PersonStatus::Left
    );
    assert!(!store.state().not_found().contains_key(&user_id(3)));
    store.forget(&user_id(4), &more).unwrap();
    assert_eq!(store.ids_to_look_up(&more, time(99)), ids(&[1, 2, 3]));
}

#[test]
fn a_summary_counts_names_and_ages() {
    let data = tempdir().unwrap();
    let rules = GroupRules {
        team_groups: GroupPatterns::all(),
        seat_groups: GroupPatterns::new(["team *"]),
    };
    let mut store = PeopleStore::open(data.path()).unwrap().with_rules(rules);
    let mut users = seen([0, 1, 98, 99]);
    users[2].email = Some("only@example.com".to_owned());
    users.push(SeenUser {
        user_id: format!(" {}", user_id(0).to_uppercase()),
        email: None,
    });
    store
        .sync(directory(0..5), meta(0), &users, STRICT)
        .unwrap();
    store
        .import_roster(b"id\n7\n8\n", &roster_meta(20), &users)
        .unwrap();
    store.forget(&user_id(1), &users).unwrap();
    let summary = store.summary(&users, time(24));
    assert_eq!(
        (
            summary.seen_users,
            summary.named_users,
            summary.email_only_users,
            summary.forgotten_users
        ),
        (4, 1, 1, 1)
    );
    assert_eq!(summary.unresolved_ids, [user_id(99)]);
    assert_eq!((summary.known_persons, summary.seats), (7, 6));
    let of_directory = summary.directory.unwrap();
    assert_eq!((of_directory.users, of_directory.groups), (4, 1));
    assert_eq!(
        (of_directory.age_seconds, of_directory.is_stale),
        (86_400, true)
    );
    assert!(!meta(0).is_stale(time(23)));
    let of_roster = summary.roster.unwrap();
    assert_eq!((of_roster.rows, of_roster.unmatched_rows), (2, 2));
    assert_eq!(of_roster.age_seconds, 4 * 3600);
}

#[test]
fn a_refresh_follows_the_data_and_keeps_unchanged_files() {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    store
        .sync(directory(0..5), meta(0), &seen([1]), STRICT)
        .unwrap();
    let path = data.path().join("identity/people.parquet");
    let modified = || fs::metadata(&path).unwrap().modified().unwrap();
    let before = modified();
    assert_eq!(store.refresh_map(&seen([1])).unwrap(), 1);
    assert_eq!(modified(), before);
    assert_eq!(store.refresh_map(&seen([1, 2])).unwrap(), 2);
    assert_eq!(store.refresh_map(&[]).unwrap(), 0);
    assert!(!path.exists());
}

#[test]
fn damaged_and_unknown_files_are_named() {
    let data = tempdir().unwrap();
    let folder = data.path().join("people");
    fs::create_dir(&folder).unwrap();
    let state = folder.join("state.json");
    let cases = [
        (
            "{\"version\":1,\"sources\":{\"roster\":[{\"email\":[\"Planted\"]",
            "is damaged at line 1, column ",
        ),
        ("Planted", "is damaged at line 1, column 1"),
        ("{\"version\":2}", "has version 2, expected 1"),
        (
            "{\"version\":1,\"directory_meta\":\"Planted\"}",
            "is damaged at line 1, column ",
        ),
    ];
    for (text, expected) in cases {
        fs::write(&state, text).unwrap();
        let error = PeopleStore::open(data.path()).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("state.json") && message.contains(expected),
            "{message}"
        );
        let hint = error.hint().unwrap();
        assert!(
            hint.contains(&format!("rm '{}'", state.display())),
            "{hint}"
        );
        assert!(!format!("{message} {hint} {error:?}").contains("Planted"));
        assert!(error.source().is_none());
    }
    fs::remove_file(&state).unwrap();
    let map = data.path().join("identity/people.parquet");
    fs::create_dir(map.parent().unwrap()).unwrap();
    fs::write(&map, "id,name").unwrap();
    let error = PeopleStore::open(data.path()).unwrap_err();
    assert!(matches!(error, PeopleError::DamagedMap { .. }), "{error}");
    assert!(error.hint().unwrap().contains("people.parquet"));
}

#[test]
fn one_command_changes_the_files_at_a_time() {
    let data = tempdir().unwrap();
    let mut first = PeopleStore::open(data.path()).unwrap();
    let mut second = PeopleStore::open(data.path()).unwrap();
    first
        .sync(directory(0..5), meta(0), &seen([1]), STRICT)
        .unwrap();
    let lock = fs::File::open(data.path().join("people/lock")).unwrap();
    lock.lock().unwrap();
    let error = second.refresh_map(&[]).unwrap_err();
    assert!(matches!(error, PeopleError::Locked { .. }), "{error}");
    lock.unlock().unwrap();
    // A change begins with the files, not with what was read before.
    let roster = b"id,team\nx,T\n";
    second
        .import_roster(roster, &roster_meta(1), &seen([1]))
        .unwrap();
    assert_eq!(second.rows().len(), 2);
    assert_eq!(first.rows().len(), 1);
    first.reload().unwrap();
    assert_eq!(first.rows().len(), 2);
}

#[test]
fn files_of_an_interrupted_command_are_removed() {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    store
        .sync(directory(0..5), meta(0), &seen([1]), STRICT)
        .unwrap();
    let partial = ["people/.people-x.partial", "identity/.people-y.partial"]
        .map(|name| data.path().join(name));
    for path in &partial {
        fs::write(path, "Planted").unwrap();
    }
    let other = data.path().join("identity/by-hand.parquet");
    fs::write(&other, "mine").unwrap();
    store.refresh_map(&seen([1])).unwrap();
    assert!(partial.iter().all(|path| !path.exists()));
    assert!(other.exists());
}

#[test]
fn namesakes_are_two_persons() {
    let data = tempdir().unwrap();
    let mut store = PeopleStore::open(data.path()).unwrap();
    let mut answer = directory(0..2);
    for user in &mut answer.users {
        *user = DirectoryUser {
            display_name: Some("Ann Adams".to_owned()),
            ..user.clone()
        };
    }
    store.sync(answer, meta(0), &seen([0, 1]), STRICT).unwrap();
    assert_eq!(store.search("ann").len(), 2);
    store.forget(&user_id(0), &seen([0, 1])).unwrap();
    assert_eq!(store.person(&user_id(1)).unwrap().label(), "Ann Adams");
}
