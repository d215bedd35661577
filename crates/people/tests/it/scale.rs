//! 100,000 users and 2,000 groups, a fifth of them without optimization. A step that grows with the square of the users
//! would not end.

use std::fmt::Write as _;

use kiro_people::{
    Directory, DirectoryGroup, Forgotten, GroupPatterns, GroupRules, LastKnown, Roster, SeenUser,
    Sources, merge, read_map, write_map,
};

use crate::fixture::{user, user_id};

const USERS: usize = GROUPS * 50;
const GROUPS: usize = if cfg!(debug_assertions) { 400 } else { 2_000 };

#[test]
fn a_large_directory_and_roster_make_one_map() {
    let groups = (0..GROUPS).map(|group| DirectoryGroup {
        group_id: format!("g-{group}"),
        name: format!("team-{group:04}"),
        members: (0..USERS)
            .skip(group)
            .step_by(GROUPS / 4)
            .map(user_id)
            .collect(),
    });
    let directory = Directory {
        users: (0..USERS).map(user).collect(),
        groups: groups.collect(),
    };
    let seen: Vec<SeenUser> = (0..USERS / 2)
        .map(|number| SeenUser {
            user_id: user_id(number),
            email: Some(format!("user{number}@example.com")),
        })
        .collect();
    let mut forgotten = Forgotten::default();
    forgotten.insert(&user_id(7));
    let mut sources = Sources::new(directory, LastKnown::default(), forgotten);
    let mut roster = "email,name,manager,office\n".to_owned();
    for number in 0..USERS {
        writeln!(
            roster,
            "USER{number}@example.com,Name {number},boss@x.y,{}",
            number % 9
        )
        .unwrap();
    }
    let rows = Roster::parse(roster.as_bytes())
        .unwrap()
        .check(&sources, &seen)
        .unwrap();
    sources = sources.with_roster(rows);
    sources.discard_forgotten(&seen);
    let rules = GroupRules {
        team_groups: GroupPatterns::new(["team-1*", "team-0*"]),
        seat_groups: GroupPatterns::new(["team-*"]),
    };
    let rows = merge(&sources, &seen, &rules);
    assert_eq!(rows.len(), USERS);
    assert_eq!(rows[8].label(), "Name 8");
    assert_eq!(rows[7].label(), Forgotten::mask(&user_id(7)));
    assert!(read_map(write_map(&rows).unwrap()).unwrap() == rows);
}
