//! Persons whose names must not come back, as hashes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::assignment::Assignment;
use crate::key::{
    KeyColumn, canonical_id, filled, fold, is_directory_id, person_id, roster_id, text_of_roster_id,
};
use crate::roster_row::RosterRow;
use crate::text_hash::TextHash;

/// Hexadecimal digits of a mask.
const MASK_DIGITS: usize = 8;

/// Persons whose names must not come back, as SHA-256 hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Forgotten {
    /// Hashes of canonical ids.
    ids: BTreeSet<TextHash>,
    /// Hashes of addresses, user names and names. Without them, a roster that has a person by address alone would bring the
    /// name back.
    texts: BTreeSet<TextHash>,
}

impl Forgotten {
    /// Adds a person by an id in any spelling. Returns false for a blank id and for a person that was forgotten before.
    pub fn insert(&mut self, id: &str) -> bool {
        let Some(id) = person_id(id) else {
            return false;
        };
        if let Some(text) = text_of_roster_id(&id) {
            self.texts.insert(key_hash(text));
        }
        self.ids.insert(hash(&id))
    }

    /// Adds a person that no source knows, by an id, an address or a user name. Returns false for a blank text.
    pub fn insert_unknown(&mut self, text: &str) -> bool {
        let Some(id) = person_id(text) else {
            return false;
        };
        if !is_directory_id(&id) && text_of_roster_id(&id).is_none() {
            self.insert(&roster_id(text));
        }
        self.insert(&id);
        true
    }

    /// Returns true for the canonical id of a forgotten person.
    pub fn contains(&self, id: &str) -> bool {
        !self.ids.is_empty() && self.ids.contains(&hash(id))
    }

    /// The number of forgotten ids.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// How a forgotten person is shown, by the canonical id.
    pub fn mask(id: &str) -> String {
        format!("Person {:.MASK_DIGITS$}", hash(id).to_string())
    }

    /// Returns true for a user that was forgotten by its id, or as the person of a roster with this address or user name.
    pub(crate) fn contains_user<'a>(
        &self,
        id: &str,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> bool {
        !self.is_empty()
            && (self.contains(id)
                || texts
                    .into_iter()
                    .any(|text| self.contains(&roster_id(text))))
    }

    /// Returns true for a row of a forgotten person.
    pub(crate) fn contains_row(&self, row: &RosterRow, assignment: &Assignment<'_>) -> bool {
        if self.is_empty() {
            return false;
        }
        if assignment
            .persons
            .iter()
            .any(|person| self.contains(person))
        {
            return true;
        }
        let is_forgotten = |text: &Option<String>| {
            filled(text.as_deref()).is_some_and(|text| self.texts.contains(&key_hash(text)))
        };
        match assignment.matched_by {
            Some(KeyColumn::UserId) => false,
            Some(KeyColumn::Email) => is_forgotten(&row.email),
            Some(KeyColumn::Username) | None => {
                is_forgotten(&row.email) || is_forgotten(&row.username)
            }
        }
    }

    /// Returns true if a text is the id, the address, the user name or the name of a forgotten person.
    pub(crate) fn is_reference(&self, text: &str) -> bool {
        !self.is_empty()
            && (self.texts.contains(&key_hash(text))
                || self.texts.contains(&name_hash(text))
                || canonical_id(text).is_some_and(|id| self.contains(&id)))
    }

    /// Adds the texts that identify a forgotten person.
    pub(crate) fn learn(
        &mut self,
        email: Option<&str>,
        username: Option<&str>,
        display_name: Option<&str>,
    ) {
        let keys = [email, username].into_iter().filter_map(filled);
        self.texts.extend(keys.map(key_hash));
        self.texts.extend(filled(display_name).map(name_hash));
    }
}

/// The hash of an address or a user name.
fn key_hash(text: &str) -> TextHash {
    TextHash::of(&["key:", &fold(text)])
}

/// The hash of a name. It is no key: rows of namesakes stay.
fn name_hash(text: &str) -> TextHash {
    TextHash::of(&["name:", &fold(text)])
}

fn hash(text: &str) -> TextHash {
    TextHash::of(&[text])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_id_is_forgotten_once() {
        const UUID: &str = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb";
        let mut forgotten = Forgotten::default();
        assert!(forgotten.insert(&format!("d-0123456789.{}", UUID.to_uppercase())));
        assert!(!forgotten.insert(UUID) && !forgotten.insert(" "));
        assert!(forgotten.contains(UUID) && forgotten.len() == 1);
        assert_eq!(Forgotten::mask(UUID).len(), "Person 01234567".len());
        assert_eq!(Forgotten::mask("abc"), "Person ba7816bf");
    }
}
