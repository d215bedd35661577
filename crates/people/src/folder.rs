//! The files of the local state, readable by their owner only. They appear whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;
use tempfile::NamedTempFile;

use crate::map::{read_map, write_map};
use crate::map_row::MapRow;
use crate::people_error::PeopleError;
use crate::state::{STATE_VERSION, State};

/// What the names of unfinished files begin and end with.
const PARTIAL_PREFIX: &str = ".people-";
const PARTIAL_SUFFIX: &str = ".partial";

/// The files of the local state below a data folder.
#[derive(Debug, Clone)]
pub(crate) struct PeopleFolder {
    data: PathBuf,
}

/// The right to change the files. Ends when it is dropped.
pub(crate) struct FolderLock<'a> {
    folder: &'a PeopleFolder,
    _file: File,
}

/// The version of a state file, without the rest.
#[derive(Deserialize)]
struct StateVersion {
    version: u32,
}

impl PeopleFolder {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
        }
    }

    pub(crate) fn state_path(&self) -> PathBuf {
        self.data.join("people/state.json")
    }

    pub(crate) fn map_path(&self) -> PathBuf {
        self.data.join("identity/people.parquet")
    }

    /// Reads the state; the default one if the file does not exist.
    pub(crate) fn read_state(&self) -> Result<State, PeopleError> {
        let path = self.state_path();
        let Some(text) = read_existing(&path)? else {
            return Ok(State::default());
        };
        let damaged = |error: serde_json::Error| PeopleError::DamagedState {
            path: path.clone(),
            line: error.line(),
            column: error.column(),
        };
        let StateVersion { version } = serde_json::from_slice(&text).map_err(damaged)?;
        if version != STATE_VERSION {
            return Err(PeopleError::UnknownVersion {
                path,
                found: version,
                expected: STATE_VERSION,
            });
        }
        serde_json::from_slice(&text).map_err(damaged)
    }

    /// What changes when the state is written; `None` if the file does not exist.
    pub(crate) fn state_version(&self) -> Option<(SystemTime, u64)> {
        let metadata = fs::metadata(self.state_path()).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    }

    /// Reads the map; no rows if the file does not exist.
    pub(crate) fn read_map(&self) -> Result<Vec<MapRow>, PeopleError> {
        let path = self.map_path();
        match read_existing(&path)? {
            Some(bytes) => {
                read_map(bytes).map_err(|source| PeopleError::DamagedMap { path, source })
            }
            None => Ok(Vec::new()),
        }
    }

    /// Takes the right to change the files, and removes files that an interrupted command has left.
    ///
    /// # Errors
    ///
    /// `Locked` if another command has it.
    pub(crate) fn lock(&self) -> Result<FolderLock<'_>, PeopleError> {
        let folder = self.data.join("people");
        let path = folder.join("lock");
        let failed = |source| PeopleError::Write {
            path: path.clone(),
            source,
        };
        create_private_folder(&folder).map_err(failed)?;
        let file = private_options().open(&path).map_err(failed)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => PeopleError::Locked { path: folder },
            TryLockError::Error(source) => failed(source),
        })?;
        let lock = FolderLock {
            folder: self,
            _file: file,
        };
        lock.remove_partial_files()?;
        Ok(lock)
    }
}

impl FolderLock<'_> {
    /// Replaces the state and the map. Files that would not change stay as they are.
    pub(crate) fn write(&self, state: &State, rows: &[MapRow]) -> Result<(), PeopleError> {
        let (state_path, map_path) = (self.folder.state_path(), self.folder.map_path());
        let text = serde_json::to_vec(state).map_err(|source| PeopleError::Write {
            path: state_path.clone(),
            source: source.into(),
        })?;
        let map = write_map(rows).map_err(|source| PeopleError::Encode {
            path: map_path.clone(),
            source,
        })?;
        // An empty map is no file: the table has no rows either way.
        let map = (!rows.is_empty()).then_some(map);
        let state = stage(&state_path, Some(&text))?;
        let map = stage(&map_path, map.as_deref())?;
        commit(&state_path, state)?;
        commit(&map_path, map)
    }

    fn remove_partial_files(&self) -> Result<(), PeopleError> {
        for path in [self.folder.state_path(), self.folder.map_path()] {
            let Some(folder) = path.parent() else {
                continue;
            };
            let failed = |source| PeopleError::Write {
                path: folder.to_owned(),
                source,
            };
            let entries = match fs::read_dir(folder) {
                Ok(entries) => entries,
                Err(missing) if missing.kind() == ErrorKind::NotFound => continue,
                Err(source) => return Err(failed(source)),
            };
            for entry in entries {
                let entry = entry.map_err(failed)?;
                let is_partial = entry.file_name().to_str().is_some_and(|name| {
                    name.starts_with(PARTIAL_PREFIX) && name.ends_with(PARTIAL_SUFFIX)
                });
                if is_partial {
                    fs::remove_file(entry.path()).map_err(failed)?;
                }
            }
        }
        Ok(())
    }
}

/// A change of one file that was prepared.
enum StagedFile {
    Unchanged,
    Replace(NamedTempFile),
    Remove,
}

fn stage(path: &Path, content: Option<&[u8]>) -> Result<StagedFile, PeopleError> {
    let existing = read_existing(path)?;
    if existing.as_deref() == content {
        return Ok(StagedFile::Unchanged);
    }
    let Some(content) = content else {
        return Ok(StagedFile::Remove);
    };
    let write = || {
        let folder = path.parent().unwrap_or(Path::new("."));
        create_private_folder(folder)?;
        // A new temporary file is readable by its owner only.
        let mut file = tempfile::Builder::new()
            .prefix(PARTIAL_PREFIX)
            .suffix(PARTIAL_SUFFIX)
            .tempfile_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    let file = write().map_err(|source| PeopleError::Write {
        path: path.to_owned(),
        source,
    })?;
    Ok(StagedFile::Replace(file))
}

fn commit(path: &Path, staged: StagedFile) -> Result<(), PeopleError> {
    let result = match staged {
        StagedFile::Unchanged => Ok(()),
        StagedFile::Replace(file) => file.persist(path).map(drop).map_err(|error| error.error),
        StagedFile::Remove => fs::remove_file(path),
    };
    result.map_err(|source| PeopleError::Write {
        path: path.to_owned(),
        source,
    })
}

fn read_existing(path: &Path) -> Result<Option<Vec<u8>>, PeopleError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(missing) if missing.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(PeopleError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Creates a folder and all missing folders above it, readable by their owner only. Existing folders stay as they are.
fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Creates a missing file, readable by its owner only.
fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
