//! The status of a deployment: what is deployed, the last run, what is late or failed, and the costs.

mod chain;
mod costs;
mod deployment_status;
mod expected;
mod parts;
mod problem;
mod quicksight;
mod reports;
mod stacks;

pub use chain::ChainStep;
pub use deployment_status::{Status, StatusRequest};
pub use parts::Parts;
pub use problem::StatusProblem;
pub use quicksight::{DashboardStatus, DataSetStatus, dashboard_address};
pub use reports::{ReportScheduleStatus, ReportsStatus};
pub use stacks::{AlarmStatus, ScheduleStatus, StackStatus};
