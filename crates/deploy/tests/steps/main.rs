//! Steps against a server that plays AWS: what goes wrong, and what is then done and not done.
#![expect(clippy::unwrap_used, reason = "tests")]

mod code_account;
mod dashboards;
mod deployment;
mod first_run;
mod function_code;
mod normalization;
mod stacks;

#[path = "../calls/server.rs"]
mod server;
