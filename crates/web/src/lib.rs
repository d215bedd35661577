//! The local dashboard: a page, the API behind it, and the same page as one file.
//!
//! Owns the HTTP surface and its access rules, the page's files, reading new exports while the page is open, and the
//! report file. All numbers come from the dashboard's SQL over the embedded engine; this crate computes none.
//! Reads no clock and no environment: both are values.

mod access;
mod api;
mod app;
mod assets;
mod connections;
mod csv_text;
mod dashboard_service;
mod data_listener;
mod export_watcher;
mod form;
mod limits;
mod page_texts;
mod people_service;
mod report;
mod response;
mod result_cache;
mod result_set;
mod retry_schedule;
mod roster_file;
mod serve;
mod status;
mod upload;

pub use access::{Access, Token, is_loopback};
pub use app::{AppState, app, app_with_limits};
pub use dashboard_service::{DashboardError, DashboardService};
pub use data_listener::DataListener;
pub use export_watcher::{Clock, ExportWatcher, WatcherOptions};
pub use limits::Limits;
pub use report::{
    Headline, Pseudonyms, RenderedFile, ReportError, ReportOptions, ReportSummary, headlines,
    render_csv, render_html, write_csv_folder, write_html,
};
pub use serve::{ServeError, ServeOptions, Server, serve};
pub use status::{Status, StatusChannel};
