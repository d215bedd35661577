//! Errors of an export as a whole. None of them repeats the content of a cell.

use std::fmt;

use crate::records::MAX_RECORD_BYTES;
use crate::{ReportKind, Signature};

/// Why an export cannot be read. None of these is transient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("this is {}, expected CSV text in UTF-8", .0.name())]
    NotText(Signature),
    #[error("no user column; expected `UserId`, found {found}")]
    NoUserColumn { found: FoundColumns },
    #[error("no date column; expected `Date`, found {found}")]
    NoDateColumn { found: FoundColumns },
    #[error("line {line}: columns are separated by {separator}, expected commas")]
    OtherSeparator { line: u64, separator: Separator },
    #[error(
        "line {line}: a header of the report `{}` in an export of the report `{}`",
        found.folder(),
        expected.folder()
    )]
    OtherReport {
        line: u64,
        expected: ReportKind,
        found: ReportKind,
    },
    #[error("line {line}: the header has more than {most} columns")]
    TooManyColumns { line: u64, most: usize },
    #[error("line {line}: a quoted field is never closed")]
    UnclosedQuote { line: u64 },
    #[error("line {line}: a record is longer than {} MiB", MAX_RECORD_BYTES >> 20)]
    RecordTooLong { line: u64 },
}

/// What a first record that is no header has. Its cells may be those of a row, so only names of the reports are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundColumns {
    pub columns: usize,
    /// The columns of the reports among them, in Kiro's spelling.
    pub known: Vec<&'static str>,
}

/// What separates the cells of a file that is not separated by commas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    Semicolon,
    Tab,
    VerticalBar,
    /// A character that a `sep=` line names.
    Other,
}

impl Separator {
    /// Those that tables are saved with.
    pub(crate) const USUAL: [Self; 3] = [Self::Semicolon, Self::Tab, Self::VerticalBar];

    /// Its byte; a comma never.
    pub(crate) const fn byte(self) -> Option<u8> {
        match self {
            Self::Semicolon => Some(b';'),
            Self::Tab => Some(b'\t'),
            Self::VerticalBar => Some(b'|'),
            Self::Other => None,
        }
    }
}

impl fmt::Display for Separator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Semicolon => "semicolons",
            Self::Tab => "tabs",
            Self::VerticalBar => "vertical bars",
            Self::Other => "another character",
        })
    }
}

impl fmt::Display for FoundColumns {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_NAMES: usize = 6;
        let ending = if self.columns == 1 { "" } else { "s" };
        write!(formatter, "{} column{ending}, ", self.columns)?;
        let Some((last, others)) = self.known[..self.known.len().min(MAX_NAMES)].split_last()
        else {
            return formatter.write_str("none with a name of the reports");
        };
        formatter.write_str("among them ")?;
        for (index, name) in others.iter().enumerate() {
            write!(formatter, "{}`{name}`", if index == 0 { "" } else { ", " })?;
        }
        if !others.is_empty() {
            formatter.write_str(" and ")?;
        }
        write!(formatter, "`{last}`")
    }
}

impl ReadError {
    /// The line it is about, counted from 1.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::NotText(_) | Self::NoUserColumn { .. } | Self::NoDateColumn { .. } => None,
            Self::OtherSeparator { line, .. }
            | Self::OtherReport { line, .. }
            | Self::TooManyColumns { line, .. }
            | Self::UnclosedQuote { line }
            | Self::RecordTooLong { line } => Some(*line),
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotText(signature) => signature.hint(),
            Self::NoUserColumn { .. } | Self::NoDateColumn { .. } => {
                "this is not a Kiro export, or its header line is missing; move it elsewhere, or export it again"
            }
            Self::OtherSeparator { .. } => {
                "save it as CSV with commas (a spreadsheet takes the separator from the system's region), or export it again"
            }
            Self::OtherReport { .. } => {
                "put the exports of the two reports into files of their own, or export them again"
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
