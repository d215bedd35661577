//! The channel of a webhook whose address is a secret. The address is in no template, environment, log or error.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::SharedHttpClient;
use kiro_alerts::{Digest, RetryPolicy, Webhook, WebhookFormat, WebhookUrl};
use serde::Deserialize;

use crate::alert_error::SendError;
use crate::alert_sender::AlertSender;
use crate::call_error::CallError;

/// The port to one secret.
#[async_trait]
pub trait Secret: Send + Sync {
    /// Its text; none if it is binary.
    async fn text(&self) -> Result<Option<String>, CallError>;
}

/// Posts digests to the webhook of a secret. Reads the secret before each message, so that a new address needs no deployment.
pub struct WebhookSender {
    pub secret: Arc<dyn Secret>,
    pub format: WebhookFormat,
    pub http_client: SharedHttpClient,
    pub retries: RetryPolicy,
}

/// The form that Secrets Manager's console gives to pairs of keys and values.
#[derive(Deserialize)]
struct SecretPairs {
    url: String,
}

#[async_trait]
impl AlertSender for WebhookSender {
    async fn send(&self, digest: &Digest) -> Result<(), SendError> {
        let text = self.secret.text().await?.ok_or(SendError::EmptySecret)?;
        let url = webhook_url(&text)?;
        let webhook = Webhook::new(url, self.format, self.http_client.clone());
        webhook.with_retries(self.retries).send(digest).await?;
        Ok(())
    }
}

/// The address in a secret: its whole text, or the value of `url`.
fn webhook_url(text: &str) -> Result<WebhookUrl, SendError> {
    let pairs = serde_json::from_str::<SecretPairs>(text);
    let url = pairs.map_or_else(|_| text.to_owned(), |pairs| pairs.url);
    let url = url.trim();
    if url.is_empty() {
        return Err(SendError::EmptySecret);
    }
    WebhookUrl::new(url).map_err(SendError::Url)
}

/// A secret of AWS Secrets Manager.
pub struct StoredSecret {
    pub client: Client,
    /// Its ARN or name.
    pub id: String,
}

#[async_trait]
impl Secret for StoredSecret {
    async fn text(&self) -> Result<Option<String>, CallError> {
        let request = self.client.get_secret_value().secret_id(&self.id);
        let sent = request.send().await;
        let value =
            sent.map_err(|error| CallError::new("secretsmanager:GetSecretValue", &error))?;
        Ok(value.secret_string)
    }
}

#[cfg(test)]
mod tests {
    use super::webhook_url;

    #[test]
    fn an_address_is_a_text_or_a_pair() {
        for text in [
            "https://hooks.example.com/services/x\n",
            r#"{"url": "https://hooks.example.com/services/x"}"#,
        ] {
            assert_eq!(webhook_url(text).unwrap().host(), "hooks.example.com");
        }
    }

    #[test]
    fn a_wrong_secret_is_refused_without_its_content() {
        for text in [
            "ftp://private.example.com/x",
            r#"{"key": "private"}"#,
            "private",
        ] {
            let error = webhook_url(text).unwrap_err();
            let shown = format!("{error} {error:?} {}", error.hint());
            assert!(!shown.contains("private"), "{shown}");
        }
        assert_eq!(
            webhook_url(" ").unwrap_err().to_string(),
            "the secret has no text"
        );
    }
}
