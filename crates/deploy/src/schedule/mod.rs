//! The order of Kiro's write, our read, the map of names and the import into the dashboard.

mod order;
mod remarks;
mod run_times;

pub(crate) use order::{identity_order_problem, order_problem};
pub(crate) use remarks::{chain, remarks};
