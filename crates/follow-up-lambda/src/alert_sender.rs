//! The port to a channel that takes messages.

use async_trait::async_trait;
use kiro_alerts::Digest;

use crate::alert_error::SendError;

/// Sends messages to one channel.
#[async_trait]
pub trait AlertSender: Send + Sync {
    async fn send(&self, digest: &Digest) -> Result<(), SendError>;
}
