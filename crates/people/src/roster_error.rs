//! Errors of a roster as a whole. None of them repeats the content of a cell.

use std::fmt;

use kiro_report::Signature;

use crate::row_error::RowErrors;

/// Why a roster cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    #[error("this is {}, expected CSV text in UTF-8", .0.name())]
    NotText(Signature),
    #[error("the file has {bytes} bytes, expected at most {max_bytes}")]
    TooLarge { bytes: usize, max_bytes: usize },
    #[error("line {line}: the file has more than {max_rows} rows")]
    TooManyRows { line: u64, max_rows: usize },
    #[error("the header is not text in UTF-8")]
    HeaderNotUtf8,
    #[error("expected a column `user_id`, `email` or `username`, found {found}")]
    NoKeyColumn { found: RosterColumns },
    #[error("columns {first} and {second} have the same name")]
    RepeatedColumn { first: usize, second: usize },
    #[error("line {line}: a quoted field is never closed")]
    UnclosedQuote { line: u64 },
    #[error("the file has no rows")]
    NoRows,
    #[error("{0}")]
    Rows(RowErrors),
}

/// What the first line of a roster has. Its cells may be those of a row, so only known names are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterColumns {
    pub columns: usize,
    /// Those with a meaning.
    pub known: Vec<&'static str>,
}

impl fmt::Display for RosterColumns {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = if self.columns == 1 { "" } else { "s" };
        write!(formatter, "{} column{ending}, ", self.columns)?;
        if self.known.is_empty() {
            return formatter.write_str("none with a known name");
        }
        formatter.write_str("among them ")?;
        for (index, name) in self.known.iter().enumerate() {
            write!(formatter, "{}`{name}`", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl RosterError {
    /// One thing to do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::NotText(signature) => signature.hint(),
            Self::TooLarge { .. } | Self::TooManyRows { .. } => {
                "keep only the people who may use Kiro"
            }
            Self::HeaderNotUtf8 => "save the file as CSV in UTF-8",
            Self::NoKeyColumn { .. } => {
                "the first line must name the columns, separated by commas, semicolons or tabs"
            }
            Self::RepeatedColumn { .. } => "rename or remove one of the columns",
            Self::UnclosedQuote { .. } => "close the quote, or export the file again",
            Self::NoRows => "export the file again; nothing was changed",
            Self::Rows(_) => "correct these rows and import the file again; nothing was changed",
        }
    }
}
