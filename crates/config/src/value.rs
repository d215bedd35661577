//! The kinds of values: parsed from texts and from the file, formatted as texts, typed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use kiro_alerts::WebhookUrl;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::setting::Setting;

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// In the file, relative to the file.
    Path,
    /// `true` or `false`.
    Flag,
    Number,
    /// As one text: items separated by commas.
    List,
    Choice(&'static [&'static str]),
    /// As one text: `key=value` pairs separated by commas.
    Table,
}

/// The type of a setting.
pub(crate) trait SettingType: DeserializeOwned {
    const KIND: Kind;
}

/// Parses a boolean of a flag, a variable or a parameter of the stack.
///
/// # Errors
///
/// If the text is none of the accepted words.
pub fn parse_flag(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "t" | "on" | "1" | "enabled" => Ok(true),
        "false" | "no" | "n" | "f" | "off" | "0" | "disabled" => Ok(false),
        _ => Err(format!("expected `true` or `false`, found `{text}`")),
    }
}

impl Setting {
    /// Parses the text of a flag, a variable or a parameter.
    pub(crate) fn parse_text(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        match self.kind {
            Kind::Text | Kind::Path => Ok(Value::from(text)),
            Kind::Flag => parse_flag(text).map(Value::from),
            Kind::Number => {
                let number = text.parse::<u64>();
                let number =
                    number.map_err(|_| format!("expected a whole number, found `{text}`"))?;
                self.parse_file_value(&Value::from(number))
            }
            Kind::List => Ok(items(text).map(Value::from).collect()),
            Kind::Choice(_) => self.parse_file_value(&Value::from(text)),
            Kind::Table => {
                let pairs = items(text).map(|item| {
                    let pair = item.split_once('=');
                    let (key, value) =
                        pair.ok_or_else(|| format!("expected `key=value`, found `{item}`"))?;
                    Ok((key.trim().to_owned(), Value::from(value.trim())))
                });
                Ok(Value::Object(pairs.collect::<Result<Map<_, _>, String>>()?))
            }
        }
    }

    /// Checks that a value of the file, or of the stack's JSON, is of the declared kind.
    pub(crate) fn parse_file_value(&self, value: &Value) -> Result<Value, String> {
        let expected = match (self.kind, value) {
            (Kind::Text | Kind::Path, Value::String(_)) | (Kind::Flag, Value::Bool(_)) => {
                return Ok(value.clone());
            }
            (Kind::List, Value::String(text)) => return self.parse_text(text),
            (Kind::List, Value::Array(found)) if found.iter().all(Value::is_string) => {
                return Ok(value.clone());
            }
            (Kind::Table, Value::Object(found)) if found.values().all(Value::is_string) => {
                return Ok(value.clone());
            }
            (Kind::Choice(choices), Value::String(text)) => {
                let chosen = choices
                    .iter()
                    .find(|choice| choice.eq_ignore_ascii_case(text));
                return chosen
                    .map(|choice| Value::from(*choice))
                    .ok_or_else(|| format!("expected `{}`, found `{text}`", choices.join("`, `")));
            }
            (Kind::Number, _) => {
                let number = value.as_u64();
                if number.is_some_and(|number| self.range.contains(&number)) {
                    return Ok(value.clone());
                }
                format!("a whole number, {}", self.range_text())
            }
            (Kind::Flag, _) => "`true` or `false`".to_owned(),
            (Kind::List, _) => "a list of texts".to_owned(),
            (Kind::Table, _) => "a table of texts".to_owned(),
            (Kind::Text | Kind::Path | Kind::Choice(_), _) => "a text".to_owned(),
        };
        Err(format!("expected {expected}, found `{value}`"))
    }

    /// The limits of a number: `1 to 365`.
    pub(crate) fn range_text(&self) -> String {
        let (least, most) = (self.range.start(), self.range.end());
        if *most == u64::MAX {
            format!("{least} or more")
        } else {
            format!("{least} to {most}")
        }
    }
}

/// Formats a value as the text of a flag, a variable or a parameter.
pub(crate) fn text_of(value: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Object(table) => {
            let pairs = table
                .iter()
                .map(|(key, value)| format!("{key}={}", text(value)));
            pairs.collect::<Vec<_>>().join(",")
        }
    }
}

/// Returns true for null, an empty text, an empty list and an empty table.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

macro_rules! types {
    ($($type:ty = $kind:ident,)+) => {$(
        impl SettingType for $type {
            const KIND: Kind = Kind::$kind;
        }
    )+};
}

types! {
    String = Text,
    Option<String> = Text,
    Option<WebhookUrl> = Text,
    PathBuf = Path,
    bool = Flag,
    u64 = Number,
    Vec<String> = List,
    BTreeMap<String, String> = Table,
}

#[cfg(test)]
mod tests {
    use super::parse_flag;

    #[test]
    fn a_boolean_has_one_meaning_everywhere() {
        for (text, expected) in [
            ("true", Some(true)),
            (" Yes ", Some(true)),
            ("1", Some(true)),
            ("ENABLED", Some(true)),
            ("off", Some(false)),
            ("n", Some(false)),
            ("DISABLED", Some(false)),
            ("maybe", None),
            ("", None),
        ] {
            assert_eq!(parse_flag(text).ok(), expected, "{text}");
        }
    }
}
