//! What an export had that a reader should know of, without ever repeating a cell.

use std::sync::Arc;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IssueKind {
    /// The row has no user id; it is rejected.
    MissingUser,
    /// The row has no date that can be read; it is rejected.
    BadDate,
    /// A number or a boolean that cannot be read; it becomes NULL.
    BadValue,
    /// A column nobody knows; its cells are kept in `extra`.
    UnknownColumn,
    /// A column that occurs again; the first one counts, the later one only where the first is blank.
    DuplicateColumn,
    /// A row with fewer cells than the header.
    ShortRow,
    /// A row with more cells than the header.
    SurplusCells,
    /// A cell that is not UTF-8; it becomes NULL.
    InvalidUtf8,
    /// An export of zero bytes.
    EmptyExport,
    /// An export that failed as a whole.
    UnreadableExport,
}

impl IssueKind {
    /// The name in the `issues` dataset and in a run's summary.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MissingUser => "missing_user",
            Self::BadDate => "bad_date",
            Self::BadValue => "bad_value",
            Self::UnknownColumn => "unknown_column",
            Self::DuplicateColumn => "duplicate_column",
            Self::ShortRow => "short_row",
            Self::SurplusCells => "surplus_cells",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::EmptyExport => "empty_export",
            Self::UnreadableExport => "unreadable_export",
        }
    }

    /// Whether the row is left out because of it.
    pub const fn rejects_row(self) -> bool {
        matches!(self, Self::MissingUser | Self::BadDate)
    }
}

/// One thing to know about an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub kind: IssueKind,
    /// The column's header, where one column is concerned.
    pub column: Option<Arc<str>>,
    /// The line of the source, counted from 1, where one line is concerned.
    pub line: Option<u64>,
}
