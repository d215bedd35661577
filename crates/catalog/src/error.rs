//! Errors of the SQL files and of the options.

use crate::nearest::did_you_mean;

/// The place and the cause of a failed rendering.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to render `{place}`")]
pub struct CatalogueError {
    /// A file below `athena/`, or the name of an option.
    pub place: String,
    #[source]
    pub kind: CatalogueErrorKind,
}

/// Why the rendering failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueErrorKind {
    #[error("expected a first line `-- name: meaning`, found `{found}`")]
    Header { found: String },
    #[error("line 2: expected `-- by day: yes` or no such line, found `{found}`")]
    ByDay { found: String },
    #[error(
        "line {line}: expected a declaration `-- type: meaning` beside the column, found `{found}`"
    )]
    Declaration { line: usize, found: String },
    #[error("line {line}: expected `expression AS name`, found `{found}`")]
    ColumnName { line: usize, found: String },
    #[error("column `{column}` is declared twice")]
    DuplicateColumn { column: String },
    #[error("expected a SELECT with a FROM, found none outside parentheses")]
    NoSelect,
    #[error("line {line}: a literal, a comment or a parenthesis is never closed")]
    Unclosed { line: usize },
    #[error("line {line}: unknown placeholder `{{{found}}}`{}", did_you_mean(nearest.as_deref()))]
    UnknownPlaceholder {
        line: usize,
        found: String,
        nearest: Option<String>,
    },
    #[error("unknown relation `{found}`{}", did_you_mean(nearest.as_deref()))]
    UnknownRelation {
        found: String,
        nearest: Option<String>,
    },
    #[error("the name is taken by another file or table")]
    DuplicateRelation,
    #[error("these views refer to each other in a circle: `{}`", relations.join("`, `"))]
    Cycle { relations: Vec<String> },
    #[error(
        "expected a name of lower-case letters, digits and `_` that begins with a letter, at most 63 long, found `{found}`"
    )]
    Identifier { found: String },
    #[error("expected a salt without control characters, at most 1024 bytes long")]
    Salt,
    #[error("{}", problems.join("; "))]
    Settings { problems: Vec<String> },
}

impl CatalogueError {
    pub(crate) fn new(place: impl Into<String>, kind: CatalogueErrorKind) -> Self {
        Self {
            place: place.into(),
            kind,
        }
    }
}
