//! Looking at a deployment, refreshing and removing it, while every single call of it fails in every way that AWS fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod account;
mod expected;
mod operation;
mod preflight;
#[path = "../calls/server.rs"]
mod server;
mod status;
mod teardown;
