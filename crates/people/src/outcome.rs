//! What a change of the local state has done.

use serde::Serialize;

/// What a sync has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SyncOutcome {
    /// Users of the directory.
    pub users: usize,
    /// Groups of the directory.
    pub groups: usize,
    /// Users that the last answer did not have.
    pub new_users: usize,
    /// Users of the last answer that the directory no longer has.
    pub former_users: usize,
    /// Persons in the map.
    pub map_rows: usize,
}

/// What an import of a roster has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ImportOutcome {
    /// Rows of the file.
    pub rows: usize,
    /// Rows that match a user of the directory or of the data.
    pub matched_rows: usize,
    /// Rows of forgotten persons. They were not imported.
    pub forgotten_rows: usize,
    /// Persons in the map.
    pub map_rows: usize,
}

/// What forgetting a person has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForgetOutcome {
    /// How the person is shown from now on.
    pub mask: String,
    /// A source knew the person, or the person occurs in the data.
    pub was_known: bool,
    /// Persons in the map.
    pub map_rows: usize,
}
