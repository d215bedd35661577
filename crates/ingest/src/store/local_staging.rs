//! Where files are written before they are moved to their place.
//!
//! Every run has a folder of its own and holds a lock in it. What a killed run left has no lock any more, and the next
//! run removes it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Below the destination; the same file system, so that moving is renaming.
pub(crate) const STAGING_FOLDER: &str = ".kiro-analytics-staging";
const LOCK_FILE: &str = "lock";
/// Folders that this process has named so far.
static FOLDERS: AtomicU64 = AtomicU64::new(0);

/// The staging folder of one run, removed when dropped.
#[derive(Debug)]
pub(super) struct Staging {
    folder: PathBuf,
    /// Held, not used.
    _lock: File,
    files: AtomicU64,
}

impl Staging {
    /// Removes what killed runs left, and makes a folder nobody else uses.
    pub(super) fn begin(destination: &Path) -> io::Result<Self> {
        let parent = destination.join(STAGING_FOLDER);
        sweep(&parent);
        let process = std::process::id();
        loop {
            // Never a name of before: a sweep that holds the lock of a folder that has gone would remove the new one.
            let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
            let folder = parent.join(format!("{process}-{number}"));
            fs::create_dir_all(&parent)?;
            match fs::create_dir(&folder) {
                Ok(()) => {}
                // Another run's, or removed together with its parent by one that ends: take the next.
                Err(error) if is_a_race(&error) => continue,
                Err(error) => return Err(error),
            }
            match lock(&folder) {
                Ok(Some(lock)) => {
                    return Ok(Self {
                        folder,
                        _lock: lock,
                        files: AtomicU64::new(0),
                    });
                }
                Ok(None) => {}
                Err(error) if is_a_race(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// A path for a new file.
    pub(super) fn new_file(&self) -> PathBuf {
        self.folder.join(format!(
            "{}.tmp",
            self.files.fetch_add(1, Ordering::Relaxed)
        ))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // If it cannot be removed now, the next run does it.
        fs::remove_dir_all(&self.folder).ok();
        if let Some(parent) = self.folder.parent() {
            fs::remove_dir(parent).ok();
        }
    }
}

fn is_a_race(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound
    )
}

/// Makes and locks the lock file of a new folder; `None` when a sweep was quicker.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    let path = folder.join(LOCK_FILE);
    let file = File::create_new(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(path.exists().then_some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
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
            // Killed before it made its lock, or about to make it; then it takes another folder.
            Err(_) => {
                fs::remove_dir(&folder).ok();
            }
        }
    }
}
