//! The beginning of keys. An export has the same key, however deep in a bucket or a folder the store's root is.

use kiro_report::is_account_root;

/// The prefix of all keys of a store with this root: the root's path from its last folder named `AWSLogs` (in any letter case), with `/` at the
/// end. `None` if the root is not below such a folder.
///
/// ```
/// let root = ["backup", "AWSLogs", "123456789012"];
/// assert_eq!(kiro_ingest::key_prefix(&root).as_deref(), Some("AWSLogs/123456789012/"));
/// ```
pub fn key_prefix(root: &[&str]) -> Option<String> {
    let start = root.iter().rposition(|folder| is_account_root(folder))?;
    Some(
        root[start..]
            .iter()
            .flat_map(|folder| [folder, "/"])
            .collect(),
    )
}
