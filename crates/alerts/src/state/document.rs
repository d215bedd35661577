//! The object of one month: the messages, each with hashes of its alerts.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::StateError;

/// The version of the format.
const VERSION: u32 = 1;
/// A claim of a run that has not said how it ended is void after this time.
pub(super) const CLAIM_EXPIRES_AFTER: TimeDelta = TimeDelta::hours(1);
/// Bytes of a hash that are kept: 128 bits keep any number of alerts apart.
const HASH_BYTES: usize = 16;

/// The messages of one month.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Document {
    version: u32,
    messages: Vec<Message>,
}

/// A message, sent or about to be sent.
#[derive(Debug, Serialize, Deserialize)]
struct Message {
    id: String,
    claimed_at: DateTime<Utc>,
    /// `None` while it is about to be sent.
    sent_at: Option<DateTime<Utc>>,
    /// Hashes of the keys of its alerts: the state names nobody.
    alerts: Vec<String>,
}

#[derive(Deserialize)]
struct DocumentVersion {
    version: u32,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            version: VERSION,
            messages: Vec::new(),
        }
    }
}

impl Document {
    pub(super) fn parse(content: &[u8], object: &str) -> Result<Self, StateError> {
        let damaged = |error: serde_json::Error| StateError::Damaged {
            object: object.to_owned(),
            line: error.line(),
            column: error.column(),
        };
        let DocumentVersion { version } = serde_json::from_slice(content).map_err(damaged)?;
        if version != VERSION {
            return Err(StateError::UnknownVersion {
                object: object.to_owned(),
                found: version,
                expected: VERSION,
            });
        }
        serde_json::from_slice(content).map_err(damaged)
    }

    pub(super) fn content(&self) -> Vec<u8> {
        // Texts and times always have a form in JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The hashes of alerts that were not sent, and that no other run is about to send.
    pub(super) fn untold<'a>(&self, hashes: &'a [String], now: DateTime<Utc>) -> Vec<&'a String> {
        let taken = self.messages.iter().filter(|message| message.holds(now));
        let taken: HashSet<&String> = taken.flat_map(|message| &message.alerts).collect();
        hashes.iter().filter(|hash| !taken.contains(hash)).collect()
    }

    /// Returns true if it has the message.
    pub(super) fn has(&self, id: &str) -> bool {
        self.messages.iter().any(|message| message.id == id)
    }

    /// Adds a message that is about to be sent. Claims that are void lose what it has.
    pub(super) fn claim(&mut self, id: &str, hashes: Vec<String>, now: DateTime<Utc>) {
        let claimed: HashSet<&String> = hashes.iter().collect();
        for message in &mut self.messages {
            if !message.holds(now) {
                message.alerts.retain(|hash| !claimed.contains(hash));
            }
        }
        self.messages.retain(|message| !message.alerts.is_empty());
        self.messages.push(Message {
            id: id.to_owned(),
            claimed_at: now,
            sent_at: None,
            alerts: hashes,
        });
    }

    /// Marks a message as sent. Returns false if that would change nothing.
    pub(super) fn confirm(&mut self, id: &str, now: DateTime<Utc>) -> bool {
        let message = self.messages.iter_mut().find(|message| message.id == id);
        let Some(message) = message.filter(|message| message.sent_at.is_none()) else {
            return false;
        };
        message.sent_at = Some(now);
        true
    }

    /// Removes a message that was not sent. Returns false if that would change nothing.
    pub(super) fn release(&mut self, id: &str) -> bool {
        let before = self.messages.len();
        self.messages
            .retain(|message| message.id != id || message.sent_at.is_some());
        self.messages.len() < before
    }
}

impl Message {
    /// Returns true if its alerts must not be sent again.
    fn holds(&self, now: DateTime<Utc>) -> bool {
        self.sent_at.is_some() || now - self.claimed_at < CLAIM_EXPIRES_AFTER
    }
}

/// What the state has of a key.
pub(super) fn hash_of(key: &str) -> String {
    hex::encode(&Sha256::digest(key)[..HASH_BYTES])
}
