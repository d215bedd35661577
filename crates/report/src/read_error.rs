//! Errors of an export as a whole.

use crate::Signature;
use crate::records::MAX_RECORD_BYTES;

/// Why an export cannot be read. None of these is transient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("this is {}, expected CSV text in UTF-8", .0.name())]
    NotText(Signature),
    #[error("no user column; expected `UserId`, found {found}")]
    NoUserColumn { found: String },
    #[error("no date column; expected `Date`, found {found}")]
    NoDateColumn { found: String },
    #[error("line {line}: the header has more than {most} columns")]
    TooManyColumns { line: u64, most: usize },
    #[error("line {line}: a quoted field is never closed")]
    UnclosedQuote { line: u64 },
    #[error("line {line}: a record is longer than {} MiB", MAX_RECORD_BYTES >> 20)]
    RecordTooLong { line: u64 },
}

impl ReadError {
    /// The line it is about, counted from 1.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::NotText(_) | Self::NoUserColumn { .. } | Self::NoDateColumn { .. } => None,
            Self::TooManyColumns { line, .. }
            | Self::UnclosedQuote { line }
            | Self::RecordTooLong { line } => Some(*line),
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotText(signature) => signature.hint(),
            Self::NoUserColumn { .. } | Self::NoDateColumn { .. } => {
                "this is not a Kiro export; move it elsewhere, or export it again"
            }
            Self::TooManyColumns { .. } | Self::RecordTooLong { .. } => {
                "the file is damaged; export it again"
            }
            Self::UnclosedQuote { .. } => {
                "the file is cut off or damaged at this line; export it again, or fix the line"
            }
        }
    }
}
