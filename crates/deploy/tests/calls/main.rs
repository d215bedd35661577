//! Every kind of call against a server that answers as AWS does, well and badly.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod cbor;
mod endpoints;
mod errors;
mod protocols;
mod recorder;
mod server;
