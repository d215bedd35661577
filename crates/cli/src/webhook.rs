//! The configured webhook.

use kiro_alerts::{DeliveryError, Digest, Webhook, WebhookError};
use kiro_config::{Config, WebhookFormat};
use kiro_s3::load_http_client;

use crate::command_error::CommandError;

/// A webhook that messages can be posted to.
#[derive(Debug)]
pub(crate) struct Sender(Webhook);

pub(crate) type SendError = WebhookError;

impl Sender {
    /// The webhook of the settings.
    ///
    /// # Errors
    ///
    /// If none is configured.
    pub(crate) async fn of_settings(config: &Config) -> Result<Self, CommandError> {
        let Some(url) = &config.alert_webhook_url else {
            return Err(CommandError::usage(anyhow::anyhow!(
                "no webhook is configured: expected `alert_webhook_url`"
            ))
            .hint("set KIRO_ANALYTICS_ALERT_WEBHOOK_URL, or `alert_webhook_url` in kiro-analytics.toml"));
        };
        let client = load_http_client().await.map_err(CommandError::usage)?;
        Ok(Self(Webhook::new(url.clone(), format(config), client)))
    }

    /// The host that messages go to.
    pub(crate) fn host(&self) -> &str {
        self.0.host()
    }

    pub(crate) async fn send(&self, digest: &Digest) -> Result<(), SendError> {
        self.0.send(digest).await
    }
}

/// What the webhook understands.
pub(crate) fn format(config: &Config) -> kiro_alerts::WebhookFormat {
    match config.alert_webhook_format {
        WebhookFormat::Slack => kiro_alerts::WebhookFormat::Slack,
        WebhookFormat::Teams => kiro_alerts::WebhookFormat::Teams,
        WebhookFormat::Json => kiro_alerts::WebhookFormat::Json,
    }
}

/// What to do about a message that was not accepted.
pub(crate) fn hint(error: &DeliveryError<SendError>) -> Option<&'static str> {
    match error {
        DeliveryError::Send(error) => Some(error.kind.hint()),
        DeliveryError::State(_) | DeliveryError::Unmarked(_) => None,
    }
}
