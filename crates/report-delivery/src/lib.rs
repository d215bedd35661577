//! Reports of a period: of whom, for which days, computed with the engine, stored below an address and mailed.
//!
//! The command `report --to` and the function `send-reports` write the same files with it. `kiro-web` owns what a report shows,
//! `kiro-delivery` the names of its files and the places. Reads no clock and no environment.

mod engine;
mod report;
mod report_days;
mod report_mailer;
mod target;

pub use engine::open_engine;
pub use report::{Report, WrittenReport};
pub use report_days::{days_within, ends_before};
pub use report_mailer::{ReportMailError, ReportMailer, ReportToMail, team_key};
pub use target::ReportTarget;
