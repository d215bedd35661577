//! Plans all steps of a deployment, then applies the approved plan.

mod apply;
mod plan;
mod report;
mod selection;

pub use apply::apply;
pub use plan::{DeploymentPlan, discard_plan, plan};
pub use report::{DeploymentError, DeploymentReport, StepReport, dashboard_address};
pub use selection::{Selection, list};
