//! Invented directories, rosters and users of the data.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use kiro_people::{
    Directory, DirectoryGroup, DirectoryMeta, DirectoryUser, PeopleStore, RosterMeta, SeenUser,
};

pub(crate) fn time(hours: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
}

pub(crate) fn meta(hours: i64) -> DirectoryMeta {
    DirectoryMeta {
        store_id: "d-0123456789".to_owned(),
        region: "us-east-1".to_owned(),
        read_at: time(hours),
    }
}

pub(crate) fn roster_meta(hours: i64) -> RosterMeta {
    RosterMeta {
        file_name: "roster.csv".to_owned(),
        imported_at: time(hours),
    }
}

/// The canonical id of a person by number.
pub(crate) fn user_id(number: usize) -> String {
    format!("{number:08x}-aaaa-4bbb-8ccc-ddddeeeeffff")
}

pub(crate) fn user(number: usize) -> DirectoryUser {
    DirectoryUser {
        user_id: user_id(number),
        username: Some(format!("login{number}")),
        display_name: Some(format!("Person Number{number}")),
        email: Some(format!("user{number}@example.com")),
    }
}

pub(crate) fn directory(numbers: impl IntoIterator<Item = usize>) -> Directory {
    let users: Vec<DirectoryUser> = numbers.into_iter().map(user).collect();
    let group = DirectoryGroup {
        group_id: "g-1".to_owned(),
        name: "Team One".to_owned(),
        members: users.iter().map(|user| user.user_id.clone()).collect(),
    };
    Directory {
        users,
        groups: vec![group],
    }
}

pub(crate) fn seen(numbers: impl IntoIterator<Item = usize>) -> Vec<SeenUser> {
    numbers
        .into_iter()
        .map(|number| SeenUser {
            user_id: user_id(number),
            email: None,
        })
        .collect()
}

/// The labels of the map by id.
pub(crate) fn labels(store: &PeopleStore) -> BTreeMap<&str, &str> {
    store
        .rows()
        .iter()
        .map(|row| (row.user_id.as_str(), row.label()))
        .collect()
}

/// All files below a folder with their content. Parquet is read and shown as text, too, because it is compressed.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
    files
}

/// Returns true if a file below a folder has a text in it.
pub(crate) fn contains_text(folder: &Path, text: &str) -> bool {
    files(folder).into_iter().any(|(path, content)| {
        let content = if path.ends_with(".parquet") {
            let rows = kiro_people::read_map(content).unwrap();
            serde_json::to_vec(&rows).unwrap()
        } else {
            content
        };
        content
            .windows(text.len())
            .any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
    })
}
