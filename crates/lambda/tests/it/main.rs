//! The function as its callers see it: recorded events in, answers, metrics and parts out.
#![expect(clippy::unwrap_used, reason = "tests")]

mod events;
mod handler;
mod runtime;

#[path = "../../../s3/tests/it/server.rs"]
mod server;
