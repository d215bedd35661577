//! Errors of an object store.

use std::io;

use kiro_report::ObjectKey;

use super::RemoteErrorKind;

/// A failed operation of an object store.
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

/// Why an operation of an object store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreErrorKind {
    #[error("it does not exist")]
    NotFound,
    #[error("permission denied")]
    Denied,
    #[error("the destination is read-only")]
    ReadOnly,
    #[error("no space is left")]
    NoSpace,
    #[error("it changed while it was being read")]
    Changed,
    #[error("its name is not valid UTF-8")]
    NotText,
    #[error("it is not a regular file")]
    NotAFile,
    #[error("it is not a folder")]
    NotAFolder,
    #[error(transparent)]
    Remote(RemoteErrorKind),
    #[error(transparent)]
    Io(io::Error),
}

impl StoreError {
    /// An error of an operation on an object.
    pub fn new(operation: &'static str, key: &ObjectKey, kind: StoreErrorKind) -> Self {
        Self {
            operation,
            key: key.clone(),
            kind,
        }
    }

    /// Returns true if the same request may succeed later without a change.
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
            StoreErrorKind::Remote(kind) => kind.is_transient(),
            StoreErrorKind::Io(error) => matches!(
                error.kind(),
                io::ErrorKind::Interrupted
                    | io::ErrorKind::TimedOut
                    | io::ErrorKind::ConnectionReset
            ),
        }
    }

    /// Returns true if a service or the network is the cause, and not a file of this machine.
    pub fn is_remote(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Remote(_))
    }

    /// Returns true if the object is the cause, and not the network or the credentials.
    pub fn is_about_the_object(&self) -> bool {
        match &self.kind {
            StoreErrorKind::Remote(kind) => matches!(kind, RemoteErrorKind::Denied { .. }),
            StoreErrorKind::NotFound
            | StoreErrorKind::Denied
            | StoreErrorKind::ReadOnly
            | StoreErrorKind::NoSpace
            | StoreErrorKind::Changed
            | StoreErrorKind::NotText
            | StoreErrorKind::NotAFile
            | StoreErrorKind::NotAFolder
            | StoreErrorKind::Io(_) => !self.is_transient(),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match &self.kind {
            StoreErrorKind::NotFound => Some("check the path"),
            StoreErrorKind::Denied => {
                Some("check the permissions of the file and of the folders above it")
            }
            StoreErrorKind::ReadOnly => Some("choose a writable destination"),
            StoreErrorKind::NoSpace => {
                Some("free some space and run the command again: complete parts are kept")
            }
            StoreErrorKind::Changed => Some("run the command again once the file is complete"),
            StoreErrorKind::NotText => Some("rename the file"),
            StoreErrorKind::NotAFile | StoreErrorKind::NotAFolder => {
                Some("check what is at this path")
            }
            StoreErrorKind::Remote(kind) => kind.hint(),
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

#[cfg(test)]
mod tests {
    use kiro_report::ObjectKey;

    use super::{RemoteErrorKind, StoreError, StoreErrorKind};

    fn error(kind: StoreErrorKind) -> StoreError {
        StoreError::new("read", &ObjectKey::new("a.csv"), kind)
    }

    #[test]
    fn only_what_lies_with_an_object_is_held_against_it() {
        let code = "X".to_owned();
        let cases = [
            (StoreErrorKind::NotFound, true),
            (StoreErrorKind::Denied, true),
            (StoreErrorKind::Changed, false),
            (
                StoreErrorKind::Remote(RemoteErrorKind::Denied {
                    message: String::new(),
                }),
                true,
            ),
            (
                StoreErrorKind::Remote(RemoteErrorKind::ExpiredCredentials),
                false,
            ),
            (
                StoreErrorKind::Remote(RemoteErrorKind::Throttled { code }),
                false,
            ),
        ];
        for (kind, expected) in cases {
            let error = error(kind);
            assert_eq!(error.is_about_the_object(), expected, "{error:?}");
        }
    }

    #[test]
    fn what_passes_by_itself_is_transient() {
        let cases = [
            (RemoteErrorKind::Unavailable { status: 503 }, true),
            (
                RemoteErrorKind::Unreachable {
                    source: "no route".into(),
                },
                true,
            ),
            (RemoteErrorKind::NoBucket, false),
            (RemoteErrorKind::ExpiredCredentials, false),
            (
                RemoteErrorKind::OtherRegion {
                    region: "us-east-1".to_owned(),
                },
                false,
            ),
        ];
        for (kind, expected) in cases {
            let error = error(StoreErrorKind::Remote(kind));
            assert_eq!(error.is_transient(), expected, "{error:?}");
            assert!(error.hint().is_some(), "{error:?}");
        }
    }
}
