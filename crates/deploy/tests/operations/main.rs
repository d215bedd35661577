//! Looking at a deployment, refreshing and removing it, while every single call of it fails in every way that AWS fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod account;
#[path = "../calls/cbor.rs"]
mod cbor;
mod chain;
mod expected;
mod operation;
mod owners;
mod preflight;
#[path = "../calls/server.rs"]
mod server;
mod stacks;
mod status;
mod teardown;
