//! Lists the files below a folder.

use std::collections::HashSet;
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use kiro_report::ObjectKey;

use super::local_staging::STAGING_FOLDER;
use crate::store::{ObjectMeta, StoreError, StoreErrorKind};

type Found = Vec<Result<ObjectMeta, StoreError>>;

/// Lists every file below a folder. What cannot be listed is an item with its error; the rest follows.
pub(super) fn list_folder(root: &Path, key_prefix: &str) -> Found {
    let mut walk = Walk {
        found: Found::new(),
        root: fs::canonicalize(root).ok(),
        linked: HashSet::new(),
    };
    walk.folder(root, key_prefix);
    walk.found
}

struct Walk {
    found: Found,
    root: Option<PathBuf>,
    /// Folders outside the root that links led to.
    linked: HashSet<PathBuf>,
}

impl Walk {
    /// `key` is that of the folder: empty, or ending in `/`.
    fn folder(&mut self, path: &Path, key: &str) {
        match fs::read_dir(path) {
            Ok(entries) => {
                for entry in entries {
                    match entry {
                        Ok(entry) => self.entry(&entry, key),
                        Err(error) => self.fail(key, error.into()),
                    }
                }
            }
            // Removed since it was listed, as the folders of other runs are.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !key.is_empty() => {}
            Err(error) => self.fail(if key.is_empty() { "." } else { key }, error.into()),
        }
    }

    fn entry(&mut self, entry: &DirEntry, folder_key: &str) {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            let name = name.to_string_lossy();
            return self.fail(&format!("{folder_key}{name}"), StoreErrorKind::NotText);
        };
        let key = format!("{folder_key}{name}");
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                if name != STAGING_FOLDER {
                    self.folder(&path, &format!("{key}/"));
                }
            }
            Ok(kind) if kind.is_symlink() => self.link(&path, &key),
            Ok(kind) if kind.is_file() => self.file(&key, entry.metadata()),
            // A pipe or a device has no content to read.
            Ok(_) => {}
            Err(error) => self.fail(&key, error.into()),
        }
    }

    fn link(&mut self, path: &Path, key: &str) {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => match fs::canonicalize(path) {
                Ok(target) if self.is_new(&target) => self.folder(path, &format!("{key}/")),
                Ok(_) => {}
                Err(error) => self.fail(key, error.into()),
            },
            Ok(metadata) if metadata.is_file() => self.file(key, Ok(metadata)),
            Ok(_) => {}
            Err(error) => self.fail(key, error.into()),
        }
    }

    /// Returns true if the walk does not reach the target of a link otherwise: it is not in the root, not above it, and no
    /// other link led there.
    fn is_new(&mut self, target: &Path) -> bool {
        let overlaps = |other: &Path| target.starts_with(other) || other.starts_with(target);
        let is_known = self.root.as_deref().is_some_and(overlaps)
            || self.linked.iter().any(|linked| overlaps(linked));
        !is_known && self.linked.insert(target.to_path_buf())
    }

    fn file(&mut self, key: &str, metadata: io::Result<Metadata>) {
        match metadata.and_then(|metadata| Ok((metadata.len(), metadata.modified()?))) {
            Ok((bytes, modified)) => {
                self.found.push(Ok(ObjectMeta {
                    key: ObjectKey::new(key),
                    bytes,
                    last_modified: modified.into(),
                    e_tag: None,
                }));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.fail(key, error.into()),
        }
    }

    fn fail(&mut self, key: &str, kind: StoreErrorKind) {
        self.found
            .push(Err(StoreError::new("list", &ObjectKey::new(key), kind)));
    }
}
