//! One person of the identity map.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::key::text_of_roster_id;
use crate::person::{PersonSource, PersonStatus};

/// One person of the identity map.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MapRow {
    /// Canonical; `roster:` and an address or user name for a person without a user id.
    pub user_id: String,
    pub username: Option<String>,
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub team: Option<String>,
    pub cost_center: Option<String>,
    pub manager: Option<String>,
    pub status: PersonStatus,
    pub source: PersonSource,
    /// The person is in the roster or in a seat group.
    pub is_seat: bool,
    /// The other columns of the roster, by their names there.
    pub attributes: BTreeMap<String, String>,
}

impl MapRow {
    /// A row without any content but the id.
    pub(crate) fn new(user_id: String, status: PersonStatus, source: PersonSource) -> Self {
        Self {
            user_id,
            username: None,
            display_name: None,
            email: None,
            team: None,
            cost_center: None,
            manager: None,
            status,
            source,
            is_seat: false,
            attributes: BTreeMap::new(),
        }
    }

    /// How the person is shown: display name, else address, else user name, else id.
    pub fn label(&self) -> &str {
        let names = [&self.display_name, &self.email, &self.username];
        names
            .into_iter()
            .find_map(Option::as_deref)
            .unwrap_or(&self.user_id)
    }

    /// Returns true if the map has more than the id to show.
    pub fn is_named(&self) -> bool {
        self.display_name.is_some() || self.email.is_some() || self.username.is_some()
    }

    /// Returns true if id, name, address, user name or team contain each of these words, which are in lower case.
    pub(crate) fn contains_words(&self, words: &[String]) -> bool {
        let texts = [
            Some(&self.user_id),
            self.username.as_ref(),
            self.display_name.as_ref(),
            self.email.as_ref(),
            self.team.as_ref(),
        ];
        let texts = texts.map(|text| text.map_or_else(String::new, |text| text.to_lowercase()));
        words
            .iter()
            .all(|word| texts.iter().any(|text| text.contains(word.as_str())))
    }
}

impl fmt::Debug for MapRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user_id = match text_of_roster_id(&self.user_id) {
            Some(_) => "roster:…",
            None => &self.user_id,
        };
        formatter
            .debug_struct("MapRow")
            .field("user_id", &user_id)
            .field("status", &self.status)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
