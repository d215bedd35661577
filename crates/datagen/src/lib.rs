//! Synthetic exports of many users, in Kiro's own folder layout, and who the users are.
//!
//! Owns invented users, their habits, the CSV text of both reports, with the edge cases of real buckets, and the users'
//! directory and roster. The same options give the same bytes on every platform; memory depends on the users, not on the days.
//! Does not read or normalize exports: of `kiro-report` it uses only the headers that the datasets declare.

mod activity;
mod big;
mod calendar;
mod code_report;
mod coding;
mod csv_text;
mod edge_cases;
mod fleet_people;
mod headers;
mod layout;
mod models;
mod options;
mod people;
mod rng;
mod user;
mod user_report;
mod write;
mod write_people;

pub use big::{BigExport, write_big_export};
pub use fleet_people::{
    FleetDirectory, FleetDirectoryGroup, FleetDirectoryUser, FleetPeople, FleetRosterRow,
};
pub use options::{Attendance, FleetError, FleetOptions, FleetSummary};
pub use write::write_fleet;
pub use write_people::{DIRECTORY_FILE, ROSTER_FILE, write_people};
