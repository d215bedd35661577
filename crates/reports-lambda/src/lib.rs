//! Reports on a schedule, as a function of AWS Lambda: a period in, reports in a bucket, counts out.
//!
//! Owns the event, the copy of the data on the function's disk, and the order of the reports. `kiro-report-delivery` owns what
//! the command `report --to` shares with it: of whom, for which days, computed and stored. Logs and responses have periods and
//! counts, never names.

mod config;
mod data_copy;
mod error;
mod event;
mod response;
mod sender;

pub use config::{Config, ConfigError};
pub use data_copy::{CopyCounts, DataCopy, DataSource};
pub use error::InvocationError;
pub use event::{EventError, ReportRequest};
pub use response::ReportResponse;
pub use sender::{Clock, ReportSender};
