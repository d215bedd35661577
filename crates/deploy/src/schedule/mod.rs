//! The order of Kiro's write, our read, the map of names, the import into the dashboard and reports.

mod order;
mod remarks;
mod reports;
mod run_times;

pub(crate) use order::{identity_order_problem, order_problem};
pub(crate) use remarks::{chain, remarks};
pub(crate) use reports::{next_report, report_expression, report_time_problem};
