//! The folder of a demo: what lies in it, and the mark by which a later run knows it.
//!
//! Promises: nothing is ever removed from a folder that does not carry the mark.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kiro_ingest::create_private_folder;
use serde::{Deserialize, Serialize};

use crate::command_error::CommandError;

const MARK: &str = "kiro-analytics-demo.json";

/// What was written, and whether to the end. Kept in the folder itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// Another version may generate another fleet.
    pub(crate) version: String,
    pub(crate) users: u32,
    pub(crate) days: u32,
    pub(crate) seed: u64,
    pub(crate) end_date: String,
    /// `None` while the exports are being written.
    pub(crate) written: Option<Written>,
}

/// What the generator said at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    pub(crate) exports: u64,
    pub(crate) bytes: u64,
    pub(crate) rows: u64,
    pub(crate) code_rows: u64,
    pub(crate) active_users: u32,
    /// Exports that are unreadable on purpose.
    pub(crate) broken: Vec<String>,
}

/// A folder that is ready for a demo.
#[derive(Debug)]
pub(crate) struct DemoFolder {
    root: PathBuf,
}

impl DemoFolder {
    /// Opens a new or empty folder, or that of an earlier demo; refuses every other one.
    pub(crate) fn open(root: &Path) -> Result<Self, CommandError> {
        create_private_folder(root).map_err(|error| {
            let context = format!("could not make the folder `{}`", root.display());
            CommandError::usage(anyhow::Error::new(error).context(context))
                .hint("choose another folder with --dir")
        })?;
        let folder = Self {
            root: root.to_path_buf(),
        };
        let is_empty = fs::read_dir(root)
            .map_err(|error| folder.failed(error))?
            .next()
            .is_none();
        if !is_empty && !folder.mark_path().is_file() {
            let error = anyhow::anyhow!(
                "`{}` is neither empty nor the folder of an earlier demo",
                root.display()
            );
            return Err(CommandError::usage(error).hint("choose another folder with --dir"));
        }
        Ok(folder)
    }

    pub(crate) fn exports(&self) -> PathBuf {
        self.root.join("exports")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The folder of the directory and the roster.
    pub(crate) fn people(&self) -> PathBuf {
        self.root.join("people")
    }

    /// The mark of an earlier demo. None if it is missing or unreadable for this version.
    pub(crate) fn mark(&self) -> Option<Mark> {
        let text = fs::read_to_string(self.mark_path()).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Replaces the mark, whole.
    pub(crate) fn set_mark(&self, mark: &Mark) -> Result<(), CommandError> {
        let write = || -> io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(&self.root)?;
            serde_json::to_writer_pretty(&mut file, mark)?;
            file.persist(self.mark_path())?;
            Ok(())
        };
        write().map_err(|error| self.failed(error))
    }

    /// Removes only the files of an earlier demo.
    pub(crate) fn clear(&self) -> Result<(), CommandError> {
        for folder in [self.exports(), self.data(), self.people()] {
            match fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(self.failed(error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Creates the folder of the exports: only its owner can read them.
    pub(crate) fn create_exports(&self) -> Result<(), CommandError> {
        create_private_folder(self.exports()).map_err(|error| self.failed(error))
    }

    fn mark_path(&self) -> PathBuf {
        self.root.join(MARK)
    }

    fn failed(&self, error: io::Error) -> CommandError {
        CommandError::usage(anyhow::Error::new(error).context(format!(
            "could not use the folder `{}`",
            self.root.display()
        )))
        .hint("choose another folder with --dir")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn a_folder_with_other_things_is_refused_and_untouched() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("exports")).unwrap();
        let failure = DemoFolder::open(folder.path()).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(folder.path().join("exports").is_dir());
    }

    #[test]
    fn a_demo_folder_is_known_by_its_mark() {
        let folder = tempfile::tempdir().unwrap();
        let mark = Mark {
            version: "1".to_owned(),
            users: 2,
            days: 3,
            seed: 4,
            end_date: "2026-09-30".to_owned(),
            written: None,
        };
        let demo = DemoFolder::open(folder.path()).unwrap();
        assert_eq!(demo.mark(), None);
        demo.set_mark(&mark).unwrap();
        fs::create_dir(demo.exports()).unwrap();
        let again = DemoFolder::open(folder.path()).unwrap();
        assert_eq!(again.mark(), Some(mark));
        again.clear().unwrap();
        assert!(!again.exports().exists());
    }
}
