//! How a deployment is: what is deployed, what ran last, what is late or failed, and what it costs.

mod costs;
mod deployment_status;
mod expected;
mod parts;
mod problem;
mod quicksight;
mod stacks;

pub use deployment_status::{Status, StatusRequest};
pub use parts::Parts;
pub use problem::StatusProblem;
pub use quicksight::{DashboardStatus, DataSetStatus, dashboard_address};
pub use stacks::{AlarmStatus, ScheduleStatus, StackStatus};
