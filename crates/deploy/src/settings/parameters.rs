//! The parameters of the data stack: written from settings, and read back from a deployed stack.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::layers::{Resolved, is_stored_in_stack};
use super::list::all;
use super::setting::Persistence;
use super::sources;
use super::value::text_of;
use crate::names::Names;

/// The parameter with all settings, as JSON, that have no parameter of their own.
pub const REMEMBERED: &str = "RememberedSettings";
/// Maximum size of a parameter.
pub(super) const MAX_PARAMETER_BYTES: usize = 4096;

/// Parameters by name.
pub type StackParameters = BTreeMap<String, String>;

/// The settings stored in a deployed stack.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Remembered {
    /// Values by key.
    pub values: BTreeMap<&'static str, Value>,
    /// Plans, prices and thresholds that differ from the defaults.
    pub views: Value,
}

impl Remembered {
    /// Reads the parameters of a stack. Ignores what cannot be parsed.
    pub fn of(parameters: &StackParameters) -> Self {
        let text = parameters.get(REMEMBERED).map_or("", String::as_str);
        let kept: Value = serde_json::from_str(text).unwrap_or_default();
        let mut values = BTreeMap::new();
        for setting in all() {
            let value = match setting.persistence {
                Persistence::Parameter(name) => parameters
                    .get(name)
                    .and_then(|text| setting.kind.of_text(text).ok()),
                Persistence::StackJson => kept.get(setting.key).cloned(),
                Persistence::None | Persistence::SecretInViews => None,
            };
            let is_empty = |value: &Value| value == "" || value == &json!([]);
            if let Some(value) = value.filter(|value| !is_empty(value)) {
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
            let urls: Vec<String> = prefixes
                .split(',')
                .map(|place| format!("s3://{place}"))
                .collect();
            values.insert("exports", Value::from(urls));
        }
        Self {
            values,
            views: kept.get("views").cloned().unwrap_or_default(),
        }
    }
}

impl Resolved {
    /// The parameters of the data stack, except the function's code and the version. The error names the limit that is exceeded.
    ///
    /// # Errors
    ///
    /// If a parameter, the function's environment or its policy would exceed a limit of AWS.
    pub fn parameters(&self, names: &Names) -> Result<StackParameters, String> {
        let mut parameters = StackParameters::new();
        let mut kept = Map::new();
        for (setting, value, _) in self
            .values
            .iter()
            .filter(|(setting, ..)| is_stored_in_stack(setting))
        {
            match setting.persistence {
                Persistence::Parameter(name) => {
                    let text = match (setting.key, value) {
                        ("scheduled", value) => {
                            let is_on = value.as_bool().unwrap_or(true);
                            if is_on { "ENABLED" } else { "DISABLED" }.to_owned()
                        }
                        ("database", _) => self.settings.database(names),
                        ("workgroup", _) => self.settings.workgroup(names),
                        (_, value) => text_of(value),
                    };
                    parameters.insert(name.to_owned(), text);
                }
                Persistence::StackJson => {
                    let default = setting
                        .default
                        .and_then(|text| setting.kind.of_text(text).ok());
                    let is_set = !value.is_null() && default.as_ref() != Some(value);
                    if is_set && value != "" && value != &json!([]) && value != &json!({}) {
                        kept.insert(setting.key.to_owned(), value.clone());
                    }
                }
                Persistence::None | Persistence::SecretInViews => {}
            }
        }
        let views = difference(
            &serde_json::to_value(kiro_catalog::Settings::default()).unwrap_or_default(),
            &serde_json::to_value(&self.settings.views).unwrap_or_default(),
        );
        if let Some(views) = views {
            kept.insert("views".to_owned(), views);
        }
        parameters.insert(REMEMBERED.to_owned(), Value::Object(kept).to_string());
        sources::add(&mut parameters, &self.settings, &names.account)?;
        let too_long = parameters
            .iter()
            .find(|(_, text)| text.len() > MAX_PARAMETER_BYTES);
        match too_long {
            Some((name, text)) => Err(format!(
                "the stack's parameter `{name}` would have {} bytes, and CloudFormation allows {MAX_PARAMETER_BYTES}: fewer `exports`, `accounts`, `plans` or principals make it shorter",
                text.len()
            )),
            None => Ok(parameters),
        }
    }
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
