//! The settings that a deployed stack remembers: written as parameters, and read back.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::declarations::SETTINGS;
use crate::resolved::Resolved;
use crate::setting::{Persistence, Setting};
use crate::value::{is_empty, text_of};

/// The parameter with all settings, as JSON, that have no parameter of their own.
pub const REMEMBERED: &str = "RememberedSettings";

/// Parameters by name.
pub type StackParameters = BTreeMap<String, String>;

/// The settings stored in a deployed stack.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Remembered {
    /// Values by key.
    pub(crate) values: BTreeMap<&'static str, Value>,
    /// Plans, prices and thresholds that differ from the defaults.
    pub(crate) views: Value,
}

impl Remembered {
    /// Reads the parameters of a stack. Drops values that are not of the declared kind, as those of another version.
    pub fn of(parameters: &StackParameters) -> Self {
        let text = parameters.get(REMEMBERED).map_or("", String::as_str);
        let stored: Value = serde_json::from_str(text).unwrap_or_default();
        let mut values = BTreeMap::new();
        for setting in SETTINGS {
            let value = match setting.persistence {
                Persistence::Parameter(name) => parameters
                    .get(name)
                    .and_then(|text| setting.parse_text(text).ok()),
                Persistence::StackJson => stored
                    .get(setting.key)
                    .and_then(|value| setting.parse_file_value(value).ok()),
                Persistence::None | Persistence::SecretInViews => None,
            };
            if let Some(value) = value.filter(|value| is_stored(setting, value)) {
                values.insert(setting.key, value);
            }
        }
        // A stack that was created manually has the exports only in its own parameters.
        if !values.contains_key("exports")
            && let Some(prefixes) = ["SourceRoots", "SourcePrefixes"]
                .into_iter()
                .filter_map(|name| parameters.get(name))
                .find(|text| !text.is_empty())
        {
            let urls = prefixes.split(',').map(|place| format!("s3://{place}"));
            values.insert("exports", urls.map(Value::from).collect());
        }
        Self {
            values,
            views: stored.get("views").cloned().unwrap_or_default(),
        }
    }
}

impl Resolved {
    /// The parameters that remember these settings.
    pub fn remembered_parameters(&self) -> StackParameters {
        let mut parameters = StackParameters::new();
        let mut stored = Map::new();
        for (setting, value, _) in &self.values {
            match setting.persistence {
                Persistence::Parameter(name) => {
                    parameters.insert(name.to_owned(), text_of(value));
                }
                Persistence::StackJson => {
                    let is_default = setting.default_value().as_ref() == Some(value);
                    if is_stored(setting, value) && !is_default {
                        stored.insert(setting.key.to_owned(), value.clone());
                    }
                }
                Persistence::None | Persistence::SecretInViews => {}
            }
        }
        let views = difference(
            &serde_json::to_value(kiro_catalog::Settings::default()).unwrap_or_default(),
            &serde_json::to_value(&self.settings.views).unwrap_or_default(),
        );
        stored.extend(views.map(|views| ("views".to_owned(), views)));
        parameters.insert(REMEMBERED.to_owned(), Value::Object(stored).to_string());
        parameters
    }
}

/// Returns true for a value. An empty list is one where the default is another.
fn is_stored(setting: &Setting, value: &Value) -> bool {
    !is_empty(value) || (value.is_array() && setting.default.is_some())
}

/// The members that differ; none if all are equal.
fn difference(from: &Value, to: &Value) -> Option<Value> {
    match (from, to) {
        (Value::Object(from), Value::Object(to)) => {
            let members: Map<String, Value> = to
                .iter()
                .filter_map(|(key, value)| {
                    let before = from.get(key).unwrap_or(&Value::Null);
                    Some((key.clone(), difference(before, value)?))
                })
                .collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        (from, to) => (from != to).then(|| to.clone()),
    }
}
