//! The response of an invocation: counts.

use std::collections::HashMap;

use serde::Serialize;

/// What an invocation has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MapStatus {
    /// The map was replaced.
    Ok,
    /// There are no data yet: nothing was asked, and only persons to forget were written.
    Noop,
}

/// The counts of an invocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MapResponse {
    pub status: MapStatus,
    /// Users of the data.
    pub users: usize,
    /// Users of the data with a name, an address or a user name in the map.
    pub named: usize,
    /// Persons in the map.
    pub rows: usize,
    /// Persons with a seat.
    pub seats: usize,
    /// Persons who have left.
    pub left: usize,
    /// Persons who are shown by a mask.
    pub forgotten: usize,
    /// Persons that this call has named to be forgotten.
    pub forgotten_by_call: usize,
    /// The positions, from 1, of the texts of `forget` that name no person. They are remembered.
    pub unmatched: Vec<usize>,
    /// Groups of the directory that were read.
    pub groups: usize,
    /// Rows of the roster.
    pub roster_rows: usize,
    /// The most rules that a viewer needs in Amazon Quick Sight.
    pub most_rules: usize,
}

impl MapResponse {
    pub(crate) fn noop() -> Self {
        Self {
            status: MapStatus::Noop,
            users: 0,
            named: 0,
            rows: 0,
            seats: 0,
            left: 0,
            forgotten: 0,
            forgotten_by_call: 0,
            unmatched: Vec::new(),
            groups: 0,
            roster_rows: 0,
            most_rules: 0,
        }
    }

    /// The metadata of the map's object, which its readers get without reading it.
    pub(crate) fn metadata(&self) -> HashMap<String, String> {
        let counts = [
            ("users", self.users),
            ("named", self.named),
            ("rows", self.rows),
            ("rules", self.most_rules),
        ];
        let counts = counts.into_iter();
        counts
            .map(|(name, count)| (name.to_owned(), count.to_string()))
            .collect()
    }
}
