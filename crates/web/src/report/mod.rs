//! The dashboard as one file: the same page with everything it shows computed beforehand, and nothing to load. Or as a
//! folder of CSV files.

mod album;
mod document;
mod export_path;
mod folder;
mod mask;
mod plan;
mod pseudonyms;

pub use pseudonyms::Pseudonyms;

use std::path::PathBuf;

use kiro_dashboard::Language;
use kiro_dashboard_sql::Span;
use serde::Serialize;

use crate::desk::DeskError;

pub use document::write_html;
pub use folder::write_csv_folder;

/// What goes into a report.
#[derive(Debug, Clone)]
pub struct ReportOptions {
    /// The days that the report covers; all of the data if none, opening on the dashboard's default window.
    pub days: Option<Span>,
    /// Ids of sheets; all if empty.
    pub sheets: Vec<String>,
    /// The language that the report opens in.
    pub language: Language,
    /// Replaces people by pseudonyms.
    pub pseudonyms: Option<Pseudonyms>,
    /// The program's version.
    pub version: String,
    /// About so many bytes of figures are embedded, before compression; further filters are left out.
    pub most_bytes: usize,
    /// So many rows of a table are embedded.
    pub most_rows: u64,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            days: None,
            sheets: Vec::new(),
            language: Language::En,
            pseudonyms: None,
            version: String::new(),
            most_bytes: 48 << 20,
            most_rows: 1000,
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportSummary {
    pub path: PathBuf,
    pub bytes: u64,
    /// Sheets, visuals, and figures of all embedded selections.
    pub sheets: usize,
    pub visuals: usize,
    pub figures: usize,
    /// The days that it covers; none without any data.
    pub days: Option<Span>,
}

impl From<DeskError> for ReportError {
    fn from(error: DeskError) -> Self {
        Self::Days(Box::new(error))
    }
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("there is no sheet `{found}`, expected one of `{}`", known.join("`, `"))]
    UnknownSheet { found: String, known: Vec<String> },
    #[error("visual `{visual}` could not be computed")]
    Figure {
        visual: String,
        source: Box<DeskError>,
    },
    #[error("the days of the data could not be read")]
    Days(#[source] Box<DeskError>),
    #[error("the figures could not be written")]
    Json(#[from] serde_json::Error),
    #[error("the figures could not be written")]
    Csv(#[from] csv::Error),
    #[error("could not write `{}`", path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the system has no randomness for pseudonyms: give a salt")]
    NoRandomness,
}
