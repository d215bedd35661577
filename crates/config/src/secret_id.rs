//! The ARN or the name of a secret.

use serde_json::Value;

use crate::check::text;

/// The ARN or the name of a secret of Secrets Manager. An address of a webhook is not repeated.
pub(crate) fn check(value: &Value) -> Option<String> {
    let found = text(value);
    let name = if found.starts_with("arn:") {
        let parts: Vec<&str> = found.splitn(7, ':').collect();
        match parts.as_slice() {
            ["arn", _, "secretsmanager", _, _, "secret", name] => *name,
            _ => "",
        }
    } else {
        found
    };
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=.@-".contains(&byte);
    let is_name = (1..=519).contains(&name.len()) && name.bytes().all(is_allowed);
    let is_good = found.is_empty() || is_name;
    (!is_good).then(|| {
        "expected the ARN or the name of a secret in Secrets Manager, not the address of the webhook"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::check;

    #[test]
    fn a_secret_is_an_arn_or_a_name_and_an_address_is_not_repeated() {
        for good in [
            "",
            "kiro-analytics/webhook",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:kiro/webhook-AbCdEf",
        ] {
            assert_eq!(check(&Value::from(good)), None, "{good}");
        }
        for bad in [
            "https://hooks.slack.com/services/PRIVATE",
            "arn:aws:sns:eu-central-1:123456789012:PRIVATE",
            "PRIVATE name",
        ] {
            let problem = check(&Value::from(bad)).unwrap();
            assert!(!problem.contains("PRIVATE"), "{problem}");
        }
    }
}
