//! The response of an invocation: counts.

use std::collections::HashMap;

use serde::Serialize;

/// What an invocation has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MapStatus {
    /// The map was replaced.
    Ok,
    /// There are no data yet: nothing was asked, and nothing was written.
    Noop,
}

/// The counts of an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
    /// Groups of the directory that were read.
    pub groups: usize,
    /// Rows of the roster.
    pub roster_rows: usize,
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
            groups: 0,
            roster_rows: 0,
        }
    }

    /// The metadata of the map's object, which its readers get without reading it.
    pub(crate) fn metadata(&self) -> HashMap<String, String> {
        let counts = [
            ("users", self.users),
            ("named", self.named),
            ("rows", self.rows),
        ];
        let counts = counts.into_iter();
        counts
            .map(|(name, count)| (name.to_owned(), count.to_string()))
            .collect()
    }
}
