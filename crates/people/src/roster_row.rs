//! One row of a roster.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::key::{KeyColumn, fold, roster_id};

/// One row of a roster. Texts are without blanks around them and not empty.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct RosterRow {
    /// Canonical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_center: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The other columns by their names in the file.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

impl RosterRow {
    /// The first key that the row has, in the form that it is compared in.
    pub(crate) fn key(&self) -> Option<(KeyColumn, String)> {
        let id = || Some((KeyColumn::UserId, self.user_id.clone()?));
        let email = || Some((KeyColumn::Email, fold(self.email.as_deref()?)));
        let username = || Some((KeyColumn::Username, fold(self.username.as_deref()?)));
        id().or_else(email).or_else(username)
    }

    /// The id of the person if the row matches no user: its own user id, else `roster:` and its address or user name.
    pub(crate) fn unmatched_id(&self) -> Option<String> {
        let text = || self.email.as_ref().or(self.username.as_ref());
        self.user_id
            .clone()
            .or_else(|| text().map(|text| roster_id(text)))
    }

    /// Returns true if the rows say the same about a person.
    pub(crate) fn has_same_content(&self, other: &Self) -> bool {
        let texts = |row: &Self| {
            [
                &row.display_name,
                &row.team,
                &row.cost_center,
                &row.manager,
                &row.status,
            ]
            .map(Clone::clone)
        };
        texts(self) == texts(other) && self.attributes == other.attributes
    }
}

impl fmt::Debug for RosterRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RosterRow")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}
