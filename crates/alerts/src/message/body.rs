//! The body of a webhook, by format.

use serde_json::{Value, json};

use super::digest::Digest;
use super::{slack, teams};

/// What the receiver of a webhook understands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WebhookFormat {
    /// An incoming webhook of Slack.
    #[default]
    Slack,
    /// A workflow of Microsoft Teams that begins with "When a Teams webhook request is received".
    Teams,
    /// The message and its alerts as one JSON object, described in `docs/alerts.md`.
    Json,
}

impl WebhookFormat {
    /// The format by its name in the settings: `slack`, `teams` or `json`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "slack" => Some(Self::Slack),
            "teams" => Some(Self::Teams),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

impl Digest {
    /// The body of a webhook. At most 28 KB for Teams and 13,000 letters for Slack; JSON has all alerts.
    pub fn webhook_body(&self, format: WebhookFormat) -> Value {
        match format {
            WebhookFormat::Slack => slack::body(self),
            WebhookFormat::Teams => teams::body(self),
            WebhookFormat::Json => json!({
                "version": 1,
                "subject": self.subject,
                "as_of_date": self.as_of_date,
                "text": self.plain_text(),
                "alerts": self.alerts,
            }),
        }
    }
}
