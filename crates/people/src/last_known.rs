//! Names of former users of the directory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::directory::{Directory, DirectoryUser};
use crate::key::text_of_roster_id;
use crate::map_row::MapRow;
use crate::person::PersonSource;
use crate::sources::Sources;

/// What the directory said last about a user that it no longer has.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastKnownPerson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The time of the last answer that had the user.
    pub known_at: DateTime<Utc>,
}

/// Former users of the directory by canonical id.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LastKnown(BTreeMap<String, LastKnownPerson>);

impl LastKnownPerson {
    fn of_user(user: &DirectoryUser, known_at: DateTime<Utc>) -> Self {
        Self {
            username: user.username.clone(),
            display_name: user.display_name.clone(),
            email: user.email.clone(),
            known_at,
        }
    }

    /// Returns true if a row of the map has the same names and the same address.
    fn is_said_by(&self, row: &MapRow) -> bool {
        self.username == row.username
            && self.display_name == row.display_name
            && self.email == row.email
    }
}

impl LastKnown {
    /// The persons of an earlier map that a directory knew at that time, as the map shows them.
    pub fn from_map(rows: &[MapRow], known_at: DateTime<Utc>) -> Self {
        let is_of_directory = |row: &&MapRow| match row.source {
            PersonSource::Directory
            | PersonSource::RosterAndDirectory
            | PersonSource::LastKnown => text_of_roster_id(&row.user_id).is_none(),
            PersonSource::Roster | PersonSource::Forgotten => false,
        };
        let persons = rows.iter().filter(is_of_directory).map(|row| {
            let person = LastKnownPerson {
                username: row.username.clone(),
                display_name: row.display_name.clone(),
                email: row.email.clone(),
                known_at,
            };
            (row.user_id.clone(), person)
        });
        Self(persons.collect())
    }

    /// What a map does not say itself: what the directory says where a roster says something else, and what it said last about
    /// former users. The sources are those that the map was made of.
    pub fn besides_map(sources: &Sources, rows: &[MapRow], now: DateTime<Utc>) -> Self {
        let users = sources.directory().users.iter();
        let users: HashMap<&str, &DirectoryUser> =
            users.map(|user| (user.user_id.as_str(), user)).collect();
        let persons = rows.iter().filter_map(|row| {
            let person = match users.get(row.user_id.as_str()) {
                Some(user) => {
                    let person = LastKnownPerson::of_user(user, now);
                    (!person.is_said_by(row)).then_some(person)
                }
                None => sources.last_known().get(&row.user_id).cloned(),
            };
            Some((row.user_id.clone(), person?))
        });
        Self(persons.collect())
    }

    /// Adds persons that are not known yet.
    #[must_use]
    pub fn or(mut self, others: Self) -> Self {
        for (id, person) in others.0 {
            self.0.entry(id).or_insert(person);
        }
        self
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A former user by canonical id.
    pub fn get(&self, user_id: &str) -> Option<&LastKnownPerson> {
        self.0.get(user_id)
    }

    /// All former users, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &LastKnownPerson)> {
        self.0.iter().map(|(id, person)| (id.as_str(), person))
    }

    /// Keeps the users of `before` that `after` does not have, if `is_in_map` is true for them.
    pub(crate) fn keep_former(
        &mut self,
        before: (&Directory, DateTime<Utc>),
        after: &Directory,
        is_in_map: impl Fn(&str) -> bool,
    ) {
        let (before, known_at) = before;
        let present: HashSet<&str> = after.user_ids().collect();
        for user in &before.users {
            let id = user.user_id.as_str();
            if !present.contains(id) && is_in_map(id) {
                let person = LastKnownPerson::of_user(user, known_at);
                self.0.insert(user.user_id.clone(), person);
            }
        }
    }

    /// Removes the users that the directory has.
    pub(crate) fn discard_present(&mut self, directory: &Directory) {
        for id in directory.user_ids() {
            self.0.remove(id);
        }
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|id, _| keep(id));
    }
}

impl fmt::Debug for LastKnownPerson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LastKnownPerson")
            .field("known_at", &self.known_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LastKnown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
