//! Why an invocation failed. The texts have counts, lines, keys and ids of resources, never a name or an address.

use kiro_directory::DirectoryError;
use kiro_ingest::{StoreError, StoreErrorKind, error_chain};
use kiro_people::{ForgetRequestError, MapError, RosterError, ShrunkenDirectory};
use lambda_runtime::Diagnostic;

use crate::event::EventError;

/// Why an invocation failed. The map was not changed.
#[derive(Debug, thiserror::Error)]
pub enum InvocationError {
    #[error("the event was refused")]
    UnknownEvent(#[source] EventError),
    #[error("no person was forgotten, and the map was not changed")]
    Forget(#[source] ForgetRequestError),
    #[error("the directory could not be read")]
    Directory(#[source] Box<DirectoryError>),
    #[error("the answer of the directory was refused, and the map was not changed")]
    Shrunken(#[source] ShrunkenDirectory),
    #[error("the roster `{roster}` was refused, and the map was not changed")]
    Roster {
        roster: String,
        #[source]
        source: RosterError,
    },
    #[error("there is no roster `{roster}`")]
    NoRoster { roster: String },
    #[error("a part could not be read")]
    Part {
        part: String,
        #[source]
        source: MapError,
    },
    #[error("part `{part}` has no column `user_id`")]
    PartColumn { part: String },
    #[error("the state `{key}` is damaged at line {line}, column {column}")]
    DamagedState {
        key: &'static str,
        line: usize,
        column: usize,
    },
    #[error("the state `{key}` has version {found}, expected {expected}")]
    UnknownVersion {
        key: &'static str,
        found: u32,
        expected: u32,
    },
    #[error("the map `{key}` is damaged")]
    DamagedMap {
        key: &'static str,
        #[source]
        source: MapError,
    },
    #[error("the map could not be encoded")]
    Encode(#[source] MapError),
    #[error("the objects could not be read or written")]
    Store(#[from] StoreError),
}

impl InvocationError {
    /// Returns true if another invocation has changed state or map in the meantime.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if matches!(error.kind, StoreErrorKind::Changed))
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Directory(error) => Some(error.hint()),
            Self::Shrunken(_) => Some(
                "check the identity store and its Region; if these users did leave, run `kiro-analytics refresh --accept-shrink`"
                    .to_owned(),
            ),
            Self::Roster { source, .. } => Some(source.hint().to_owned()),
            Self::NoRoster { .. } => Some(
                "upload it, or remove the setting with `kiro-analytics deploy --set roster=`".to_owned(),
            ),
            Self::DamagedState { key, .. } | Self::UnknownVersion { key, .. } | Self::DamagedMap { key, .. } => {
                Some(format!(
                    "restore an earlier version of `{key}` in the bucket of the map, or deploy the version of kiro-analytics that wrote it"
                ))
            }
            Self::Store(error) => error.hint().map(str::to_owned),
            Self::Forget(error) => error.hint().map(str::to_owned),
            Self::UnknownEvent(_)
            | Self::Part { .. }
            | Self::PartColumn { .. }
            | Self::Encode(_) => None,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::UnknownEvent(_) => "UnknownEvent",
            Self::Forget(_) => "ForgetRefused",
            Self::Directory(_) => "DirectoryFailed",
            Self::Shrunken(_) => "DirectoryShrunken",
            Self::Roster { .. } | Self::NoRoster { .. } => "RosterRefused",
            Self::Part { .. } | Self::PartColumn { .. } => "PartFailed",
            Self::DamagedState { .. } | Self::UnknownVersion { .. } | Self::DamagedMap { .. } => {
                "StateDamaged"
            }
            Self::Encode(_) => "MapFailed",
            Self::Store(_) => "StoreFailed",
        }
    }

    /// The error with its causes and its hint.
    pub fn text(&self) -> String {
        let text = error_chain(self);
        match self.hint() {
            Some(hint) => format!("{text}; {hint}"),
            None => text,
        }
    }
}

impl From<DirectoryError> for InvocationError {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(Box::new(error))
    }
}

impl From<InvocationError> for Diagnostic {
    fn from(error: InvocationError) -> Self {
        Self {
            error_type: error.name().to_owned(),
            error_message: error.text(),
        }
    }
}
