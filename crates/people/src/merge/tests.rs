use chrono::DateTime;

use super::*;
use crate::directory::{Directory, DirectoryGroup};
use crate::group_rules::GroupPatterns;
use crate::last_known::LastKnown;
use crate::roster::Roster;

fn user(id: &str, name: &str) -> DirectoryUser {
    DirectoryUser {
        user_id: id.to_owned(),
        username: Some(format!("{name}.login")),
        display_name: Some(name.to_owned()),
        email: Some(format!("{name}@directory")),
    }
}

fn group(name: &str, members: &[&str]) -> DirectoryGroup {
    DirectoryGroup {
        group_id: format!("g-{name}"),
        name: name.to_owned(),
        members: members.iter().map(|id| (*id).to_owned()).collect(),
    }
}

fn seen(ids: &[&str]) -> Vec<SeenUser> {
    ids.iter()
        .map(|id| SeenUser {
            user_id: (*id).to_owned(),
            email: Some(format!("{id}@exports")),
        })
        .collect()
}

fn directory(users: &[&str], groups: Vec<DirectoryGroup>) -> Sources {
    let directory = Directory {
        users: users
            .iter()
            .map(|id| user(id, &id.to_uppercase()))
            .collect(),
        groups,
    };
    Sources::new(directory, LastKnown::default(), Forgotten::default())
}

fn with_roster(sources: Sources, text: &str, seen: &[SeenUser]) -> Sources {
    let roster = Roster::parse(text.as_bytes()).unwrap();
    let rows = roster.check(&sources, seen).unwrap();
    sources.with_roster(rows)
}

/// A row as text: id, user name, display name, address, team, status, source and seat.
fn text(row: &MapRow) -> String {
    let name = |text: &Option<String>| text.clone().unwrap_or("-".to_owned());
    format!(
        "{} {} {} {} {} {} {} {}",
        row.user_id,
        name(&row.username),
        name(&row.display_name),
        name(&row.email),
        name(&row.team),
        row.status.as_str(),
        row.source.as_str(),
        if row.is_seat { "yes" } else { "-" },
    )
}

fn texts(rows: &[MapRow]) -> Vec<String> {
    rows.iter().map(text).collect()
}

#[test]
fn only_persons_of_the_data_the_roster_and_seat_groups_are_in_the_map() {
    let rules = GroupRules {
        team_groups: GroupPatterns::new(["team-*"]),
        seat_groups: GroupPatterns::new(["kiro"]),
    };
    let groups = vec![group("Kiro", &["b"]), group("team-1", &["b", "c"])];
    let sources = directory(&["a", "b", "c", "d"], groups);
    let seen = seen(&["a", "unknown"]);
    let sources = with_roster(sources, "email,name\nnew@x.y,New\n", &seen);
    let rows = merge(&sources, &seen, &rules);
    assert_eq!(
        texts(&rows),
        [
            "a A.login A A@directory - active directory -",
            "b B.login B B@directory team-1 active directory yes",
            "roster:new@x.y - New new@x.y - active roster yes",
        ]
    );
}

#[test]
fn each_column_has_its_order_of_sources() {
    let seen = seen(&["a"]);
    let sources = directory(&["a"], vec![group("G", &["a"])]);
    let rules = GroupRules::default();
    let bare = with_roster(sources.clone(), "id,note\na,1\n", &seen);
    let full = with_roster(
        sources,
        "id,login,name,mail,team,cost center,manager,b,a\na,l,N,m,T,C,M,2,1\n",
        &seen,
    );
    let bare = merge(&bare, &seen, &rules).remove(0);
    assert_eq!(
        text(&bare),
        "a A.login A A@directory G active roster+directory yes"
    );
    assert_eq!(
        bare.attributes,
        [("note".to_owned(), "1".to_owned())].into()
    );
    let full = merge(&full, &seen, &rules).remove(0);
    assert_eq!(text(&full), "a A.login N m T active roster+directory yes");
    assert_eq!(full.cost_center.as_deref(), Some("C"));
    assert_eq!(full.manager.as_deref(), Some("M"));
    let attributes = serde_json::to_string(&full.attributes).unwrap();
    assert_eq!(attributes, r#"{"a":"1","b":"2"}"#);
}

#[test]
fn a_row_matches_by_id_then_address_then_user_name() {
    let seen = seen(&["a", "b", "c", "e"]);
    let cases = [
        ("id,name\n\" a \",X\n", "a"),
        ("email,name\nA@DIRECTORY,X\n", "a"),
        ("email,name\nE@Exports,X\n", "e"),
        ("login,name\na.LOGIN,X\n", "a"),
        ("email,login,name\nb@directory,a.login,X\n", "b"),
        ("email,login,name\nother@x.y,a.login,X\n", "a"),
        // The number of a person in another system.
        ("id,email,name\n10023,a@directory,X\n", "a"),
        ("id,email,name\n10023,other@x.y,X\n", "10023"),
        // An id of Identity Center that is not in the data yet.
        (
            "id,email,name\naaaaaaaa-1111-4222-8333-bbbbbbbbbbbb,a@directory,X\n",
            "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb",
        ),
        ("login,name\nNoSuch,X\n", "roster:nosuch"),
    ];
    for (roster, expected) in cases {
        let sources = with_roster(directory(&["a", "b"], Vec::new()), roster, &seen);
        let rows = merge(&sources, &seen, &GroupRules::default());
        let named: Vec<&str> = rows
            .iter()
            .filter(|row| row.display_name.as_deref() == Some("X"))
            .map(|row| row.user_id.as_str())
            .collect();
        assert_eq!(named, [expected], "{roster:?}");
    }
}

#[test]
fn an_address_of_several_users_of_the_data_names_those_without_a_row() {
    let shared = |id: &str| SeenUser {
        user_id: id.to_owned(),
        email: Some("ann@x.y".to_owned()),
    };
    let seen = [shared("a"), shared("b"), shared("c")];
    let roster = "id,email,name\n,ann@x.y,Ann\nb,,Bob\n";
    let sources = with_roster(Sources::default(), roster, &seen);
    let rows = merge(&sources, &seen, &GroupRules::default());
    let names: Vec<&str> = rows.iter().map(MapRow::label).collect();
    assert_eq!(names, ["Ann", "Bob", "Ann"]);
}

#[test]
fn the_smallest_team_counts_then_the_first_by_name() {
    let groups = vec![
        group("everyone", &["a", "b", "c", "d"]),
        group("two", &["c", "b"]),
        group("also-two", &["b", "a"]),
        group("z-admins", &["c"]),
    ];
    let sources = directory(&["a", "b", "c", "d"], groups);
    let seen = seen(&["a", "b", "c", "d"]);
    let teams = |patterns: &[&str]| {
        let rules = GroupRules {
            team_groups: GroupPatterns::new(patterns),
            seat_groups: GroupPatterns::none(),
        };
        merge(&sources, &seen, &rules)
            .into_iter()
            .map(|row| row.team.unwrap_or_default())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        teams(&["*"]),
        ["also-two", "also-two", "z-admins", "everyone"]
    );
    assert_eq!(teams(&["*two"]), ["also-two", "also-two", "two", ""]);
    assert_eq!(teams(&[]), ["", "", "", ""]);
}

#[test]
fn a_person_has_left_by_the_roster_or_when_the_directory_loses_it() {
    let seen = seen(&["a", "b", "c"]);
    let earlier = merge(
        &directory(&["a", "b"], Vec::new()),
        &seen,
        &GroupRules::default(),
    );
    let last_known = LastKnown::from_map(&earlier, DateTime::default());
    let users = vec![user("b", "B")];
    let directory = Directory {
        users,
        groups: Vec::new(),
    };
    let sources = Sources::new(directory, last_known, Forgotten::default());
    let rows = merge(&sources, &seen, &GroupRules::default());
    assert_eq!(
        texts(&rows),
        [
            "a A.login A A@directory - left last_known -",
            "b B.login B B@directory - active directory -",
        ]
    );
    let statuses = [
        ("Leaver", PersonStatus::Left),
        ("TERMINATED", PersonStatus::Left),
        ("disabled", PersonStatus::Left),
        ("inactive", PersonStatus::Left),
        ("left", PersonStatus::Left),
        ("on leave", PersonStatus::Active),
        ("", PersonStatus::Active),
    ];
    for (status, expected) in statuses {
        let roster = format!("id,status,name\nb,{status},x\nc,{status},x\na,active,x\n");
        let sources = with_roster(sources.clone(), &roster, &seen);
        let rows = merge(&sources, &seen, &GroupRules::default());
        let found = [rows[0].status, rows[1].status, rows[2].status];
        // The directory has lost the first one, whatever the roster says.
        assert_eq!(found, [PersonStatus::Left, expected, expected], "{status}");
    }
}

#[test]
fn a_former_user_matches_by_the_last_known_address() {
    let seen = seen(&["a"]);
    let earlier = merge(
        &directory(&["a"], Vec::new()),
        &seen,
        &GroupRules::default(),
    );
    let last_known = LastKnown::from_map(&earlier, DateTime::default());
    let sources = Sources::new(Directory::default(), last_known, Forgotten::default());
    let sources = with_roster(sources, "email,team\na@directory,T\n", &seen);
    let rows = merge(&sources, &seen, &GroupRules::default());
    assert_eq!(texts(&rows), ["a A.login A a@directory T left roster yes"]);
}

#[test]
fn forgotten_persons_have_a_mask_and_nothing_else() {
    let mut sources = directory(&["a", "b"], vec![group("T", &["a", "b"])]);
    let seen = seen(&["a"]);
    sources.forgotten.insert("a");
    sources.forgotten.insert("b");
    sources.forgotten.insert("roster:gone@x.y");
    let roster = "email,name,manager\na@directory,A,\ngone@x.y,Gone,\nnew@x.y,New,a\n";
    let sources = with_roster(sources, roster, &seen);
    let mut cleaned = sources.clone();
    cleaned.discard_forgotten(&seen);
    for sources in [&sources, &cleaned] {
        let rules = GroupRules {
            seat_groups: GroupPatterns::all(),
            ..GroupRules::default()
        };
        let rows = merge(sources, &seen, &rules);
        let mask = Forgotten::mask("a").replace(' ', "_");
        let found: Vec<String> = texts(&rows)
            .iter()
            .map(|text| text.replace("Person ", "Person_"))
            .collect();
        assert_eq!(
            found,
            [
                format!("a - {mask} - - forgotten forgotten -"),
                "roster:new@x.y - New new@x.y - active roster yes".to_owned(),
            ]
        );
        assert_eq!(rows[1].manager, None);
    }
    assert_eq!(cleaned.roster().len(), 1);
    assert_eq!(cleaned.directory().users.len(), 0);
    assert!(cleaned.directory().groups[0].members.is_empty());
}
