//! All that is known about one person, by source.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::assignment::assign;
use crate::directory::DirectoryUser;
use crate::key::{fold, person_id};
use crate::last_known::LastKnownPerson;
use crate::map_row::MapRow;
use crate::matcher::Matcher;
use crate::roster_row::RosterRow;
use crate::seen_user::{SeenUser, SeenUsers};
use crate::store::PeopleStore;

/// All that is known about one person, by source.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PersonDetail {
    pub user_id: String,
    /// The person in the map: what the views show.
    pub map: Option<MapRow>,
    pub directory: Option<DirectoryUser>,
    /// Names of the groups of the directory.
    pub groups: Vec<String>,
    /// What the directory said last about a former user.
    pub last_known: Option<LastKnownPerson>,
    /// Rows of the roster.
    pub roster: Vec<RosterRow>,
    /// Addresses of the exports.
    pub export_emails: Vec<String>,
    pub is_in_data: bool,
    /// When the directory was asked for the person and did not have it.
    pub not_found_at: Option<DateTime<Utc>>,
    pub is_forgotten: bool,
}

impl PeopleStore {
    /// Returns the ids of the persons with this id in any spelling; if there is none, of those with this address or user name.
    pub fn find(&self, text: &str, seen: &[SeenUser]) -> Vec<String> {
        let seen = SeenUsers::new(seen);
        let sources = self.state().sources();
        if let Some(id) = person_id(text) {
            let is_known = self.person(&id).is_some()
                || seen.contains(&id)
                || sources.directory.user_ids().any(|user| user == id)
                || sources.last_known.get(&id).is_some()
                || sources.forgotten.contains(&id);
            if is_known {
                return vec![id];
            }
        }
        let text = fold(text);
        if text.is_empty() {
            return Vec::new();
        }
        let is_text = |other: &Option<String>| other.as_deref().map(fold).as_ref() == Some(&text);
        let mut ids: BTreeSet<&str> = BTreeSet::new();
        ids.extend(
            self.rows()
                .iter()
                .filter(|row| is_text(&row.email) || is_text(&row.username))
                .map(|row| row.user_id.as_str()),
        );
        ids.extend(
            sources
                .directory
                .users
                .iter()
                .filter(|user| is_text(&user.email) || is_text(&user.username))
                .map(|user| user.user_id.as_str()),
        );
        ids.extend(
            sources
                .last_known
                .iter()
                .filter(|(_, person)| is_text(&person.email) || is_text(&person.username))
                .map(|(id, _)| id),
        );
        // The addresses of forgotten persons are in the exports, but name nobody.
        ids.extend(
            seen.ids()
                .filter(|id| seen.emails(id).contains(&text) && !sources.forgotten.contains(id)),
        );
        ids.into_iter().map(str::to_owned).collect()
    }

    /// Returns all that is known about the person with an id in any spelling.
    pub fn detail(&self, id: &str, seen: &[SeenUser]) -> Option<PersonDetail> {
        let id = person_id(id)?;
        let seen = SeenUsers::new(seen);
        let sources = self.state().sources();
        let matcher = Matcher::new(sources, &seen);
        let assignments = assign(sources.roster.iter(), &matcher);
        let rows = sources.roster.iter().zip(&assignments);
        let is_forgotten = sources.forgotten.contains(&id);
        let users = &mut sources.directory.users.iter();
        let groups = sources.directory.groups.iter();
        let detail = PersonDetail {
            map: self.person(&id).cloned(),
            directory: users.find(|user| user.user_id == id).cloned(),
            groups: groups
                .filter(|group| group.members.contains(&id))
                .map(|group| group.name.clone())
                .collect(),
            last_known: sources.last_known.get(&id).cloned(),
            roster: rows
                .filter(|(_, assignment)| assignment.persons.iter().any(|person| *person == id))
                .map(|(row, _)| row.clone())
                .collect(),
            export_emails: if is_forgotten {
                Vec::new()
            } else {
                seen.emails(&id).to_vec()
            },
            is_in_data: seen.contains(&id),
            not_found_at: self.state().not_found().get(&id).copied(),
            is_forgotten,
            user_id: id,
        };
        let is_known = detail.map.is_some()
            || detail.directory.is_some()
            || detail.last_known.is_some()
            || !detail.roster.is_empty()
            || detail.is_in_data
            || detail.is_forgotten;
        is_known.then_some(detail)
    }
}

impl fmt::Debug for PersonDetail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PersonDetail")
            .field("map", &self.map)
            .field("roster", &self.roster.len())
            .finish_non_exhaustive()
    }
}
