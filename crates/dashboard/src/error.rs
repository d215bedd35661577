//! The errors of a dashboard file, each with its location, and of lookups by name.

use std::fmt::Display;

use kiro_catalog::did_you_mean;

/// All mistakes of one file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", join_lines(errors))]
pub struct SpecErrors {
    pub errors: Vec<SpecError>,
}

/// One mistake and its location.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {kind}")]
pub struct SpecError {
    pub file: String,
    pub line: u64,
    pub column: u64,
    pub kind: SpecErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecErrorKind {
    /// Not YAML, or not valid against the schema.
    #[error("{message}{}", did_you_mean(nearest.as_deref()))]
    Shape {
        message: String,
        nearest: Option<String>,
    },
    #[error("unknown {what} `{found}`{}", did_you_mean(nearest.as_deref()))]
    Unknown {
        what: &'static str,
        found: String,
        nearest: Option<String>,
    },
    #[error("`{relation}` has no column `{found}`{}", did_you_mean(nearest.as_deref()))]
    UnknownColumn {
        relation: String,
        found: String,
        nearest: Option<String>,
    },
    #[error("{what} `{found}` occurs twice")]
    Duplicate { what: &'static str, found: String },
    #[error("expected {expected} for {what}, found `{found}` of type {column_type}")]
    ColumnType {
        what: String,
        expected: &'static str,
        found: String,
        column_type: String,
    },
    #[error("`{visual}` is outside the 12 columns of the grid, or has no size")]
    OutsideGrid { visual: String },
    #[error("`{visual}` overlaps `{other}`")]
    Overlap { visual: String, other: String },
    #[error("expected {expected}, found {found}")]
    Expected { expected: String, found: String },
    #[error("measure `{measure}` belongs to dataset `{found}`, expected `{expected}`")]
    OtherDataset {
        measure: String,
        found: String,
        expected: String,
    },
    #[error("measure `{measure}` refers to itself")]
    Cycle { measure: String },
    #[error("measure `{measure}` cannot be aggregated here: {reason}")]
    Aggregation {
        measure: String,
        reason: &'static str,
    },
    #[error("text `{key}` is missing in {language}{}", did_you_mean(nearest.as_deref()))]
    MissingText {
        key: String,
        language: &'static str,
        nearest: Option<String>,
    },
}

/// The errors, one per line.
pub fn join_lines(errors: &[impl Display]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// A name that the dashboard does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    #[error("unknown visual `{found}`{}", did_you_mean(nearest.as_deref()))]
    UnknownVisual {
        found: String,
        nearest: Option<String>,
    },
    #[error("unknown picker `{found}`{}", did_you_mean(nearest.as_deref()))]
    UnknownPicker {
        found: String,
        nearest: Option<String>,
    },
    /// A checked file has no such name.
    #[error("the dashboard refers to `{name}`, which does not exist")]
    Unresolved { name: String },
}

impl LookupError {
    pub fn unresolved(name: &str) -> Self {
        Self::Unresolved {
            name: name.to_owned(),
        }
    }
}
