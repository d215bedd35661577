//! What can be wrong with a spec, all of it at once and each with its place, and with a request.

use std::fmt::Display;

/// Everything wrong with one file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", listed(errors))]
pub struct SpecErrors {
    pub errors: Vec<SpecError>,
}

/// One mistake and where it stands.
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
    /// Not YAML, or not of the shape that the schema says.
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
    #[error("{what} `{found}` stands twice")]
    Duplicate { what: &'static str, found: String },
    #[error("expected {expected} for {what}, found `{found}` which is {column_type}")]
    ColumnType {
        what: String,
        expected: &'static str,
        found: String,
        column_type: String,
    },
    #[error("`{visual}` lies outside the 12 columns of the grid, or has no size")]
    OutsideGrid { visual: String },
    #[error("`{visual}` overlaps `{other}`")]
    Overlap { visual: String, other: String },
    #[error("expected {expected}, found {found}")]
    Expected { expected: String, found: String },
    #[error("measure `{measure}` is of dataset `{found}`, expected `{expected}`")]
    OtherDataset {
        measure: String,
        found: String,
        expected: String,
    },
    #[error("measure `{measure}` refers to itself")]
    Cycle { measure: String },
    #[error("measure `{measure}` cannot be taken here: {reason}")]
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

/// One error per line.
pub(crate) fn listed(errors: &[impl Display]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}

/// A question that the dashboard cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
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
    #[error("visual `{visual}` shows no data")]
    NoData { visual: String },
    #[error("`{visual}` needs {expected} results, found {found}")]
    Results {
        visual: String,
        expected: usize,
        found: usize,
    },
    /// A checked spec never leads here.
    #[error("the dashboard refers to `{name}`, which is not there")]
    Unresolved { name: String },
}

/// The candidate that differs least, if it is near enough to be a slip.
pub(crate) fn nearest<'a>(
    found: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(found, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).clamp(1, 3))
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}
