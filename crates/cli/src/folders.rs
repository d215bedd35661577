//! Where files are written that people name.

use std::path::Path;

use crate::command_error::CommandError;

/// Refuses a path whose folder does not exist, before any work is done for it.
pub(crate) fn check_parent(path: &Path) -> Result<(), CommandError> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            let error = anyhow::anyhow!("there is no folder `{}`", folder.display());
            Err(CommandError::usage(error).hint("make it first, or name another file with --out"))
        }
        Some(_) | None => Ok(()),
    }
}
