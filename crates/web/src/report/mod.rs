//! The dashboard as one HTML file with embedded figures, or as a folder of CSV files.
//!
//! `embed` decides which figures the file contains and computes them; `anonymize` replaces everything that may name a
//! person. Numbers are those of the page.

mod anonymize;
mod csv_folder;
mod embed;
mod error;
mod headline;
mod html_file;
mod options;

pub use anonymize::Pseudonyms;
pub use csv_folder::{render_csv, write_csv_folder};
pub use error::ReportError;
pub use headline::{Headline, headlines};
pub use html_file::{render_html, write_html};
pub use options::{RenderedFile, ReportOptions, ReportSummary};
