//! Finds persons by id, address or user name.

use std::collections::BTreeSet;

use crate::key::{fold, person_id};
use crate::map_row::MapRow;
use crate::seen_user::SeenUsers;
use crate::sources::Sources;

impl Sources {
    /// Returns the canonical id of the person with this id in any spelling, if a source, the data or the map has the person.
    pub(crate) fn find_person(
        &self,
        id: &str,
        seen: &SeenUsers,
        rows: &[MapRow],
    ) -> Option<String> {
        let id = person_id(id)?;
        let is_known = seen.contains(&id)
            || rows.iter().any(|row| row.user_id == id)
            || self.directory.user_ids().any(|user| user == id)
            || self.last_known.get(&id).is_some();
        is_known.then_some(id)
    }

    /// Returns the ids of the persons with this address or user name.
    pub(crate) fn find_persons_by_text(
        &self,
        text: &str,
        seen: &SeenUsers,
        rows: &[MapRow],
    ) -> Vec<String> {
        let text = fold(text);
        if text.is_empty() {
            return Vec::new();
        }
        let is_text = |other: &Option<String>| other.as_deref().map(fold).as_ref() == Some(&text);
        let mut ids: BTreeSet<&str> = BTreeSet::new();
        ids.extend(
            rows.iter()
                .filter(|row| is_text(&row.email) || is_text(&row.username))
                .map(|row| row.user_id.as_str()),
        );
        ids.extend(
            self.directory
                .users
                .iter()
                .filter(|user| is_text(&user.email) || is_text(&user.username))
                .map(|user| user.user_id.as_str()),
        );
        ids.extend(
            self.last_known
                .iter()
                .filter(|(_, person)| is_text(&person.email) || is_text(&person.username))
                .map(|(id, _)| id),
        );
        // The addresses of forgotten persons are in the exports, but name nobody.
        ids.extend(
            seen.ids()
                .filter(|id| seen.emails(id).contains(&text) && !self.forgotten.contains(id)),
        );
        ids.into_iter().map(str::to_owned).collect()
    }
}
