//! What a deployment needs, checked before anything is created. Changes nothing. Every check runs, whatever the others find.

mod account;
mod bucket;
mod context;
mod exports;
mod finding;
mod function;
mod identity;
mod input;
mod lake_formation;
mod names;
mod permissions;
mod quicksight_users;
mod report;
mod schedules;
mod service_role;
mod simulation;
mod stack;
mod subscription;

pub use finding::{Finding, Verdict};
pub use input::PreflightInput;
pub use report::{CheckReport, PreflightReport};
