//! What goes into a report, and what was written.

use std::path::PathBuf;

use kiro_dashboard::{Language, PageModel};
use kiro_dashboard_sql::Span;
use serde::Serialize;

use crate::report::{Pseudonyms, ReportError};

/// The contents of a report.
#[derive(Debug, Clone)]
pub struct ReportOptions {
    /// The days that the report covers. None: all days of the data. A page of all days opens on the dashboard's default window.
    pub days: Option<Span>,
    /// Ids of sheets; empty: all.
    pub sheets: Vec<String>,
    /// The language that the report opens in.
    pub language: Language,
    /// If set, users and other names are replaced by pseudonyms.
    pub pseudonyms: Option<Pseudonyms>,
    /// The program's version.
    pub version: String,
    /// The approximate size of the embedded figures before compression. Filters that do not fit are left out; the
    /// dates are always embedded.
    pub max_figure_bytes: usize,
    /// The maximum number of rows of an embedded table.
    pub max_table_rows: u64,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            days: None,
            sheets: Vec::new(),
            language: Language::En,
            pseudonyms: None,
            version: String::new(),
            max_figure_bytes: 48 << 20,
            max_table_rows: 1000,
        }
    }
}

impl ReportOptions {
    /// Removes the sheets that were not requested, and keeps the dashboard's order.
    pub(crate) fn retain_sheets(&self, page: &mut PageModel) -> Result<(), ReportError> {
        let known: Vec<String> = page.sheets.iter().map(|sheet| sheet.id.clone()).collect();
        if let Some(found) = self.sheets.iter().find(|sheet| !known.contains(sheet)) {
            return Err(ReportError::UnknownSheet {
                found: found.clone(),
                known,
            });
        }
        if !self.sheets.is_empty() {
            page.sheets.retain(|sheet| self.sheets.contains(&sheet.id));
        }
        Ok(())
    }
}

/// The size and contents of a written report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportSummary {
    pub path: PathBuf,
    pub bytes: u64,
    /// The number of sheets.
    pub sheets: usize,
    /// The number of visuals on them.
    pub visuals: usize,
    /// The number of figures, of all embedded selections.
    pub figures: usize,
    /// The days that the report covers; none without data.
    pub days: Option<Span>,
}

/// A file of a report that was not written anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedFile {
    /// `<sheet>/<visual>.csv`.
    pub name: String,
    pub content: Vec<u8>,
}
