//! A program that was built without AWS has no TLS: it shows alerts and posts none.

use kiro_alerts::{DeliveryError, Digest};
use kiro_config::{Config, WebhookFormat};

use crate::command_error::CommandError;

/// There is none.
#[derive(Debug)]
pub(crate) enum Sender {}

/// There is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {}

impl Sender {
    #[expect(clippy::unused_async, reason = "as in the program with AWS")]
    pub(crate) async fn of_settings(_: &Config) -> Result<Self, CommandError> {
        let error = anyhow::anyhow!("this program was built without AWS: it posts to no webhook");
        Err(CommandError::usage(error).hint("`cargo build --release` builds all of it"))
    }

    pub(crate) fn host(&self) -> &str {
        match *self {}
    }

    #[expect(clippy::unused_async, reason = "as in the program with AWS")]
    pub(crate) async fn send(&self, _: &Digest) -> Result<(), SendError> {
        match *self {}
    }
}

/// What the webhook would understand.
pub(crate) fn format(config: &Config) -> kiro_alerts::WebhookFormat {
    match config.alert_webhook_format {
        WebhookFormat::Slack => kiro_alerts::WebhookFormat::Slack,
        WebhookFormat::Teams => kiro_alerts::WebhookFormat::Teams,
        WebhookFormat::Json => kiro_alerts::WebhookFormat::Json,
    }
}

pub(crate) fn hint(_: &DeliveryError<SendError>) -> Option<&'static str> {
    None
}
