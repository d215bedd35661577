//! Parses and formats values of settings.

use serde_json::{Map, Value, json};

use super::setting::ValueKind;

impl ValueKind {
    /// Parses the text of a flag, a variable or a parameter.
    pub(super) fn of_text(self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        match self {
            Self::Text => Ok(Value::from(text)),
            Self::Flag => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" | "enabled" => Ok(Value::from(true)),
                "false" | "no" | "off" | "0" | "disabled" => Ok(Value::from(false)),
                _ => Err(format!("expected `true` or `false`, found `{text}`")),
            },
            Self::Number { .. } => {
                let number = text.parse::<u64>();
                number
                    .map_err(|_| format!("expected a whole number, found `{text}`"))
                    .and_then(|number| self.of_value(&json!(number)))
            }
            Self::List => Ok(items(text).map(Value::from).collect()),
            Self::Choice(_) => self.of_value(&Value::from(text)),
            Self::Table => {
                let mut table = Map::new();
                for item in items(text) {
                    let (key, value) = item
                        .split_once('=')
                        .ok_or_else(|| format!("expected `key=value`, found `{item}`"))?;
                    table.insert(key.trim().to_owned(), Value::from(value.trim()));
                }
                Ok(Value::Object(table))
            }
        }
    }

    /// Checks that a value of a file is of this kind.
    pub(super) fn of_value(self, value: &Value) -> Result<Value, String> {
        match (self, value) {
            (Self::Text, Value::String(_)) | (Self::Flag, Value::Bool(_)) => Ok(value.clone()),
            (Self::Flag, _) => Err(format!(
                "expected `true` or `false`, found {}",
                shown(value)
            )),
            (Self::Number { least, most }, _) => match value.as_u64() {
                Some(number) if (least..=most).contains(&number) => Ok(value.clone()),
                Some(_) | None => {
                    let range = if most == u64::MAX {
                        format!("{least} or more")
                    } else {
                        format!("{least} to {most}")
                    };
                    Err(format!(
                        "expected a whole number, {range}, found {}",
                        shown(value)
                    ))
                }
            },
            (Self::List, Value::String(text)) => self.of_text(text),
            (Self::List, Value::Array(found)) if found.iter().all(Value::is_string) => {
                Ok(value.clone())
            }
            (Self::List, _) => Err(format!("expected a list of texts, found {}", shown(value))),
            (Self::Choice(choices), Value::String(text)) => {
                let chosen = choices
                    .iter()
                    .find(|choice| choice.eq_ignore_ascii_case(text));
                chosen.map(|choice| Value::from(*choice)).ok_or_else(|| {
                    let choices: Vec<String> =
                        choices.iter().map(|choice| format!("`{choice}`")).collect();
                    format!("expected {}, found `{text}`", choices.join(", "))
                })
            }
            (Self::Table, Value::Object(found)) if found.values().all(Value::is_string) => {
                Ok(value.clone())
            }
            (Self::Text | Self::Choice(_), _) => {
                Err(format!("expected a text, found {}", shown(value)))
            }
            (Self::Table, _) => Err(format!("expected a table of texts, found {}", shown(value))),
        }
    }
}

/// Formats a value as the text of a flag, a variable or a parameter.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            items.join(",")
        }
        Value::Object(table) => {
            let pairs: Vec<String> = table
                .iter()
                .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
                .collect();
            pairs.join(",")
        }
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

fn shown(value: &Value) -> String {
    format!("`{value}`")
}
