//! The local dashboard: a page, the API behind it, and the same page as one file.
//!
//! Owns the HTTP surface and who may use it, the page's files, reading new exports while the page is open, and the
//! report file. All numbers come from the dashboard's SQL over the embedded engine; nothing here adds anything up.
//! Reads no clock and no environment: both are values.

mod access;
mod api;
mod app;
mod assets;
mod csv_text;
mod desk;
mod kept;
mod page_texts;
mod reading;
mod reply;
mod report;
mod retry;
mod rows;
mod serve;
mod status;
mod upload;

pub use access::{Access, Token, is_loopback};
pub use app::{AppState, app};
pub use desk::{Desk, DeskError};
pub use reading::{Clock, Reader, ReaderOptions};
pub use report::{
    Pseudonyms, ReportError, ReportOptions, ReportSummary, write_csv_folder, write_html,
};
pub use serve::{ServeError, ServeOptions, Server, serve};
pub use status::{Status, StatusBoard};
