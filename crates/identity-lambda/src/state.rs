//! What the function remembers between its runs, in an object beside the map.

use chrono::{DateTime, Utc};
use kiro_people::{Forgotten, LastKnown};
use kiro_s3::StoredObject;
use serde::{Deserialize, Serialize};

use crate::error::InvocationError;
use crate::mapper::STATE_KEY;
use crate::user_index::UserIndex;

/// The version that this program reads and writes.
const STATE_VERSION: u32 = 1;

/// The remembered state. Names are in the map, and here only where the map does not have those of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MapState {
    version: u32,
    /// The time of the last map; `None` before the first one.
    pub(crate) mapped_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) forgotten: Forgotten,
    #[serde(default)]
    pub(crate) users: UserIndex,
    /// What the directory said last, where the map says something else.
    #[serde(default)]
    pub(crate) last_known: LastKnown,
}

/// The version of a state, without the rest.
#[derive(Deserialize)]
struct StateVersion {
    version: u32,
}

impl MapState {
    /// Reads a state; the default one without an object.
    pub(crate) fn parse(object: Option<&StoredObject>) -> Result<Self, InvocationError> {
        let Some(object) = object else {
            return Ok(Self::default());
        };
        // The cause would repeat the content.
        let damaged = |error: serde_json::Error| InvocationError::DamagedState {
            key: STATE_KEY,
            line: error.line(),
            column: error.column(),
        };
        let found: StateVersion = serde_json::from_slice(&object.content).map_err(damaged)?;
        if found.version != STATE_VERSION {
            return Err(InvocationError::UnknownVersion {
                key: STATE_KEY,
                found: found.version,
                expected: STATE_VERSION,
            });
        }
        serde_json::from_slice(&object.content).map_err(damaged)
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        // Maps of texts always have a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl Default for MapState {
    fn default() -> Self {
        Self {
            version: STATE_VERSION,
            mapped_at: None,
            forgotten: Forgotten::default(),
            users: UserIndex::default(),
            last_known: LastKnown::default(),
        }
    }
}
