//! Steps against a server that plays AWS: how the steps handle failures.
#![expect(clippy::unwrap_used, reason = "tests")]

mod assets;
mod code_account;
mod dashboards;
mod deployment;
mod first_run;
mod follow_up;
mod function_code;
mod identity_removal;
mod lake_formation;
mod normalization;
mod quicksight;
mod reports;
mod row_rules;
mod service_roles;
mod stacks;
mod synth;

#[path = "../calls/server.rs"]
mod server;
