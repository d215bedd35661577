//! Removing a deployment. What is removed and what is retained is a value that is shown first and then applied in that order.
//!
//! Only what carries the deployment's tag, or belongs to its stack, is removed. Exports are never touched: a bucket that holds
//! exports is never emptied.

mod apply;
mod bucket;
mod catalogue;
mod object_key;
mod plan;
mod planner;
mod stacks;

pub use apply::{Removed, TeardownError};
pub(crate) use bucket::{empty as empty_objects, remove as remove_bucket, tag_with_deployment};
pub(crate) use catalogue::revoke as revoke_grants;
pub(crate) use object_key::{is_deployment_key as is_results_key, is_identity_key};
pub use plan::{Blocker, Removal, Retained, TeardownPlan};
pub use planner::Teardown;
