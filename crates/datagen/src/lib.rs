//! Synthetic exports of many users, in Kiro's own folder layout.
//!
//! Owns invented users, their habits, and the CSV text of both reports, with the edge cases of real buckets. The same options
//! give the same bytes on every platform; memory depends on the users, not on the days. Does not read or normalize exports: of
//! `kiro-report` it uses only the headers that the datasets declare.

mod activity;
mod big;
mod calendar;
mod code_report;
mod coding;
mod csv_text;
mod edge_cases;
mod headers;
mod layout;
mod models;
mod options;
mod people;
mod rng;
mod user;
mod user_report;
mod write;

pub use big::{BigExport, write_big_export};
pub use options::{Attendance, FleetError, FleetOptions, FleetSummary};
pub use write::write_fleet;
