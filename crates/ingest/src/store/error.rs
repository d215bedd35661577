//! What can go wrong with an object store.

use std::io;

use kiro_report::ObjectKey;

/// A store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("could not {operation} `{key}`")]
pub struct StoreError {
    /// `list`, `read`, `write`: completes "could not ...".
    pub operation: &'static str,
    /// The object, or the folder that was listed.
    pub key: ObjectKey,
    #[source]
    pub kind: StoreErrorKind,
}

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreErrorKind {
    #[error("it does not exist")]
    NotFound,
    #[error("permission denied")]
    Denied,
    #[error("the place is read-only")]
    ReadOnly,
    #[error("no space is left")]
    NoSpace,
    #[error("it changed while it was being read")]
    Changed,
    #[error("a part of its name is not text")]
    NotText,
    #[error("it is not a regular file")]
    NotAFile,
    #[error("it is not a folder")]
    NotAFolder,
    #[error(transparent)]
    Io(io::Error),
}

impl StoreError {
    /// Whether the same request may succeed a little later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        match &self.kind {
            StoreErrorKind::Changed => true,
            StoreErrorKind::NotFound
            | StoreErrorKind::Denied
            | StoreErrorKind::ReadOnly
            | StoreErrorKind::NoSpace
            | StoreErrorKind::NotText
            | StoreErrorKind::NotAFile
            | StoreErrorKind::NotAFolder => false,
            StoreErrorKind::Io(error) => matches!(
                error.kind(),
                io::ErrorKind::Interrupted
                    | io::ErrorKind::TimedOut
                    | io::ErrorKind::ConnectionReset
            ),
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match &self.kind {
            StoreErrorKind::NotFound => Some("check the path"),
            StoreErrorKind::Denied => {
                Some("check the permissions of the file and of the folders above it")
            }
            StoreErrorKind::ReadOnly => Some("choose a destination that can be written"),
            StoreErrorKind::NoSpace => {
                Some("free some space and run the command again: what is complete is kept")
            }
            StoreErrorKind::Changed => Some("run the command again once the file is complete"),
            StoreErrorKind::NotText => Some("rename the file"),
            StoreErrorKind::NotAFile | StoreErrorKind::NotAFolder => {
                Some("check what lies at this path")
            }
            StoreErrorKind::Io(_) => None,
        }
    }
}

impl From<io::Error> for StoreErrorKind {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::PermissionDenied => Self::Denied,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace,
            io::ErrorKind::NotADirectory => Self::NotAFolder,
            _ => Self::Io(error),
        }
    }
}
