//! What one reading of the directory returned. Debug output has counts: an id that is no user can be an address.

use std::fmt;

use kiro_people::Directory;

/// Users and groups, sorted by id, and what else the reading found out.
#[derive(Clone, PartialEq, Eq)]
pub struct DirectoryAnswer {
    pub directory: Directory,
    /// Ids of the selection that are no user of the directory, canonical and sorted. Empty for
    /// [`UserSelection::All`](crate::UserSelection::All).
    pub missing: Vec<String>,
    /// Members of groups that are not users.
    pub ignored_members: u64,
    /// The Identity Store that answered.
    pub identity_store: String,
    /// Its Region.
    pub region: String,
}

impl fmt::Debug for DirectoryAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DirectoryAnswer")
            .field("directory", &self.directory)
            .field("missing", &self.missing.len())
            .field("ignored_members", &self.ignored_members)
            .field("identity_store", &self.identity_store)
            .field("region", &self.region)
            .finish()
    }
}
