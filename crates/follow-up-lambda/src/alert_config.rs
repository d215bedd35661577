//! The part of the environment that alerts need.

use kiro_alerts::WebhookFormat;
use kiro_catalog::Alerts;
use kiro_s3::S3Url;

/// How alerts are computed and where they go.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertConfig {
    /// `KIRO_ALERTS`: the section `[alerts]` of the settings as JSON.
    pub settings: Alerts,
    /// `KIRO_DATABASE`: the Glue database of the views.
    pub database: String,
    /// `KIRO_WORKGROUP`: the Athena workgroup.
    pub workgroup: String,
    /// `KIRO_ALERT_STATE`: the folder with what was sent.
    pub state: S3Url,
    /// `KIRO_TOPIC`: the ARN of the topic.
    pub topic: Option<String>,
    /// `KIRO_WEBHOOK_SECRET`: the ARN or name of the secret with the address of the webhook.
    pub webhook_secret: Option<String>,
    /// `KIRO_WEBHOOK_FORMAT`: `slack`, `teams` or `json`.
    pub webhook_format: WebhookFormat,
}

impl AlertConfig {
    /// Reads the variables. None if `KIRO_ALERTS` is missing: there are no alerts.
    pub(crate) fn read(
        variable: &impl Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> Option<Self> {
        let text = |name: &str| variable(name).filter(|text| !text.is_empty());
        let settings = serde_json::from_str::<Alerts>(&text("KIRO_ALERTS")?);
        let mut required = |name: &str| {
            let found = text(name);
            if found.is_none() {
                problems.push(format!("{name}: expected a value, as KIRO_ALERTS is set"));
            }
            found.unwrap_or_default()
        };
        let database = required("KIRO_DATABASE");
        let workgroup = required("KIRO_WORKGROUP");
        let state = required("KIRO_ALERT_STATE");
        let state = state.parse::<S3Url>();
        let format = text("KIRO_WEBHOOK_FORMAT").unwrap_or_default();
        let webhook_format = WebhookFormat::parse(&format);
        if let Err(error) = &settings {
            problems.push(format!("KIRO_ALERTS: expected the rules as JSON: {error}"));
        }
        if let Err(error) = &state {
            problems.push(format!("KIRO_ALERT_STATE: {error}"));
        }
        if webhook_format.is_none() && !format.is_empty() {
            problems.push(format!(
                "KIRO_WEBHOOK_FORMAT: expected `slack`, `teams` or `json`, found `{format}`"
            ));
        }
        let (topic, webhook_secret) = (text("KIRO_TOPIC"), text("KIRO_WEBHOOK_SECRET"));
        if topic.is_none() && webhook_secret.is_none() {
            problems.push(
                "expected KIRO_TOPIC or KIRO_WEBHOOK_SECRET, as KIRO_ALERTS is set".to_owned(),
            );
        }
        Some(Self {
            settings: settings.ok()?,
            database,
            workgroup,
            state: state.ok()?,
            topic,
            webhook_secret,
            webhook_format: webhook_format.unwrap_or_default(),
        })
    }
}
