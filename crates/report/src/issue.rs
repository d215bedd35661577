//! Problems of an export, without the content of cells.

use std::sync::Arc;

/// The kind of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IssueKind {
    /// The row has no user id; it is rejected.
    MissingUser,
    /// The row has no valid date; it is rejected.
    BadDate,
    /// A day that can be read month-first and day-first, and nothing settles which; the row is rejected.
    AmbiguousDate,
    /// A day after the export's own, or before the product existed; the row is rejected.
    ImplausibleDate,
    /// A number or a boolean that cannot be read; it becomes NULL.
    BadValue,
    /// A row whose key a row of the same export had before.
    RepeatedKey,
    /// The messages of a row's models do not add up to its total.
    ModelSum,
    /// An unknown column; its cells are kept in `extra`.
    UnknownColumn,
    /// A column that occurs again. The first one counts; the later one counts where the first is blank.
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
            Self::AmbiguousDate => "ambiguous_date",
            Self::ImplausibleDate => "implausible_date",
            Self::BadValue => "bad_value",
            Self::RepeatedKey => "repeated_key",
            Self::ModelSum => "model_sum",
            Self::UnknownColumn => "unknown_column",
            Self::DuplicateColumn => "duplicate_column",
            Self::ShortRow => "short_row",
            Self::SurplusCells => "surplus_cells",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::EmptyExport => "empty_export",
            Self::UnreadableExport => "unreadable_export",
        }
    }

    /// Returns true if the row is rejected.
    pub const fn rejects_row(self) -> bool {
        matches!(
            self,
            Self::MissingUser | Self::BadDate | Self::AmbiguousDate | Self::ImplausibleDate
        )
    }
}

/// One problem of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub kind: IssueKind,
    /// The header of the column, if it concerns one column.
    pub column: Option<Arc<str>>,
    /// The line of the export, counted from 1, if it concerns one line.
    pub line: Option<u64>,
}
