//! The one person that an argument names.

use kiro_people::PeopleStore;

use crate::command_error::CommandError;
use crate::people_data::PeopleData;

/// Most ids that a message lists.
const MAX_LISTED: usize = 10;

impl PeopleData {
    /// The id of the person with this id in any spelling, address or user name. `None` if there is none.
    ///
    /// # Errors
    ///
    /// If there are several.
    pub(crate) fn find_one(&self, text: &str) -> Result<Option<String>, CommandError> {
        let ids = PeopleStore::find(&self.store, text, &self.seen);
        match ids.as_slice() {
            [] => Ok(None),
            [id] => Ok(Some(id.clone())),
            ids => {
                let error =
                    anyhow::anyhow!("{} people have this e-mail address or user name", ids.len());
                let listed: Vec<String> = ids
                    .iter()
                    .take(MAX_LISTED)
                    .map(|id| format!("`{id}`"))
                    .collect();
                let hint = format!("name one by its id: {}", listed.join(", "));
                Err(CommandError::usage(error).hint(hint))
            }
        }
    }
}
