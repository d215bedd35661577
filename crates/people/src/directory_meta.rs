//! Where and when a directory was read.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Age from which an answer of the directory is read again.
pub const CACHE_AGE: TimeDelta = TimeDelta::hours(24);

/// Where and when a directory was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryMeta {
    /// The id of the identity store, `d-…`.
    pub store_id: String,
    pub region: String,
    pub read_at: DateTime<Utc>,
}

impl DirectoryMeta {
    /// Returns true if the answer is 24 hours old or older.
    pub fn is_stale(&self, now: DateTime<Utc>) -> bool {
        is_stale(self.read_at, now)
    }
}

pub(crate) fn is_stale(read_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - read_at >= CACHE_AGE
}
