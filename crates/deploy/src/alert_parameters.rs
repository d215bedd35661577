//! The parameters of the follow-up stack that are about alerts: where they come from, where they go, and what the function may read.

use kiro_config::LakeFormation;

use crate::names::Names;
use crate::stack::Stack;
use crate::step::Deployment;
use crate::steps::{IdentityLayer, results_bucket};

/// Names and values. Without alerts, only those without a default.
pub(crate) fn alert_parameters(
    deployment: &Deployment,
    data: Option<&Stack>,
    identity: Option<&IdentityLayer>,
) -> Vec<(&'static str, String)> {
    let settings = deployment.settings();
    let names = &deployment.names;
    let output = |name: &str, otherwise: String| {
        let found = data.map_or("", |stack| stack.output(name));
        if found.is_empty() {
            otherwise
        } else {
            found.to_owned()
        }
    };
    let bucket = results_bucket(deployment, data);
    if !settings.sends_alerts() {
        return vec![
            ("SendAlerts", "false".to_owned()),
            ("ResultsBucket", bucket),
        ];
    }
    let secret = settings.alerts_webhook_secret.clone().unwrap_or_default();
    // Without a data lake the permission reads nothing: Lake Formation decides by its grants.
    let uses_grants = settings.lake_formation != LakeFormation::Off;
    let map = |part: fn(&IdentityLayer) -> &String| identity.map(part).cloned().unwrap_or_default();
    // Rules always have a JSON form.
    let rules = serde_json::to_string(&settings.views.alerts).unwrap_or_default();
    vec![
        ("SendAlerts", "true".to_owned()),
        ("AlertSettings", rules),
        ("WebhookSecretArn", secret_pattern(names, &secret)),
        ("WebhookSecret", secret),
        (
            "WebhookFormat",
            settings.alert_webhook_format.as_str().to_owned(),
        ),
        (
            "DatabaseName",
            output("DatabaseName", names.database(settings)),
        ),
        (
            "WorkgroupName",
            output("WorkgroupName", names.workgroup(settings)),
        ),
        ("ResultsBucket", bucket),
        (
            "ResultsKmsKeyArn",
            settings.results_kms_key.clone().unwrap_or_default(),
        ),
        ("MapBucket", map(|identity| &identity.map_bucket)),
        ("MapKeyArn", map(|identity| &identity.map_key)),
        ("UseLakeFormation", uses_grants.to_string()),
    ]
}

/// The secret in a policy: its ARN, or that of its name, to which Secrets Manager adds a hyphen and six characters.
fn secret_pattern(names: &Names, secret: &str) -> String {
    if secret.is_empty() || secret.starts_with("arn:") {
        return secret.to_owned();
    }
    format!(
        "arn:{}:secretsmanager:{}:{}:secret:{secret}-??????",
        names.partition, names.region, names.account
    )
}
