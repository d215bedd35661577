//! The parameters of the data stack: from settings, and back to what the stack remembers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::layers::{Resolved, is_kept};
use super::list::all;
use super::setting::Memory;
use super::sources;
use super::value::text_of;
use crate::digest::short_hash;
use crate::names::Names;

/// The parameter that holds, as JSON, what is no parameter of its own.
pub const REMEMBERED: &str = "RememberedSettings";
/// What a parameter may hold.
pub(super) const LARGEST_PARAMETER_BYTES: usize = 4096;

/// Parameters by name.
pub type StackParameters = BTreeMap<String, String>;

/// What a deployed stack remembers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Remembered {
    /// Values by key.
    pub values: BTreeMap<&'static str, Value>,
    /// Plans, prices and thresholds that are no defaults.
    pub views: Value,
    /// The fingerprint of the salt that the views were rendered with.
    pub salt: Option<String>,
}

impl Remembered {
    /// Reads the parameters of a stack. What cannot be read is not remembered.
    pub fn of(parameters: &StackParameters) -> Self {
        let text = parameters.get(REMEMBERED).map_or("", String::as_str);
        let kept: Value = serde_json::from_str(text).unwrap_or_default();
        let mut values = BTreeMap::new();
        for setting in all() {
            let value = match setting.memory {
                Memory::Parameter(name) => parameters
                    .get(name)
                    .and_then(|text| setting.kind.of_text(text).ok()),
                Memory::Remembered => kept.get(setting.key).cloned(),
                Memory::Nothing | Memory::Fingerprint => None,
            };
            let is_empty = |value: &Value| value == "" || value == &json!([]);
            if let Some(value) = value.filter(|value| !is_empty(value)) {
                values.insert(setting.key, value);
            }
        }
        // A stack that was made by hand says where the exports are in its own parameters.
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
            salt: kept.get("salt").and_then(Value::as_str).map(str::to_owned),
        }
    }
}

impl Resolved {
    /// The parameters of the data stack, but for the function's code and the version. An error says what does not fit.
    pub fn parameters(&self, names: &Names) -> Result<StackParameters, String> {
        let mut parameters = StackParameters::new();
        let mut kept = Map::new();
        for (setting, value, _) in self.values.iter().filter(|(setting, ..)| is_kept(setting)) {
            match setting.memory {
                Memory::Parameter(name) => {
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
                Memory::Remembered => {
                    let default = setting
                        .default
                        .and_then(|text| setting.kind.of_text(text).ok());
                    let is_said = !value.is_null() && default.as_ref() != Some(value);
                    if is_said && value != "" && value != &json!([]) && value != &json!({}) {
                        kept.insert(setting.key.to_owned(), value.clone());
                    }
                }
                Memory::Nothing | Memory::Fingerprint => {}
            }
        }
        let views = difference(
            &serde_json::to_value(kiro_curate::Settings::default()).unwrap_or_default(),
            &serde_json::to_value(&self.settings.views).unwrap_or_default(),
        );
        if let Some(views) = views {
            kept.insert("views".to_owned(), views);
        }
        if let (true, Some(salt)) = (self.settings.hash_emails, &self.settings.hash_salt)
            && !salt.is_empty()
        {
            kept.insert("salt".to_owned(), Value::from(fingerprint(salt)));
        }
        parameters.insert(REMEMBERED.to_owned(), Value::Object(kept).to_string());
        sources::add(&mut parameters, &self.settings, &names.account)?;
        let too_long = parameters
            .iter()
            .find(|(_, text)| text.len() > LARGEST_PARAMETER_BYTES);
        match too_long {
            Some((name, text)) => Err(format!(
                "the stack's parameter `{name}` would have {} bytes, and CloudFormation allows {LARGEST_PARAMETER_BYTES}: fewer `exports`, `accounts`, `plans` or principals make it shorter",
                text.len()
            )),
            None => Ok(parameters),
        }
    }
}

/// Tells two salts apart without saying what they are.
pub(super) fn fingerprint(salt: &str) -> String {
    short_hash(format!("kiro-analytics salt {salt}"))
}

/// The members that differ, none if all are equal.
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
