//! Errors of the local state. None of them repeats a name or an address.

use std::io;
use std::path::PathBuf;

use crate::map::MapError;
use crate::roster_error::RosterError;
use crate::shrink::ShrunkenDirectory;

/// Why the local state cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error("could not read `{}`", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("could not write `{}`", path.display())]
    Write { path: PathBuf, source: io::Error },
    /// The content of the file is not repeated: it has names.
    #[error("`{}` is damaged at line {line}, column {column}", path.display())]
    DamagedState {
        path: PathBuf,
        line: usize,
        column: usize,
    },
    #[error("`{}` has version {found}, expected {expected}", path.display())]
    UnknownVersion {
        path: PathBuf,
        found: u32,
        expected: u32,
    },
    #[error("`{}` is damaged", path.display())]
    DamagedMap { path: PathBuf, source: MapError },
    #[error("could not encode `{}`", path.display())]
    Encode { path: PathBuf, source: MapError },
    #[error("another command changes `{}`", path.display())]
    Locked { path: PathBuf },
    #[error("the answer of the directory was refused, and nothing was changed")]
    Shrunken(#[source] ShrunkenDirectory),
    #[error("failed to import `{file_name}`")]
    Roster {
        file_name: String,
        source: RosterError,
    },
    #[error("the id is blank")]
    BlankId,
}

impl PeopleError {
    /// Returns one command to run or one thing to change.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::DamagedState { path, .. } => Some(format!(
                "remove it with `rm '{}'`, then sync, import and forget again",
                path.display()
            )),
            Self::UnknownVersion { path, .. } => Some(format!(
                "use the program that wrote it, or remove it with `rm '{}'`, then sync, import and forget again",
                path.display()
            )),
            Self::DamagedMap { path, .. } => Some(format!(
                "remove it with `rm '{}'`; the next `kiro-analytics people sync` writes it again",
                path.display()
            )),
            Self::Locked { .. } => {
                Some("wait until it has ended, then run the command again".to_owned())
            }
            Self::Shrunken(shrunken) => Some(shrunken.hint().to_owned()),
            Self::Roster { source, .. } => Some(source.hint().to_owned()),
            Self::BlankId => Some("`kiro-analytics people list` shows the ids".to_owned()),
            Self::Read { .. } | Self::Write { .. } | Self::Encode { .. } => None,
        }
    }
}
