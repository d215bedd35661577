//! What one reading of a directory returned.

use kiro_people::Directory;

/// What one reading of a directory returned.
pub(crate) struct DirectoryReading {
    pub(crate) directory: Directory,
    /// Ids that were asked for one by one and that the directory does not have.
    pub(crate) not_found: Vec<String>,
    /// Members of groups that are no users.
    pub(crate) ignored_members: u64,
    pub(crate) store_id: String,
    pub(crate) region: String,
}

/// What to read.
#[derive(Clone, Copy)]
pub(crate) enum DirectoryRequest<'a> {
    /// All users, and the groups of the settings with their members.
    All,
    /// These users.
    #[cfg_attr(
        not(feature = "aws"),
        expect(dead_code, reason = "a build without AWS refuses every request")
    )]
    Ids(&'a [String]),
}
