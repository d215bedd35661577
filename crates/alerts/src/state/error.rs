//! Errors of the state.

use std::error::Error;

/// The state could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("could not read `{object}`")]
    Read {
        object: String,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("could not write `{object}`")]
    Write {
        object: String,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The content is not repeated.
    #[error("`{object}` is damaged: line {line}, column {column}")]
    Damaged {
        object: String,
        line: usize,
        column: usize,
    },
    #[error(
        "`{object}` has version {found}, expected {expected}: a newer version of this program has written it"
    )]
    UnknownVersion {
        object: String,
        found: u32,
        expected: u32,
    },
    #[error("`{object}` changed at each of {attempts} attempts to write it")]
    Contended { object: String, attempts: u32 },
    #[error("the system has no randomness")]
    NoRandomness,
}
