//! Persons of the map and of the data, for lists.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::map_row::MapRow;
use crate::person::{PersonSource, PersonStatus};
use crate::seen_user::{SeenUser, SeenUsers};
use crate::store::PeopleStore;

/// Where the label of a person in a list comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ListSource {
    #[serde(rename = "roster")]
    Roster,
    #[serde(rename = "directory")]
    Directory,
    #[serde(rename = "roster+directory")]
    RosterAndDirectory,
    #[serde(rename = "last_known")]
    LastKnown,
    #[serde(rename = "forgotten")]
    Forgotten,
    /// A user of the data with an address of the exports only.
    #[serde(rename = "exports")]
    Exports,
    /// A user of the data with nothing but an id.
    #[serde(rename = "unresolved")]
    Unresolved,
}

/// One person of a list.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ListedPerson {
    pub user_id: String,
    /// Display name, else address, else user name, else id.
    pub label: String,
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub username: Option<String>,
    pub team: Option<String>,
    pub cost_center: Option<String>,
    pub manager: Option<String>,
    /// `None` for a user of the data that is not in the map.
    pub status: Option<PersonStatus>,
    pub source: ListSource,
    pub is_seat: bool,
    pub is_in_data: bool,
}

/// Which persons a list has.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonFilter {
    /// Id, name, address, user name or team contain each word of this text.
    pub text: String,
    pub status: Option<PersonStatus>,
    pub source: Option<ListSource>,
}

impl ListSource {
    pub const ALL: [Self; 7] = [
        Self::Roster,
        Self::Directory,
        Self::RosterAndDirectory,
        Self::LastKnown,
        Self::Forgotten,
        Self::Exports,
        Self::Unresolved,
    ];

    /// The text in lists and requests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Roster => PersonSource::Roster.as_str(),
            Self::Directory => PersonSource::Directory.as_str(),
            Self::RosterAndDirectory => PersonSource::RosterAndDirectory.as_str(),
            Self::LastKnown => PersonSource::LastKnown.as_str(),
            Self::Forgotten => PersonSource::Forgotten.as_str(),
            Self::Exports => "exports",
            Self::Unresolved => "unresolved",
        }
    }
}

impl From<PersonSource> for ListSource {
    fn from(source: PersonSource) -> Self {
        match source {
            PersonSource::Roster => Self::Roster,
            PersonSource::Directory => Self::Directory,
            PersonSource::RosterAndDirectory => Self::RosterAndDirectory,
            PersonSource::LastKnown => Self::LastKnown,
            PersonSource::Forgotten => Self::Forgotten,
        }
    }
}

/// A text is no source of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected one of `roster`, `directory`, `roster+directory`, `last_known`, `forgotten`, `exports`, `unresolved`"
)]
pub struct UnknownSource;

impl FromStr for ListSource {
    type Err = UnknownSource;

    fn from_str(text: &str) -> Result<Self, UnknownSource> {
        let mut all = Self::ALL.into_iter();
        all.find(|source| source.as_str() == text)
            .ok_or(UnknownSource)
    }
}

/// A text is no status of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of `active`, `left`, `forgotten`")]
pub struct UnknownStatus;

impl FromStr for PersonStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::from_text(text).ok_or(UnknownStatus)
    }
}

impl PeopleStore {
    /// Returns the persons of the map, and the users of the data that are not in it, by label.
    pub fn list(&self, seen: &[SeenUser], filter: &PersonFilter) -> Vec<ListedPerson> {
        let seen = SeenUsers::new(seen);
        let words: Vec<String> = filter
            .text
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let has_status = |status| filter.status.is_none_or(|wanted| Some(wanted) == status);
        let has_source = |source| filter.source.is_none_or(|wanted| wanted == source);
        let in_map: BTreeMap<&str, &MapRow> = self
            .rows()
            .iter()
            .map(|row| (row.user_id.as_str(), row))
            .collect();
        let of_map = in_map.values().filter(|row| {
            has_status(Some(row.status))
                && has_source(row.source.into())
                && row.contains_words(&words)
        });
        let of_map = of_map.map(|row| ListedPerson::of_map(row, &seen));
        let of_data = seen
            .ids()
            .filter(|id| has_status(None) && !in_map.contains_key(id))
            .map(|id| ListedPerson::of_data(id, &seen))
            .filter(|person| has_source(person.source) && person.contains_words(&words));
        let mut persons: Vec<ListedPerson> = of_map.chain(of_data).collect();
        persons.sort_by_cached_key(|person| (person.label.to_lowercase(), person.user_id.clone()));
        persons
    }
}

impl ListedPerson {
    fn of_map(row: &MapRow, seen: &SeenUsers) -> Self {
        let of_exports = || {
            let is_forgotten = row.status == PersonStatus::Forgotten;
            let email = seen.emails(&row.user_id).first();
            email.filter(|_| !is_forgotten).cloned()
        };
        let email = row.email.clone().or_else(of_exports);
        let label = match (&row.display_name, &email) {
            (None, Some(email)) => email.clone(),
            _ => row.label().to_owned(),
        };
        Self {
            user_id: row.user_id.clone(),
            label,
            display_name: row.display_name.clone(),
            email,
            username: row.username.clone(),
            team: row.team.clone(),
            cost_center: row.cost_center.clone(),
            manager: row.manager.clone(),
            status: Some(row.status),
            source: row.source.into(),
            is_seat: row.is_seat,
            is_in_data: seen.contains(&row.user_id),
        }
    }

    /// A user of the data that is not in the map.
    fn of_data(id: &str, seen: &SeenUsers) -> Self {
        let email = seen.emails(id).first().cloned();
        Self {
            user_id: id.to_owned(),
            label: email.clone().unwrap_or_else(|| id.to_owned()),
            source: match email {
                Some(_) => ListSource::Exports,
                None => ListSource::Unresolved,
            },
            email,
            display_name: None,
            username: None,
            team: None,
            cost_center: None,
            manager: None,
            status: None,
            is_seat: false,
            is_in_data: true,
        }
    }

    fn contains_words(&self, words: &[String]) -> bool {
        let texts = [self.user_id.to_lowercase(), self.label.to_lowercase()];
        words
            .iter()
            .all(|word| texts.iter().any(|text| text.contains(word.as_str())))
    }
}

impl fmt::Debug for ListedPerson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListedPerson")
            .field("status", &self.status)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PersonFilter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PersonFilter")
            .field("status", &self.status)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
