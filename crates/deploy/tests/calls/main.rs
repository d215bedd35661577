//! Every kind of call against a server that responds like AWS, with successes and errors.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod cbor;
mod certificate;
mod child;
mod endpoints;
mod errors;
mod gateway;
mod network;
mod protocols;
mod recorder;
mod server;
mod sign_in;
