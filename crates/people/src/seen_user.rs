//! The users that occur in the data.

use std::collections::BTreeMap;
use std::fmt;

use crate::key::{canonical_id, filled, fold};

/// A user of the data. The same user may repeat, in several spellings and with several addresses.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SeenUser {
    /// In any spelling.
    pub user_id: String,
    /// The address in the exports.
    pub email: Option<String>,
}

impl fmt::Debug for SeenUser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SeenUser")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

/// The users of the data by canonical id, each with its addresses in lower case.
#[derive(Default)]
pub(crate) struct SeenUsers {
    emails: BTreeMap<String, Vec<String>>,
}

impl SeenUsers {
    pub(crate) fn new(users: &[SeenUser]) -> Self {
        let mut emails: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for user in users {
            let Some(id) = canonical_id(&user.user_id) else {
                continue;
            };
            let known = emails.entry(id).or_default();
            if let Some(email) = filled(user.email.as_deref()).map(fold)
                && !known.contains(&email)
            {
                known.push(email);
            }
        }
        Self { emails }
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.emails.keys().map(String::as_str)
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.emails.contains_key(id)
    }

    /// The addresses of a user, in lower case.
    pub(crate) fn emails(&self, id: &str) -> &[String] {
        self.emails.get(id).map_or(&[], Vec::as_slice)
    }
}
