//! What is true of every directory, roster and order of commands.

use std::fmt::Write as _;

use kiro_people::{
    DirectoryUser, Forgotten, GroupRules, LastKnown, Lookups, MapRow, PeopleStore, PersonStatus,
    Roster, RosterRow, SeenUser, Sources, SyncOptions, merge,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use tempfile::tempdir;

use crate::fixture::{contains_text, directory, files, meta, roster_meta, seen, user, user_id};

const STRICT: SyncOptions = SyncOptions {
    accept_shrink: false,
};

/// A spelling of an id, by number.
fn spelling(id: &str, number: u8) -> String {
    match number % 6 {
        0 => id.to_owned(),
        1 => id.to_uppercase(),
        2 => format!("  {id} "),
        3 => format!("\"{id}\""),
        4 => format!("d-0123456789.{id}"),
        _ => format!("\"D-9a67.{}\"", id.to_uppercase()),
    }
}

/// A cell with quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn check(text: &str, sources: &Sources, seen: &[SeenUser]) -> Vec<RosterRow> {
    let roster = Roster::parse(text.as_bytes()).unwrap();
    roster.check(sources, seen).unwrap()
}

/// A command of the person with number 1, whose name is planted.
#[derive(Debug, Clone, Copy)]
enum Command {
    Sync { has_planted: bool },
    ImportById(u8),
    ImportByEmail,
    ImportByUsername,
    ImportAsManager,
    LookUp,
    RemoveRoster,
    Refresh,
    Forget(u8),
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        any::<bool>().prop_map(|has_planted| Command::Sync { has_planted }),
        any::<u8>().prop_map(Command::ImportById),
        Just(Command::ImportByEmail),
        Just(Command::ImportByUsername),
        Just(Command::ImportAsManager),
        Just(Command::LookUp),
        Just(Command::RemoveRoster),
        Just(Command::Refresh),
        any::<u8>().prop_map(Command::Forget),
    ]
}

fn planted_user() -> DirectoryUser {
    DirectoryUser {
        display_name: Some("Planted Name".to_owned()),
        ..user(1)
    }
}

fn run(store: &mut PeopleStore, command: Command, hour: i64, users: &[SeenUser]) {
    let import = |store: &mut PeopleStore, text: String| {
        store
            .import_roster(text.as_bytes(), &roster_meta(hour), users)
            .unwrap();
    };
    match command {
        Command::Sync { has_planted } => {
            let mut answer = directory(2..6);
            if has_planted {
                answer.users.push(planted_user());
                answer.groups[0].members.push(user_id(1));
            }
            store.sync(answer, meta(hour), users, STRICT).unwrap();
        }
        Command::ImportById(number) => {
            let id = quoted(&spelling(&user_id(1), number));
            import(
                store,
                format!("id,name\n{id},Planted Name\n{},Bob\n", user_id(2)),
            );
        }
        Command::ImportByEmail => {
            import(
                store,
                "email,name\nUser1@example.com,Planted Name\n".to_owned(),
            );
        }
        Command::ImportByUsername => {
            import(store, "login,name\nLOGIN1,Planted Name\n".to_owned());
        }
        Command::ImportAsManager => {
            let id = user_id(2);
            import(
                store,
                format!("id,manager,deputy\n{id},Planted Name,user1@example.com\n"),
            );
        }
        Command::LookUp => {
            let lookups = Lookups {
                found: vec![planted_user()],
                not_found: Vec::new(),
            };
            store
                .add_lookups(lookups, meta(hour), users, STRICT)
                .unwrap();
        }
        Command::RemoveRoster => {
            store.remove_roster(users).unwrap();
        }
        Command::Refresh => {
            store.refresh_map(users).unwrap();
        }
        Command::Forget(number) => {
            store.forget(&spelling(&user_id(1), number), users).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_spelling_of_an_id_is_one_person(
        of_directory: u8,
        of_member: u8,
        of_data in vec(any::<u8>(), 1..4),
        of_roster: u8,
        asked: u8,
    ) {
        let id = user_id(1);
        let mut answer = directory([1]);
        answer.users[0].user_id = spelling(&id, of_directory);
        answer.groups[0].members = vec![spelling(&id, of_member)];
        let seen: Vec<SeenUser> = of_data
            .iter()
            .map(|number| SeenUser { user_id: spelling(&id, *number), email: None })
            .collect();
        let data = tempdir().unwrap();
        let mut store = PeopleStore::open(data.path()).unwrap();
        store.sync(answer, meta(0), &seen, STRICT).unwrap();
        let roster = format!("id,name\n{},Ann\n", quoted(&spelling(&id, of_roster)));
        store.import_roster(roster.as_bytes(), &roster_meta(0), &seen).unwrap();
        prop_assert_eq!(store.rows().len(), 1);
        let row = store.person(&spelling(&id, asked)).unwrap();
        prop_assert_eq!(&row.user_id, &id);
        prop_assert_eq!(row.label(), "Ann");
        prop_assert_eq!(row.team.as_deref(), Some("Team One"));
        store.forget(&spelling(&id, asked), &seen).unwrap();
        prop_assert_eq!(store.rows()[0].status, PersonStatus::Forgotten);
    }

    #[test]
    fn a_shrunken_answer_never_changes_a_file(
        last in 1usize..40,
        kept in any::<Index>(),
        new in 0usize..40,
    ) {
        let kept = kept.index(last);
        let (is_empty, is_judged) = (kept + new == 0, last >= 10);
        prop_assume!(is_empty || is_judged && kept * 5 < last * 4);
        let data = tempdir().unwrap();
        let mut store = PeopleStore::open(data.path()).unwrap();
        let users = seen(0..last);
        store.sync(directory(0..last), meta(0), &users, STRICT).unwrap();
        let before = files(data.path());
        let rows = store.rows().to_vec();
        let answer = directory((0..kept).chain(100..100 + new));
        prop_assert!(store.sync(answer, meta(1), &users, STRICT).is_err());
        prop_assert_eq!(files(data.path()), before);
        prop_assert!(store.rows() == rows);
    }

    #[test]
    fn a_forgotten_person_stays_forgotten(
        before in vec(command(), 0..5),
        forgotten_as: u8,
        after in vec(command(), 1..6),
        has_email: bool,
    ) {
        let mut users = seen([1, 2]);
        users[0].email = has_email.then(|| "user1@example.com".to_owned());
        let data = tempdir().unwrap();
        let mut store = PeopleStore::open(data.path()).unwrap();
        run(&mut store, Command::Sync { has_planted: true }, 0, &users);
        for command in before {
            run(&mut store, command, 1, &users);
        }
        run(&mut store, Command::Forget(forgotten_as), 2, &users);
        let mask = Forgotten::mask(&user_id(1));
        for (hour, command) in (3..).zip(after) {
            run(&mut store, command, hour, &users);
            prop_assert!(!contains_text(data.path(), "planted"), "{command:?}");
            prop_assert!(!contains_text(data.path(), "user1@example.com"), "{command:?}");
            let row = store.person(&user_id(1)).unwrap();
            prop_assert_eq!(row.label(), &mask);
            prop_assert_eq!(row.status, PersonStatus::Forgotten);
        }
    }

    #[test]
    fn namesakes_are_as_many_persons(count in 2usize..8, of_roster in subsequence((0..8usize).collect::<Vec<_>>(), 0..8)) {
        let mut answer = directory(0..count);
        for user in &mut answer.users {
            user.display_name = Some("Ann Adams".to_owned());
        }
        let sources = Sources::new(answer, LastKnown::default(), Forgotten::default());
        let seen = seen(0..count);
        let mut roster = "id,name\nx,Other\n".to_owned();
        for number in of_roster.iter().filter(|number| **number < count) {
            writeln!(roster, "{},Ann Adams", user_id(*number)).unwrap();
        }
        let rows = check(&roster, &sources, &seen);
        let rows = merge(&sources.with_roster(rows), &seen, &GroupRules::default());
        let namesakes = rows.iter().filter(|row| row.label() == "Ann Adams");
        prop_assert_eq!(namesakes.count(), count);
    }

    #[test]
    fn the_order_of_rows_and_answers_does_not_matter(
        kinds in vec((0u8..4, 0u8..3), 1..12),
        order in Just((0..12usize).collect::<Vec<_>>()).prop_shuffle(),
        users in subsequence((0..12usize).collect::<Vec<_>>(), 0..12),
    ) {
        let rows: Vec<String> = kinds
            .iter()
            .enumerate()
            .map(|(number, (kind, team))| match kind {
                0 => format!("{},,,N{number},T{team}", user_id(number)),
                1 => format!(",user{number}@example.com,,N{number},T{team}"),
                2 => format!(",,login{number},N{number},T{team}"),
                _ => format!(",new{number}@x.y,login{number},N{number},T{team}"),
            })
            .collect();
        let map = |order: &[usize]| -> (Vec<RosterRow>, Vec<MapRow>) {
            let answer = directory(order.iter().copied().filter(|number| users.contains(number)));
            let sources = Sources::new(answer, LastKnown::default(), Forgotten::default());
            let mut text = "id,email,login,name,team\n".to_owned();
            for number in order.iter().filter(|number| **number < rows.len()) {
                text.push_str(&rows[*number]);
                text.push('\n');
            }
            let seen = seen(order.iter().copied().filter(|number| number % 2 == 0));
            let rows = check(&text, &sources, &seen);
            let map = merge(&sources.with_roster(rows.clone()), &seen, &GroupRules::default());
            (rows, map)
        };
        let sorted: Vec<usize> = (0..12).collect();
        prop_assert!(map(&sorted) == map(&order));
    }

    #[test]
    fn a_roster_with_an_error_changes_no_file(
        rows in vec(0usize..6, 1..6),
        bad in prop_oneof![
            Just(",Planted"),
            Just("a@x.y,b,c"),
            Just("user0@example.com,Planted"),
            Just("USER0@EXAMPLE.COM,Planted"),
            Just("\"never closed,Planted"),
        ],
        position in any::<Index>(),
    ) {
        let mut numbers = rows;
        numbers.sort_unstable();
        numbers.dedup();
        let mut lines: Vec<String> = numbers
            .iter()
            .map(|number| format!("new{number}@x.y,N{number}"))
            .collect();
        lines.insert(position.index(lines.len() + 1), bad.to_owned());
        lines.push("user0@example.com,First".to_owned());
        let text = format!("email,name\n{}\n", lines.join("\n"));
        let data = tempdir().unwrap();
        let mut store = PeopleStore::open(data.path()).unwrap();
        let users = seen([0, 1]);
        store.sync(directory(0..3), meta(0), &users, STRICT).unwrap();
        let before = files(data.path());
        prop_assert!(store.import_roster(text.as_bytes(), &roster_meta(1), &users).is_err());
        prop_assert_eq!(files(data.path()), before);
    }

    #[test]
    fn any_bytes_are_a_roster_or_an_error(bytes in vec(any::<u8>(), 0..200)) {
        let mut text = b"email,name\n".to_vec();
        text.extend(bytes);
        if let Ok(roster) = Roster::parse(&text) {
            // Either result is fine; it must be one.
            drop(roster.check(&Sources::default(), &[]));
        }
    }
}
