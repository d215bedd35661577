//! Deploys kiro-analytics into an AWS account: plans, then applies the approved plan.
//!
//! Owns the settings of a deployment, every call to AWS but the normalizer's, and the steps from a function's zip to a
//! dashboard. Prints nothing, reads only the environment variables of AWS tools, and does not know the query engine.

mod alert_parameters;
mod asset_kind;
pub mod assets;
pub mod aws;
mod data_lake;
mod digest;
pub mod discover;
pub mod driver;
mod export_arrival;
pub mod export_prefix;
mod follow_up;
pub mod follow_up_log;
mod identity_remains;
mod identity_source;
pub mod ingestion;
mod left_buckets;
mod log_events;
pub mod logs;
mod names;
pub mod names_log;
mod newest_export;
mod observed_stack;
pub mod permissions;
pub mod preflight;
pub mod progress;
pub mod refresh;
mod report_settings;
mod reports_bucket;
pub mod reports_log;
mod results_buckets;
pub mod runs;
pub mod salt;
pub mod sample_stack;
mod schedule;
mod service_roles;
pub mod settings;
mod stack;
mod stack_deletion;
mod stack_drift;
mod stack_events;
mod stack_resources;
pub mod status;
pub mod step;
pub mod steps;
pub mod synth;
pub mod tags;
pub mod teardown;
pub mod validation;

pub use names::Names;
pub use stack::{Stack, StackState};
pub use stack_events::{StackEvent, first_cause};
pub use stack_resources::StackResource;
