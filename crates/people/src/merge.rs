//! Merges all sources into the rows of the identity map.

use std::collections::{BTreeMap, HashMap};

use crate::assignment::assign;
use crate::directory::DirectoryUser;
use crate::forgotten::Forgotten;
use crate::group_membership::GroupMembership;
use crate::group_rules::GroupRules;
use crate::key::filled;
use crate::last_known::LastKnownPerson;
use crate::map_row::MapRow;
use crate::matcher::Matcher;
use crate::person::{PersonSource, PersonStatus};
use crate::roster_row::RosterRow;
use crate::seen_user::{SeenUser, SeenUsers};
use crate::sources::Sources;

/// All that the sources say about one person.
#[derive(Default)]
struct Person<'a> {
    /// Rows of the roster with their ranks.
    rows: Vec<(u8, &'a RosterRow)>,
    user: Option<&'a DirectoryUser>,
    former: Option<&'a LastKnownPerson>,
    team: Option<&'a str>,
    has_seat: bool,
}

/// Merges all sources into the rows of the map, by id. A person has a row if a source knows the person, and the person
/// occurs in the data, in the roster or in a seat group.
///
/// Name and address: roster, then directory, then the last known one. User name: directory, then roster, then the last known
/// one. Team: roster, then directory. A forgotten person has a row if it occurs in the data.
pub fn merge(sources: &Sources, seen: &[SeenUser], rules: &GroupRules) -> Vec<MapRow> {
    if sources.forgotten.is_empty() {
        return merge_cleaned(sources, seen, rules);
    }
    let mut cleaned = sources.clone();
    cleaned.discard_forgotten(seen);
    merge_cleaned(&cleaned, seen, rules)
}

/// Merges sources after [`Sources::discard_forgotten`].
pub(crate) fn merge_cleaned(
    sources: &Sources,
    seen: &[SeenUser],
    rules: &GroupRules,
) -> Vec<MapRow> {
    let seen = SeenUsers::new(seen);
    let matcher = Matcher::of_roster(sources, &seen);
    let assignments = assign(sources.roster.iter(), &matcher);
    let groups = GroupMembership::new(&sources.directory, rules);
    let users: HashMap<&str, &DirectoryUser> = sources
        .directory
        .users
        .iter()
        .map(|user| (user.user_id.as_str(), user))
        .collect();

    let mut persons: BTreeMap<&str, Person<'_>> = BTreeMap::new();
    for id in seen.ids().chain(groups.seats()) {
        persons.entry(id).or_default();
    }
    for (row, assignment) in sources.roster.iter().zip(&assignments) {
        for id in &assignment.persons {
            let person = persons.entry(id).or_default();
            person.rows.push((assignment.rank(), row));
        }
    }
    persons
        .into_iter()
        .filter_map(|(id, mut person)| {
            person.user = users.get(id).copied();
            person.former = sources.last_known.get(id);
            person.team = groups.team(id);
            person.has_seat = groups.has_seat(id);
            person.rows.sort_unstable();
            person.into_row(id).or_else(|| {
                let is_forgotten = seen.contains(id) && sources.forgotten.contains(id);
                is_forgotten.then(|| masked_row(id))
            })
        })
        .collect()
}

/// The row of a forgotten person.
fn masked_row(id: &str) -> MapRow {
    let mut row = MapRow::new(
        id.to_owned(),
        PersonStatus::Forgotten,
        PersonSource::Forgotten,
    );
    row.display_name = Some(Forgotten::mask(id));
    row
}

impl<'a> Person<'a> {
    /// `None` if no source knows the person.
    fn into_row(self, id: &str) -> Option<MapRow> {
        let source = self.source()?;
        let (user, former) = (self.user, self.former);
        let mut row = MapRow::new(id.to_owned(), self.status(), source);
        row.username = first([
            user.and_then(|user| user.username.as_deref()),
            self.of_roster(|row| row.username.as_deref()),
            former.and_then(|former| former.username.as_deref()),
        ]);
        row.display_name = first([
            self.of_roster(|row| row.display_name.as_deref()),
            user.and_then(|user| user.display_name.as_deref()),
            former.and_then(|former| former.display_name.as_deref()),
        ]);
        row.email = first([
            self.of_roster(|row| row.email.as_deref()),
            user.and_then(|user| user.email.as_deref()),
            former.and_then(|former| former.email.as_deref()),
        ]);
        row.team = first([self.of_roster(|row| row.team.as_deref()), self.team]);
        row.cost_center = first([self.of_roster(|row| row.cost_center.as_deref())]);
        row.manager = first([self.of_roster(|row| row.manager.as_deref())]);
        row.is_seat = self.has_seat || !self.rows.is_empty();
        let mut attributes = self.rows.iter().map(|(_, row)| &row.attributes);
        row.attributes = attributes
            .find(|attributes| !attributes.is_empty())
            .cloned()
            .unwrap_or_default();
        Some(row)
    }

    fn source(&self) -> Option<PersonSource> {
        let is_in_directory = self.user.is_some() || self.team.is_some() || self.has_seat;
        match (!self.rows.is_empty(), is_in_directory) {
            (true, true) => Some(PersonSource::RosterAndDirectory),
            (true, false) => Some(PersonSource::Roster),
            (false, true) => Some(PersonSource::Directory),
            (false, false) => self.former.map(|_| PersonSource::LastKnown),
        }
    }

    fn status(&self) -> PersonStatus {
        let is_former = self.user.is_none() && self.former.is_some();
        let has_left = self
            .of_roster(|row| row.status.as_deref())
            .is_some_and(PersonStatus::is_left);
        if has_left || is_former {
            PersonStatus::Left
        } else {
            PersonStatus::Active
        }
    }

    /// The first content of a column in the rows of the roster.
    fn of_roster(&self, column: impl Fn(&'a RosterRow) -> Option<&'a str>) -> Option<&'a str> {
        self.rows.iter().find_map(|(_, row)| filled(column(row)))
    }
}

/// The first text that is not blank.
fn first<const N: usize>(texts: [Option<&str>; N]) -> Option<String> {
    texts.into_iter().find_map(filled).map(str::to_owned)
}

#[cfg(test)]
mod tests;
