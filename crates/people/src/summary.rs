//! How many users have names, and how old these are.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::assignment::assign;
use crate::directory_meta::DirectoryMeta;
use crate::map_row::MapRow;
use crate::matcher::Matcher;
use crate::person::PersonStatus;
use crate::seen_user::SeenUsers;
use crate::state::{RosterMeta, State};

/// How many users have names, and how old these are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Users of the data.
    pub seen_users: usize,
    /// Users of the data with a name, an address or a user name in the map.
    pub named_users: usize,
    /// Users of the data with an address of the exports only.
    pub email_only_users: usize,
    /// Users of the data that are forgotten.
    pub forgotten_users: usize,
    /// Users of the data with nothing but an id, sorted.
    pub unresolved_ids: Vec<String>,
    /// Persons of the map.
    pub known_persons: usize,
    /// Persons of the map with a seat.
    pub seats: usize,
    /// `None` before the first sync.
    pub directory: Option<DirectorySummary>,
    /// `None` without a roster.
    pub roster: Option<RosterSummary>,
}

/// The answer of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DirectorySummary {
    #[serde(flatten)]
    pub meta: DirectoryMeta,
    pub users: usize,
    pub groups: usize,
    pub age_seconds: i64,
    pub is_stale: bool,
}

/// The imported roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RosterSummary {
    #[serde(flatten)]
    pub meta: RosterMeta,
    pub rows: usize,
    /// Rows that match no user of the directory or of the data.
    pub unmatched_rows: usize,
    pub age_seconds: i64,
}

impl Summary {
    pub(crate) fn new(
        state: &State,
        rows: &[MapRow],
        seen: &SeenUsers,
        now: DateTime<Utc>,
    ) -> Self {
        let by_id: HashMap<&str, &MapRow> =
            rows.iter().map(|row| (row.user_id.as_str(), row)).collect();
        let sources = &state.sources;
        let mut summary = Self {
            seen_users: 0,
            named_users: 0,
            email_only_users: 0,
            forgotten_users: 0,
            unresolved_ids: Vec::new(),
            known_persons: rows.len(),
            seats: rows.iter().filter(|row| row.is_seat).count(),
            directory: state.directory_meta.as_ref().map(|meta| DirectorySummary {
                meta: meta.clone(),
                users: sources.directory.users.len(),
                groups: sources.directory.groups.len(),
                age_seconds: (now - meta.read_at).num_seconds(),
                is_stale: meta.is_stale(now),
            }),
            roster: state.roster_meta.as_ref().map(|meta| RosterSummary {
                meta: meta.clone(),
                rows: sources.roster.len(),
                unmatched_rows: sources.roster.len() - matched_rows(state, seen),
                age_seconds: (now - meta.imported_at).num_seconds(),
            }),
        };
        for id in seen.ids() {
            summary.seen_users += 1;
            match by_id.get(id) {
                Some(row) if row.status == PersonStatus::Forgotten => {
                    summary.forgotten_users += 1;
                }
                Some(row) if row.is_named() => summary.named_users += 1,
                _ if seen.emails(id).is_empty() => summary.unresolved_ids.push(id.to_owned()),
                _ => summary.email_only_users += 1,
            }
        }
        summary
    }
}

/// The number of roster rows that match a user of the directory or of the data.
pub(crate) fn matched_rows(state: &State, seen: &SeenUsers) -> usize {
    let matcher = Matcher::new(&state.sources, seen);
    assign(state.sources.roster.iter(), &matcher)
        .iter()
        .filter(|assignment| {
            let is_user = |id: &str| matcher.has_user(id);
            assignment.persons.iter().any(|person| is_user(person))
        })
        .count()
}
