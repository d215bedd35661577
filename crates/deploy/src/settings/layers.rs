//! Merges five layers into one set of settings, and records the origin of each value.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::deployment::DeploymentSettings;
use super::list::{all, setting};
use super::parameters::Remembered;
use super::setting::{Persistence, Setting};
use crate::aws::SdkOptions;

/// Variables of the AWS sample that have no setting, and what to do instead.
const WITHOUT_SETTING: &[(&str, &str)] = &[
    (
        "AUTO_APPROVE_IAM",
        "it approved one policy; `deploy --yes` approves the whole plan, which shows that policy",
    ),
    (
        "IDENTITY_MAPPING",
        "this version does not map ids to names: users are shown by their e-mail address, else by their id",
    ),
    (
        "IDENTITY_MAP_REFRESH_SCHEDULE",
        "this version does not map ids to names",
    ),
    (
        "REPROCESS_ALL",
        "a changed export is read again by itself; to read all again, deploy with another results bucket",
    ),
    (
        "ASSET_ID",
        "analysis and dashboard are named after `prefix`; `dashboard_name` is the title",
    ),
];

/// The layers above the deployed stack.
pub struct Layers<'a> {
    /// Flag as typed, key, text.
    pub flags: Vec<(String, String, String)>,
    /// Reads an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    pub file: Vec<FileValue>,
    /// Plans, prices and thresholds in the file: an object in the form of the file.
    pub views: Value,
}

/// A value of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileValue {
    /// Without `deployment.`
    pub key: String,
    pub value: Value,
    /// `kiro-analytics.toml:12`
    pub place: String,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "from", content = "place")]
pub enum Origin {
    Flag(String),
    Environment(String),
    File(String),
    Stack,
    Default,
    /// Not set: optional, or derived from other settings.
    Unset,
}

/// A problem of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub origin: Origin,
    pub key: String,
    pub text: String,
}

/// All problems, reported together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.0))]
pub struct Problems(pub Vec<Problem>);

/// One set of settings.
#[derive(Debug, Clone)]
pub struct Resolved {
    pub settings: DeploymentSettings,
    /// Every setting with its value (null if unset) and its origin.
    pub values: Vec<(&'static Setting, Value, Origin)>,
    /// Notes for the user that are not errors.
    pub remarks: Vec<String>,
    /// The bucket of the AWS sample's `KIRO_LOGS_BUCKET` if `KIRO_LOGS_PREFIX` is not set: the prefix has to be found.
    pub bucket_without_prefix: Option<String>,
}

impl Layers<'_> {
    /// The settings that locate the stack: prefix, profile and Region.
    ///
    /// # Errors
    ///
    /// If one of these settings is invalid.
    pub fn address(&self) -> Result<(String, SdkOptions), Problems> {
        let mut problems = Vec::new();
        let mut found = self.collect_overrides(&mut problems);
        let address_keys = ["prefix", "profile", "region"];
        problems.retain(|problem| address_keys.contains(&problem.key.as_str()));
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let mut text = |key: &str| {
            let (value, _) = found.remove(key)?;
            let text = value.as_str()?.to_owned();
            (!text.is_empty()).then_some(text)
        };
        let prefix = text("prefix").or_else(|| setting("prefix")?.default.map(str::to_owned));
        let address = SdkOptions {
            profile: text("profile"),
            region: text("region"),
        };
        Ok((prefix.unwrap_or_default(), address))
    }

    /// Resolves all settings. `remembered` are those of the deployed stack, if there is one.
    ///
    /// # Errors
    ///
    /// All invalid settings at once, each with its origin.
    pub fn resolve(&self, remembered: Option<&Remembered>) -> Result<Resolved, Problems> {
        let mut problems = Vec::new();
        let mut overrides = self.collect_overrides(&mut problems);
        let mut values = Vec::new();
        let mut merged = Map::new();
        for setting in all() {
            let default = setting
                .default
                .and_then(|text| setting.kind.of_text(text).ok());
            let remembered = remembered.and_then(|stack| stack.values.get(setting.key));
            let (value, origin) = match (overrides.remove(setting.key), remembered, default) {
                (Some(found), ..) => found,
                (None, Some(value), default) if default.as_ref() != Some(value) => {
                    (value.clone(), Origin::Stack)
                }
                (None, _, Some(default)) => (default, Origin::Default),
                (None, _, None) => (Value::Null, Origin::Unset),
            };
            if !value.is_null() {
                merged.insert(setting.key.to_owned(), value.clone());
            }
            values.push((setting, value, origin));
        }
        let mut views = remembered.map_or(Value::Null, |stack| stack.views.clone());
        merge(&mut views, &self.views);
        if views.is_object() {
            merged.insert("views".to_owned(), views);
        }
        let settings = DeploymentSettings::of(Value::Object(merged));
        let remarks = self.remarks();
        match settings {
            Ok(settings) if problems.is_empty() => {
                let bucket_without_prefix = self.bucket_without_prefix(&values);
                Ok(Resolved {
                    settings,
                    values,
                    remarks,
                    bucket_without_prefix,
                })
            }
            Ok(_) => Err(Problems(problems)),
            Err(text) => {
                if problems.is_empty() {
                    problems.push(Problem {
                        origin: Origin::Unset,
                        key: String::new(),
                        text,
                    });
                }
                Err(Problems(problems))
            }
        }
    }

    /// The values of file, environment and flags; later layers override earlier ones.
    fn collect_overrides(
        &self,
        problems: &mut Vec<Problem>,
    ) -> BTreeMap<&'static str, (Value, Origin)> {
        let mut overrides = BTreeMap::new();
        for file in &self.file {
            let origin = Origin::File(file.place.clone());
            let Some(setting) = setting(&file.key) else {
                problems.push(unknown(&file.key, origin));
                continue;
            };
            let value = if file
                .value
                .as_str()
                .is_some_and(|text| text.trim().is_empty())
            {
                Ok(setting.unset())
            } else {
                setting.kind.of_value(&file.value)
            };
            apply_override(setting, value, origin, &mut overrides, problems);
        }
        for setting in all() {
            let variables = setting.environment.iter().rev();
            for name in variables {
                let Some(text) = (self.variable)(name).filter(|text| !text.trim().is_empty())
                else {
                    continue;
                };
                let origin = Origin::Environment((*name).to_owned());
                apply_override(
                    setting,
                    setting.kind.of_text(&text),
                    origin,
                    &mut overrides,
                    problems,
                );
            }
            if setting.key == "exports"
                && (self.variable)("KIRO_ANALYTICS_EXPORTS").is_none_or(|text| text.is_empty())
                && let Some(url) = self.sample_bucket()
            {
                let origin = Origin::Environment("KIRO_LOGS_BUCKET".to_owned());
                apply_override(
                    setting,
                    Ok(Value::from(vec![url])),
                    origin,
                    &mut overrides,
                    problems,
                );
            }
        }
        for (flag, key, text) in &self.flags {
            let origin = Origin::Flag(flag.clone());
            let Some(setting) = setting(key) else {
                problems.push(unknown(key, origin));
                continue;
            };
            let value = if text.trim().is_empty() {
                Ok(setting.unset())
            } else {
                setting.kind.of_text(text)
            };
            apply_override(setting, value, origin, &mut overrides, problems);
        }
        overrides
    }

    /// The AWS sample's bucket and prefix as an address. The bucket may be a name, an ARN or an address.
    fn sample_bucket(&self) -> Option<String> {
        let bucket = (self.variable)("KIRO_LOGS_BUCKET").filter(|text| !text.trim().is_empty())?;
        let bucket = bucket.trim();
        let named = bucket.rsplit_once(":::").map_or(bucket, |(_, name)| name);
        let place = named.strip_prefix("s3://").unwrap_or(named);
        let prefix = (self.variable)("KIRO_LOGS_PREFIX").unwrap_or_default();
        let url = format!(
            "s3://{}/{}",
            place.trim_end_matches('/'),
            prefix.trim().trim_matches('/')
        );
        Some(url.trim_end_matches('/').to_owned())
    }

    /// See [`Resolved::bucket_without_prefix`].
    fn bucket_without_prefix(&self, values: &[(&Setting, Value, Origin)]) -> Option<String> {
        if (self.variable)("KIRO_LOGS_PREFIX").is_some() {
            return None;
        }
        let exports = values.iter().find(|(setting, ..)| setting.key == "exports");
        let (_, value, origin) = exports?;
        if *origin != Origin::Environment("KIRO_LOGS_BUCKET".to_owned()) {
            return None;
        }
        let bucket = value.get(0)?.as_str()?.strip_prefix("s3://")?;
        (!bucket.contains('/')).then(|| bucket.to_owned())
    }

    fn remarks(&self) -> Vec<String> {
        let set = WITHOUT_SETTING
            .iter()
            .filter(|(name, _)| (self.variable)(name).is_some_and(|text| is_yes(&text)));
        set.map(|(name, instead)| format!("`{name}` has no effect: {instead}"))
            .collect()
    }
}

impl Resolved {
    /// Sets the exports that were found in [`Self::bucket_without_prefix`]. Keeps configured accounts.
    pub fn set_found_exports(&mut self, url: &str, accounts: Vec<String>) {
        self.settings.exports = vec![url.to_owned()];
        if self.settings.accounts.is_empty() {
            self.settings.accounts = accounts;
        }
        let found = [
            ("exports", self.settings.exports.clone()),
            ("accounts", self.settings.accounts.clone()),
        ];
        for (setting, value, _) in &mut self.values {
            if let Some((_, found)) = found.iter().find(|(key, _)| *key == setting.key) {
                *value = Value::from(found.clone());
            }
        }
        self.bucket_without_prefix = None;
    }

    /// The value and the origin of a setting.
    pub fn value(&self, key: &str) -> Option<(&Value, &Origin)> {
        let found = self.values.iter().find(|(setting, ..)| setting.key == key);
        found.map(|(_, value, origin)| (value, origin))
    }
}

fn apply_override(
    setting: &'static Setting,
    value: Result<Value, String>,
    origin: Origin,
    overrides: &mut BTreeMap<&'static str, (Value, Origin)>,
    problems: &mut Vec<Problem>,
) {
    let checked = value.and_then(|value| match (setting.check)(&value) {
        Some(problem) => Err(problem),
        None => Ok(value),
    });
    match checked {
        Ok(value) => {
            overrides.insert(setting.key, (value, origin));
        }
        Err(text) => {
            let text = if setting.is_secret() {
                "is not a text".to_owned()
            } else {
                text
            };
            problems.push(Problem {
                origin,
                key: setting.key.to_owned(),
                text,
            });
        }
    }
}

fn unknown(key: &str, origin: Origin) -> Problem {
    let distance = |setting: &&Setting| strsim::damerau_levenshtein(key, setting.key);
    let nearest = all().min_by_key(distance);
    let nearest = nearest.filter(|setting| distance(setting) <= 1 + setting.key.len() / 4);
    let text = match nearest {
        Some(setting) => format!("unknown setting; did you mean `{}`?", setting.key),
        None => "unknown setting; `kiro-analytics config show` lists all settings".to_owned(),
    };
    Problem {
        origin,
        key: key.to_owned(),
        text,
    }
}

fn is_yes(text: &str) -> bool {
    !matches!(
        text.trim().to_ascii_lowercase().as_str(),
        "" | "false" | "no" | "0"
    )
}

/// Merges one object into another, member by member.
pub(super) fn merge(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                merge(below.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (below, above) => *below = above.clone(),
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => formatter.write_str(flag),
            Self::Environment(name) => write!(formatter, "{name}"),
            Self::File(place) => formatter.write_str(place),
            Self::Stack => formatter.write_str("the deployed stack"),
            Self::Default => formatter.write_str("default"),
            Self::Unset => formatter.write_str("not set"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = setting(&self.key).map_or_else(|| self.key.clone(), Setting::path);
        match &self.origin {
            Origin::Unset | Origin::Default if name.is_empty() => formatter.write_str(&self.text),
            Origin::Unset | Origin::Default => write!(formatter, "`{name}`: {}", self.text),
            origin => write!(formatter, "{origin}: `{name}`: {}", self.text),
        }
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Returns true if the stack stores the setting.
pub(super) fn is_stored_in_stack(setting: &Setting) -> bool {
    matches!(
        setting.persistence,
        Persistence::Parameter(_) | Persistence::StackJson
    )
}
