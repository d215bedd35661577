//! The channel of an Amazon SNS topic, whose subscribers get mails.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_sns::Client;
use kiro_alerts::Digest;

use crate::alert_error::SendError;
use crate::alert_sender::AlertSender;
use crate::call_error::CallError;

/// The port to one topic.
#[async_trait]
pub trait Topic: Send + Sync {
    /// Publishes a message: a subject of fewer than 100 ASCII letters on one line, a body of at most 256 KiB.
    async fn publish(&self, subject: &str, body: String) -> Result<(), CallError>;
}

/// Publishes digests as plain text.
pub struct TopicSender(pub Arc<dyn Topic>);

#[async_trait]
impl AlertSender for TopicSender {
    async fn send(&self, digest: &Digest) -> Result<(), SendError> {
        self.0.publish(&digest.subject, digest.plain_text()).await?;
        Ok(())
    }
}

/// A topic of Amazon SNS.
pub struct SnsTopic {
    pub client: Client,
    pub arn: String,
}

#[async_trait]
impl Topic for SnsTopic {
    async fn publish(&self, subject: &str, body: String) -> Result<(), CallError> {
        let request = self.client.publish().topic_arn(&self.arn);
        let sent = request.subject(subject).message(body).send().await;
        sent.map_err(|error| CallError::new("sns:Publish", &error))?;
        Ok(())
    }
}
