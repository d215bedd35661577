//! The content of the local state.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::directory_meta::DirectoryMeta;
use crate::seen_user::SeenUser;
use crate::sources::Sources;

/// The version of the file that this program reads and writes.
pub(crate) const STATE_VERSION: u32 = 1;

/// The name of an imported roster, and when it was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterMeta {
    pub file_name: String,
    pub imported_at: DateTime<Utc>,
}

/// What is known about persons, and from when it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub(crate) version: u32,
    pub(crate) directory_meta: Option<DirectoryMeta>,
    pub(crate) roster_meta: Option<RosterMeta>,
    /// Users of the data that the directory does not have, and when it was asked.
    pub(crate) not_found: BTreeMap<String, DateTime<Utc>>,
    pub(crate) sources: Sources,
}

impl State {
    /// `None` before the first sync.
    pub fn directory_meta(&self) -> Option<&DirectoryMeta> {
        self.directory_meta.as_ref()
    }

    /// `None` without a roster.
    pub fn roster_meta(&self) -> Option<&RosterMeta> {
        self.roster_meta.as_ref()
    }

    /// Users of the data that the directory does not have by canonical id, and when it was asked.
    pub fn not_found(&self) -> &BTreeMap<String, DateTime<Utc>> {
        &self.not_found
    }

    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Applies forgotten ids to everything.
    pub(crate) fn discard_forgotten(&mut self, seen: &[SeenUser]) {
        self.sources.discard_forgotten(seen);
        let forgotten = &self.sources.forgotten;
        self.not_found.retain(|id, _| !forgotten.contains(id));
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            version: STATE_VERSION,
            directory_meta: None,
            roster_meta: None,
            not_found: BTreeMap::new(),
            sources: Sources::default(),
        }
    }
}
