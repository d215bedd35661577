//! The JSON endpoints.

mod dashboard;
mod errors;
mod events;
mod exports;
mod options;
mod query_string;
mod visual;

pub(crate) use dashboard::{DashboardResponse, dashboard};
pub(crate) use events::{events, status};
pub(crate) use exports::add_exports;
pub(crate) use options::options;
pub(crate) use visual::visual;
