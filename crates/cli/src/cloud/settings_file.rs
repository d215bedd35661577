//! The text of kiro-analytics.toml as `init` writes it.

use std::fmt::Write as _;

use kiro_config::{Scope, Setting, deployment_settings};
use serde_json::Value;

use crate::cloud::commands::init::Answers;

const HEAD: &str = "# Settings of kiro-analytics, written by `kiro-analytics init`. kiro-analytics.example.toml explains all of them;\n\
                    # `kiro-analytics config show` says which value comes from where.\n\n";

/// A file with these settings, each with a line about it.
pub(crate) fn text(answers: &Answers) -> String {
    let mut text = HEAD.to_owned();
    let (shared, own): (Vec<&Setting>, Vec<&Setting>) = deployment_settings()
        .filter(|setting| answers.contains_key(setting.key))
        .partition(|setting| setting.scope == Scope::Shared);
    for setting in shared {
        text.push_str(&entry(setting, &answers[setting.key]));
    }
    text.push_str("[deployment]\n");
    for setting in own {
        text.push_str(&entry(setting, &answers[setting.key]));
    }
    format!("{}\n", text.trim_end())
}

fn entry(setting: &Setting, value: &Value) -> String {
    let mut text = String::new();
    let value = toml::Value::try_from(value).map(|value| value.to_string());
    // Values of settings are texts, numbers, flags, lists and tables of texts: TOML has all of them.
    let value = value.unwrap_or_default();
    writeln!(text, "# {}\n{} = {value}\n", setting.comment(), setting.key).unwrap_or_default();
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_file_has_every_answer_and_can_be_read() {
        let answers: Answers = [
            ("prefix", json!("kiro-usage")),
            ("exports", json!(["s3://example-logs/kiro"])),
            ("hash_emails", json!(true)),
            ("log_retention_days", json!(30)),
            ("tags", json!({"team": "platform"})),
        ]
        .into();
        let text = text(&answers);
        let read: toml::Table = text.parse().unwrap();
        assert_eq!(read["hash_emails"], toml::Value::from(true));
        let deployment = read["deployment"].as_table().unwrap();
        assert_eq!(deployment["prefix"].as_str(), Some("kiro-usage"));
        assert_eq!(deployment["log_retention_days"].as_integer(), Some(30));
        assert_eq!(deployment["tags"]["team"].as_str(), Some("platform"));
        assert_eq!(
            deployment["exports"][0].as_str(),
            Some("s3://example-logs/kiro")
        );
    }
}
