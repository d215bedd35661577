//! The folders and files that people name: opened, or refused under the name that was typed.

use std::path::Path;

use kiro_ingest::{LocalFolder, StoreError};

use crate::failure::Failure;

/// A folder to read exports from.
pub(crate) fn open(path: &Path) -> Result<LocalFolder, Failure> {
    LocalFolder::open(path).map_err(|error| unusable(path, error))
}

/// A folder to write parts to; made if it does not exist.
pub(crate) fn create(path: &Path) -> Result<LocalFolder, Failure> {
    LocalFolder::create(path).map_err(|error| unusable(path, error))
}

/// The store names its root as a key; people typed a path.
fn unusable(path: &Path, error: StoreError) -> Failure {
    let hint = error.hint();
    let context = format!("could not {} `{}`", error.operation, path.display());
    Failure::usage(anyhow::Error::new(error.kind).context(context)).maybe_hint(hint)
}

/// Refuses a place whose folder does not exist, before any work is done for it.
pub(crate) fn check_parent(path: &Path) -> Result<(), Failure> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            let error = anyhow::anyhow!("there is no folder `{}`", folder.display());
            Err(Failure::usage(error).hint("make it first, or name another file with --out"))
        }
        Some(_) | None => Ok(()),
    }
}
