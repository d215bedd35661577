//! All that is known about one person, by source.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::assignment::assign;
use crate::directory::DirectoryUser;
use crate::key::person_id;
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
        let forgotten = person_id(text).filter(|id| sources.forgotten.contains(id));
        match sources.find_person(text, &seen, self.rows()).or(forgotten) {
            Some(id) => vec![id],
            None => sources.find_persons_by_text(text, &seen, self.rows()),
        }
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
