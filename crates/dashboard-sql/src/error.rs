//! Errors of requests.

use kiro_dashboard::LookupError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// A text.
    #[error("visual `{visual}` shows no data")]
    NoData { visual: String },
    /// A picker of dates.
    #[error("picker `{picker}` has no list of values")]
    NoOptions { picker: String },
    #[error("`{visual}` needs {expected} results, found {found}")]
    Results {
        visual: String,
        expected: usize,
        found: usize,
    },
}
