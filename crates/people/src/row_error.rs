//! Errors of single rows of a roster. None of them repeats the content of a cell.

use std::fmt;

use crate::key::KeyColumn;

/// Maximum number of rows that a message names.
const MAX_LISTED: usize = 20;

/// Why a row cannot be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowError {
    /// The line that the row begins on, counted from 1.
    pub line: u64,
    pub kind: RowErrorKind,
}

/// What prevents the import of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RowErrorKind {
    #[error("no `user_id`, `email` or `username`")]
    NoKey,
    #[error("the number of cells is {found}, expected {expected}")]
    Ragged { found: usize, expected: usize },
    #[error("not text in UTF-8")]
    NotUtf8,
    #[error("column {column} has content, but no name")]
    UnnamedColumn { column: usize },
    #[error("the same `{column}` as in line {first_line}")]
    RepeatedKey { column: KeyColumn, first_line: u64 },
    #[error("the same person as in line {first_line}, with other content")]
    RepeatedPerson { first_line: u64 },
    #[error("`{column}` matches {users} users of the directory")]
    Ambiguous { column: KeyColumn, users: usize },
}

/// The wrong rows of a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowErrors {
    /// The first 20, by line.
    pub listed: Vec<RowError>,
    /// The number of all.
    pub count: usize,
}

impl RowErrors {
    /// `None` without errors.
    pub(crate) fn new(mut errors: Vec<RowError>) -> Option<Self> {
        let count = errors.len();
        errors.sort_by_key(|error| error.line);
        errors.truncate(MAX_LISTED);
        (count > 0).then_some(Self {
            listed: errors,
            count,
        })
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.kind)
    }
}

impl fmt::Display for RowErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = if self.count == 1 { "" } else { "s" };
        write!(formatter, "{} wrong row{ending}", self.count)?;
        for (index, error) in self.listed.iter().enumerate() {
            write!(formatter, "{} {error}", if index == 0 { ":" } else { ";" })?;
        }
        match self.count - self.listed.len() {
            0 => Ok(()),
            others => write!(formatter, "; and {others} more"),
        }
    }
}
