//! What the map has, and when it is left as it was.

use kiro_identity_lambda::{InvocationError, MAP_KEY, MapStatus, STATE_KEY};
use kiro_people::{PersonSource, PersonStatus};
use serde_json::json;

use crate::fake::{Function, group, id, part, user};

#[tokio::test]
async fn only_users_of_the_data_are_asked_for_and_written() {
    let function = Function::new(30, 4);
    let response = function.run(json!({})).await.unwrap();
    assert_eq!((response.users, response.named, response.rows), (4, 4, 4));
    let ids: Vec<String> = function.rows().into_iter().map(|row| row.user_id).collect();
    assert_eq!(ids, (0..4).map(id).collect::<Vec<_>>());
    let row = function.row(1).unwrap();
    assert_eq!(row.display_name.as_deref(), Some("User 1"));
    assert_eq!(row.team.as_deref(), Some("team-a"));
    let selections = function.directory.selections.lock().unwrap().clone();
    assert_eq!(selections, ["Ids(4)"]);
    let metadata = function.map.metadata.lock().unwrap().clone();
    assert_eq!((&*metadata["rows"], &*metadata["users"]), ("4", "4"));
}

#[tokio::test]
async fn without_data_nothing_is_asked_and_nothing_is_written() {
    let function = Function::new(30, 0);
    let response = function.run(json!({})).await.unwrap();
    assert_eq!(response.status, MapStatus::Noop);
    assert!(function.directory.selections.lock().unwrap().is_empty());
    assert!(function.map.content(MAP_KEY).is_none());
    assert!(function.map.content(STATE_KEY).is_none());
}

#[tokio::test]
async fn a_second_run_reads_only_new_parts() {
    let function = Function::new(30, 3);
    function.run(json!({})).await.unwrap();
    // The end of the file, and two columns of each of the two row groups.
    let first = function.parts.count("read_range");
    assert!((2..=5).contains(&first), "{first}");
    function.run(json!({})).await.unwrap();
    assert_eq!(function.parts.count("read_range"), first);
    let next_day = "code/export_date=2026-07-11/part-2.parquet";
    function.parts.put(next_day, part(&[(7, Some("A@x.org"))]));
    let response = function.run(json!({})).await.unwrap();
    assert_eq!(response.users, 4);
    assert!(function.row(7).is_some());
    // A part that is gone means other data: all of it is read again.
    function.parts.objects.lock().unwrap().remove(next_day);
    assert_eq!(function.run(json!({})).await.unwrap().users, 3);
}

#[tokio::test]
async fn a_user_whose_last_part_is_gone_leaves_state_and_map() {
    let function = Function::new(30, 3);
    let part_of_7 = "facts/export_date=2026-07-10/part-2.parquet";
    let exports = part(&[(7, Some("planted@example.org")), (1, None)]);
    function.parts.put(part_of_7, exports);
    assert_eq!(function.run(json!({})).await.unwrap().users, 4);
    // The day keeps its other part.
    function.parts.objects.lock().unwrap().remove(part_of_7);
    assert_eq!(function.run(json!({})).await.unwrap().users, 3);
    assert!(function.row(7).is_none() && function.row(1).is_some());
    let state = function.map.content(STATE_KEY).unwrap();
    let state = String::from_utf8(state.to_vec()).unwrap();
    assert!(
        !state.contains(&id(7)) && !state.contains("planted"),
        "{state}"
    );
}

#[tokio::test]
async fn the_last_known_name_is_that_of_the_directory_and_not_of_a_roster() {
    let mut function = Function::new(30, 20);
    function.put_roster(
        "email,name,team\nuser-4@example.com,Roster Name,Ops\nuser-5@example.com,,Ops\n",
    );
    function.run(json!({})).await.unwrap();
    assert_eq!(
        function.row(4).unwrap().display_name.as_deref(),
        Some("Roster Name")
    );
    function.retain_users(|number| !(4..=5).contains(&number));
    // The roster has the former users still, then no longer.
    for _ in 0..2 {
        function.run(json!({})).await.unwrap();
        let row = function.row(4).unwrap();
        assert_eq!(row.display_name.as_deref(), Some("Roster Name"));
        assert_eq!(row.status, PersonStatus::Left);
    }
    function.put_roster("email,name\nuser-6@example.com,Other\n");
    for _ in 0..2 {
        function.run(json!({})).await.unwrap();
        for number in [4, 5] {
            let row = function.row(number).unwrap();
            assert_eq!(row.display_name, Some(format!("User {number}")));
            assert_eq!(
                (row.status, row.source),
                (PersonStatus::Left, PersonSource::LastKnown)
            );
        }
    }
    let content = function.map.content(STATE_KEY).unwrap();
    assert!(!String::from_utf8_lossy(&content).contains("Roster Name"));
    function.run(json!({"forget": [id(4)]})).await.unwrap();
    let content = function.map.content(STATE_KEY).unwrap();
    assert!(!String::from_utf8_lossy(&content).contains("User 4"));
}

#[tokio::test]
async fn a_shrunken_or_empty_directory_changes_nothing_unless_accepted() {
    let function = Function::new(30, 20);
    function.run(json!({})).await.unwrap();
    let (map, state) = (
        function.map.content(MAP_KEY),
        function.map.content(STATE_KEY),
    );
    for kept in [10, 0] {
        function.retain_users(|number| number < kept);
        let error = function.run(json!({})).await.unwrap_err();
        assert!(matches!(error, InvocationError::Shrunken(_)));
        assert!(error.text().contains("--accept-shrink"), "{}", error.text());
        assert!(error.text().contains("of the 20 users"), "{}", error.text());
        assert_eq!(function.map.content(MAP_KEY), map);
        assert_eq!(function.map.content(STATE_KEY), state);
    }
    let response = function.run(json!({"accept_shrink": true})).await.unwrap();
    assert_eq!((response.rows, response.left), (20, 20));
    let row = function.row(3).unwrap();
    assert_eq!(row.display_name.as_deref(), Some("User 3"));
    assert_eq!(
        (row.status, row.source),
        (PersonStatus::Left, PersonSource::LastKnown)
    );
}

#[tokio::test]
async fn former_users_keep_their_names_and_return_with_the_directory() {
    let function = Function::new(30, 20);
    function.run(json!({})).await.unwrap();
    function.retain_users(|number| number != 4);
    for _ in 0..3 {
        function.run(json!({})).await.unwrap();
        let row = function.row(4).unwrap();
        assert_eq!(row.display_name.as_deref(), Some("User 4"));
        assert_eq!(row.status, PersonStatus::Left);
    }
    function
        .directory
        .directory
        .lock()
        .unwrap()
        .users
        .push(user(4));
    function.run(json!({})).await.unwrap();
    assert_eq!(function.row(4).unwrap().status, PersonStatus::Active);
}

#[tokio::test]
async fn a_roster_comes_before_the_directory_and_brings_people_without_data() {
    let mut function = Function::new(30, 3);
    function.put_roster(
        "E-Mail;Name;Team;Cost center;City\nUSER-1@example.com;Roster Name;Ops;007;Rome\nnew@example.org;New Person;Ops;;\n",
    );
    let response = function.run(json!({})).await.unwrap();
    assert_eq!(
        (response.rows, response.roster_rows, response.seats),
        (4, 2, 2)
    );
    let row = function.row(1).unwrap();
    assert_eq!(row.display_name.as_deref(), Some("Roster Name"));
    assert_eq!(
        (row.team.as_deref(), row.cost_center.as_deref()),
        (Some("Ops"), Some("007"))
    );
    assert_eq!(row.attributes["City"], "Rome");
    assert_eq!(row.source, PersonSource::RosterAndDirectory);
    assert!(
        function
            .rows()
            .iter()
            .any(|row| row.user_id == "roster:new@example.org")
    );
    assert!(function.row(20).is_none());
}

#[tokio::test]
async fn a_roster_alone_is_enough() {
    let mut function = Function::new(0, 0);
    let exports = part(&[(1, Some("User-1@Example.com")), (2, None)]);
    function
        .parts
        .put("facts/export_date=2026-07-10/part-1.parquet", exports);
    function.mapper.directory = None;
    function.put_roster("mail,name\nuser-1@example.com,Ann Example\n");
    let response = function.run(json!({})).await.unwrap();
    assert_eq!((response.users, response.named), (2, 1));
    let row = function.row(1).unwrap();
    assert_eq!(row.display_name.as_deref(), Some("Ann Example"));
}

#[tokio::test]
async fn a_wrong_roster_changes_nothing_and_its_lines_are_named() {
    let mut function = Function::new(30, 3);
    function.run(json!({})).await.unwrap();
    let map = function.map.content(MAP_KEY);
    function.put_roster("email,name\nplanted@example.com,Planted,more\n");
    let error = function.run(json!({})).await.unwrap_err().text();
    assert!(
        error.contains("line 2") && error.contains("s3://people/roster.csv"),
        "{error}"
    );
    assert!(!error.contains("lanted"), "{error}");
    function.roster.objects.lock().unwrap().clear();
    let error = function.run(json!({})).await.unwrap_err();
    assert!(matches!(error, InvocationError::NoRoster { .. }));
    assert_eq!(function.map.content(MAP_KEY), map);
}

#[tokio::test]
async fn members_of_a_seat_group_are_in_the_map_without_data() {
    let mut function = Function::new(30, 3);
    function.mapper.rules.seat_groups = kiro_people::GroupPatterns::new(["kiro-seats"]);
    function.mapper.has_seat_groups = true;
    let response = function.run(json!({})).await.unwrap();
    assert_eq!((response.rows, response.seats), (4, 2));
    assert!(function.row(5).unwrap().is_seat && function.row(6).is_none());
}

#[tokio::test]
async fn a_concurrent_run_is_noticed_before_anything_is_written() {
    let function = Function::new(30, 3);
    function.run(json!({})).await.unwrap();
    *function.map.rival.lock().unwrap() = Some(STATE_KEY.to_owned());
    let before = function.map.count("replace");
    function.run(json!({})).await.unwrap();
    // One refused write of the state, then state and map.
    assert_eq!(function.map.count("replace"), before + 3);
    assert_eq!(function.rows().len(), 3);
}

#[tokio::test]
async fn groups_that_grow_smaller_change_teams_and_nothing_else() {
    let function = Function::new(30, 3);
    function.run(json!({})).await.unwrap();
    function.directory.directory.lock().unwrap().groups = vec![group("team-b", &[2])];
    function.run(json!({})).await.unwrap();
    assert_eq!(function.row(1).unwrap().team, None);
    assert_eq!(function.row(2).unwrap().team.as_deref(), Some("team-b"));
}

#[tokio::test]
async fn a_damaged_state_is_refused_without_its_content() {
    let function = Function::new(30, 3);
    function
        .map
        .put(STATE_KEY, "{\"version\": 1, \"users\": \"planted\"}");
    let error = function.run(json!({})).await.unwrap_err().text();
    assert!(
        error.contains("damaged") && !error.contains("planted"),
        "{error}"
    );
    function.map.put(STATE_KEY, "{\"version\": 9}");
    let error = function.run(json!({})).await.unwrap_err().text();
    assert!(error.contains("version 9"), "{error}");
}
