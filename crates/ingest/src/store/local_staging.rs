//! The folder in which files are written before they are moved to their place.
//!
//! Every run has a folder of its own and holds a lock in it. The folder of a killed run is not locked any more: the next run
//! removes it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::private::{create_private_file, create_private_folder};

/// Below the destination, and so on the same file system, where a rename moves a file at once.
pub(crate) const STAGING_FOLDER: &str = ".kiro-analytics-staging";
const LOCK_FILE: &str = "lock";

/// The staging folder of one run, removed when dropped.
#[derive(Debug)]
pub(super) struct Staging {
    folder: PathBuf,
    /// Held, not used.
    _lock: File,
}

impl Staging {
    /// Removes the folders of killed runs, and creates a new one.
    pub(super) fn begin(destination: &Path) -> io::Result<Self> {
        let parent = destination.join(STAGING_FOLDER);
        sweep(&parent);
        loop {
            create_private_folder(&parent)?;
            match Self::create_in(&parent) {
                Ok(Some(staging)) => return Ok(staging),
                Ok(None) => {}
                // Another run has removed the parent or the folder: try again.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Creates and locks a folder. `None` if the sweep of another run has removed it.
    fn create_in(parent: &Path) -> io::Result<Option<Self>> {
        // A random name is never that of an earlier folder, whose lock a sweep may still hold.
        let mut builder = Builder::new();
        builder.prefix("run-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(parent)?.keep();
        let path = folder.join(LOCK_FILE);
        let lock = create_private_file(&path)?;
        match lock.try_lock() {
            Ok(()) if path.exists() => Ok(Some(Self {
                folder,
                _lock: lock,
            })),
            Ok(()) | Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Creates a file that only its owner can read.
    pub(super) fn create_file(&self) -> io::Result<NamedTempFile> {
        Builder::new()
            .suffix(".tmp")
            .make_in(&self.folder, |path| create_private_file(path))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // If this fails, the next run removes the folder.
        fs::remove_dir_all(&self.folder).ok();
        if let Some(parent) = self.folder.parent() {
            fs::remove_dir(parent).ok();
        }
    }
}

/// Removes the folders of runs that no longer hold their lock.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for folder in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        match File::open(folder.join(LOCK_FILE)) {
            Ok(lock) if lock.try_lock().is_ok() => {
                fs::remove_dir_all(&folder).ok();
            }
            Ok(_) => {}
            // Killed before it created its lock, or about to create it. Then it takes another folder.
            Err(_) => {
                fs::remove_dir(&folder).ok();
            }
        }
    }
}
