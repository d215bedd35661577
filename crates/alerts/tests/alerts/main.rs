//! The public interface: messages, the state under races and interruptions, and webhooks over HTTP.
#![expect(clippy::unwrap_used, reason = "tests")]

#[cfg(all(feature = "network", target_os = "linux"))]
mod bucket;
mod fixture;
mod message;
#[cfg(feature = "network")]
mod receiver;
#[cfg(all(feature = "network", target_os = "linux"))]
#[path = "../../../s3/tests/it/server.rs"]
mod server;
mod state;
#[cfg(feature = "network")]
mod webhook;
