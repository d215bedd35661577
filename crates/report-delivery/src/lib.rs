//! Reports of a period: of whom, for which days, computed with the engine and stored below an address.
//!
//! The command `report --to` and the function `send-reports` write the same files with it. `kiro-web` owns what a report shows,
//! `kiro-delivery` the names of its files and the places. Reads no clock and no environment.

mod engine;
mod report;
mod report_days;
mod target;

pub use engine::open_engine;
pub use report::{Report, ReportDeliveryError, WrittenReport};
pub use report_days::{days_within, ends_before};
pub use target::ReportTarget;
