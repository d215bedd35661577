//! The function's configuration, read from its environment.

use std::str::FromStr;

use kiro_function::LOG_LEVEL;
use tracing_subscriber::filter::LevelFilter;

use crate::alert_config::AlertConfig;

/// The validated configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `KIRO_ACCOUNT`: the account of the datasets.
    pub account: String,
    /// `KIRO_DATA_SETS`: ids as a JSON list. Empty without Quick Sight.
    pub data_sets: Vec<String>,
    /// `KIRO_RULES_DATA_SET`: the dataset with the rules that restrict the rows of the others.
    pub rules_data_set: Option<String>,
    /// `KIRO_MAX_IMPORTS_A_DAY`: a dataset with so many imports in 24 hours gets no further one.
    pub max_imports_a_day: usize,
    /// None: no alerts are sent.
    pub alerts: Option<AlertConfig>,
}

/// All problems of the environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.join("; "))]
pub struct ConfigError {
    pub problems: Vec<String>,
}

impl Config {
    /// Reads all variables.
    ///
    /// # Errors
    ///
    /// All problems at once.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = |name: &str| variable(name).unwrap_or_default();
        let mut problems = Vec::new();
        let account = text("KIRO_ACCOUNT");
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            problems.push(format!(
                "KIRO_ACCOUNT: expected an account id of 12 digits, found `{account}`"
            ));
        }
        let data_sets = serde_json::from_str::<Vec<String>>(&text("KIRO_DATA_SETS"));
        let data_sets = data_sets.unwrap_or_else(|error| {
            problems.push(format!(
                "KIRO_DATA_SETS: expected a JSON list of ids: {error}"
            ));
            Vec::new()
        });
        let max = text("KIRO_MAX_IMPORTS_A_DAY");
        let max_imports_a_day = max.parse().unwrap_or_default();
        if max_imports_a_day == 0 {
            problems.push(format!(
                "KIRO_MAX_IMPORTS_A_DAY: expected a number above 0, found `{max}`"
            ));
        }
        let level = text(LOG_LEVEL);
        if !level.is_empty() && LevelFilter::from_str(&level).is_err() {
            problems.push(format!(
                "{LOG_LEVEL}: expected `trace`, `debug`, `info`, `warn`, `error`, `off`, found `{level}`"
            ));
        }
        let alerts = AlertConfig::read(&variable, &mut problems);
        if !problems.is_empty() {
            return Err(ConfigError { problems });
        }
        Ok(Self {
            account,
            data_sets,
            rules_data_set: variable("KIRO_RULES_DATA_SET").filter(|id| !id.is_empty()),
            max_imports_a_day,
            alerts,
        })
    }
}

#[cfg(test)]
mod tests {
    use kiro_alerts::WebhookFormat;
    use kiro_catalog::AlertRule;

    use super::{Config, ConfigError};

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| {
            let found = variables.iter().find(|(found, _)| *found == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn data_sets_are_a_list_of_ids() {
        let config = read(&[
            ("KIRO_ACCOUNT", "123456789012"),
            ("KIRO_DATA_SETS", r#"["kiro-code","kiro-users"]"#),
            ("KIRO_MAX_IMPORTS_A_DAY", "24"),
        ]);
        let config = config.unwrap();
        assert_eq!(config.data_sets, ["kiro-code", "kiro-users"]);
        assert_eq!(
            (config.rules_data_set, config.max_imports_a_day),
            (None, 24)
        );
        assert_eq!(config.alerts, None);
    }

    #[test]
    fn alerts_have_rules_a_place_for_their_state_and_a_channel() {
        let imports = [
            ("KIRO_ACCOUNT", "123456789012"),
            ("KIRO_DATA_SETS", "[]"),
            ("KIRO_MAX_IMPORTS_A_DAY", "24"),
        ];
        let alerts = [
            ("KIRO_ALERTS", r#"{"rules":["spike"],"names":false}"#),
            ("KIRO_DATABASE", "kiro_analytics"),
            ("KIRO_WORKGROUP", "kiro_analytics"),
            ("KIRO_ALERT_STATE", "s3://example-results/alerts/"),
            ("KIRO_WEBHOOK_SECRET", "kiro/webhook"),
            ("KIRO_WEBHOOK_FORMAT", "teams"),
        ];
        let config = read(&[imports.as_slice(), alerts.as_slice()].concat()).unwrap();
        assert_eq!(config.data_sets, [""; 0]);
        let found = config.alerts.unwrap();
        assert_eq!(found.settings.rules, [AlertRule::Spike]);
        assert!(!found.settings.names);
        assert_eq!(
            (found.state.bucket(), found.state.prefix()),
            ("example-results", "alerts/")
        );
        assert_eq!(found.webhook_format, WebhookFormat::Teams);
        assert_eq!(
            (found.topic, found.webhook_secret.as_deref()),
            (None, Some("kiro/webhook"))
        );
        let wrong = [
            ("KIRO_ALERTS", r#"{"rules":["spikes"]}"#),
            ("KIRO_WEBHOOK_FORMAT", "mail"),
        ];
        let error = read(&[imports.as_slice(), wrong.as_slice()].concat()).unwrap_err();
        let names: Vec<&str> = error
            .problems
            .iter()
            .map(|text| text.split(':').next().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "KIRO_DATABASE",
                "KIRO_WORKGROUP",
                "KIRO_ALERT_STATE",
                "KIRO_ALERTS",
                "KIRO_ALERT_STATE",
                "KIRO_WEBHOOK_FORMAT",
                "expected KIRO_TOPIC or KIRO_WEBHOOK_SECRET, as KIRO_ALERTS is set",
            ]
        );
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let error = read(&[
            ("KIRO_ACCOUNT", "12"),
            ("KIRO_DATA_SETS", "kiro-code"),
            ("KIRO_MAX_IMPORTS_A_DAY", "0"),
            ("KIRO_LOG_LEVEL", "loud"),
        ]);
        let problems = error.unwrap_err().problems;
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(problems[1].starts_with("KIRO_DATA_SETS: expected a JSON list of ids"));
    }
}
