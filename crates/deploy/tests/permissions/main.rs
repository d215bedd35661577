//! The list of permissions: covers `CloudFormation`'s schemas and the program's calls; and the policies derived from it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod account;
mod calls;
mod handlers;
mod policy;
mod scope;
#[path = "../calls/server.rs"]
mod server;
mod simulation;
