//! Where keys begin, so that the same export has the same key however deep in a bucket or a folder a store begins.

/// Keys begin at the folder of this name, if a store's root is it or lies below it.
const ACCOUNT_ROOT: &str = "AWSLogs";

/// What the keys of a store begin with whose root is this path: the path from its last folder named `AWSLogs` on, with
/// `/` at the end. `None`, which means nothing, for a root above.
///
/// ```
/// let root = ["backup", "AWSLogs", "123456789012"];
/// assert_eq!(kiro_ingest::key_prefix(&root).as_deref(), Some("AWSLogs/123456789012/"));
/// ```
pub fn key_prefix(root: &[&str]) -> Option<String> {
    let start = root.iter().rposition(|folder| *folder == ACCOUNT_ROOT)?;
    Some(
        root[start..]
            .iter()
            .flat_map(|folder| [folder, "/"])
            .collect(),
    )
}
