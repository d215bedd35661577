//! Readings over HTTP from a server that responds like AWS, with successes and errors.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod errors;
mod fake_directory;
mod groups;
mod instances;
mod privacy;
mod probe;
mod retries;
mod roles;
mod server;
mod users;
