//! The list of permissions: complete by `CloudFormation`'s schemas and by our own calls, and what is made of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod account;
mod calls;
mod handlers;
mod policy;
mod scope;
#[path = "../calls/server.rs"]
mod server;
mod simulation;
