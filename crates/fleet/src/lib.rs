//! A believable synthetic fleet, written as raw exports in Kiro's own folder layout.
//!
//! Owns: invented people, their habits, and the CSV text of both reports, with the oddities real buckets have.
//! Promises: the same options give the same bytes on every platform, in memory that depends on the users, not on
//! the days. Does not: read exports, or know how they are normalized; of `kiro-report` it uses only the headers that the
//! datasets declare.

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
