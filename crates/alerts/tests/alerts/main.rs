//! The public interface: messages, the state under races and interruptions, and webhooks over HTTP.
#![expect(clippy::unwrap_used, reason = "tests")]

mod fixture;
mod message;
#[cfg(feature = "network")]
mod receiver;
mod state;
#[cfg(feature = "network")]
mod webhook;
