//! The JSON endpoints.

mod dashboard;
mod errors;
mod events;
mod exports;
mod options;
mod parameters;
mod people;
mod visual;

pub(crate) use dashboard::{DashboardResponse, dashboard};
pub(crate) use events::{events, status};
pub(crate) use exports::add_exports;
pub(crate) use options::options;
pub(crate) use parameters::{Pairs, check_page_address};
pub(crate) use people::{forget, import_roster, people, remove_roster};
pub(crate) use visual::visual;
