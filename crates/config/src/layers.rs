//! Merges five layers into one configuration, and records the origin of each value.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::declarations::{Config, SETTINGS};
use crate::file::{ConfigFile, DEPLOYMENT, FileValue};
use crate::problem::{Origin, Problem, Problems};
use crate::remembered::Remembered;
use crate::resolved::Resolved;
use crate::setting::{Scope, Setting, deployment_settings, setting};
use crate::value::{Kind, is_empty};
use crate::{sample, views};

/// The layers above the deployed stack.
pub struct Layers<'a> {
    pub flags: Vec<Flag>,
    /// Reads an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    pub file: ConfigFile,
}

/// A setting on the command line.
#[derive(Debug, Clone)]
pub struct Flag {
    /// As typed: `--prefix`, `--set prefix`.
    pub name: String,
    pub key: String,
    pub text: String,
}

/// What locates the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackAddress {
    pub prefix: String,
    pub profile: Option<String>,
    pub region: Option<String>,
}

/// Values of file, environment and flags by key.
#[derive(Default)]
struct Overrides {
    values: BTreeMap<&'static str, (Value, Origin)>,
    problems: Vec<Problem>,
}

impl Flag {
    /// `--set KEY=VALUE`
    pub fn set(key: &str, text: &str) -> Self {
        Self {
            name: format!("--set {key}"),
            key: key.to_owned(),
            text: text.to_owned(),
        }
    }
}

impl Layers<'static> {
    /// Flags alone: no environment, no file.
    pub fn of_flags(flags: Vec<Flag>) -> Self {
        Self {
            flags,
            variable: &|_| None,
            file: ConfigFile::default(),
        }
    }
}

impl Layers<'_> {
    /// The settings that locate the stack.
    ///
    /// # Errors
    ///
    /// If one of these settings is invalid.
    pub fn address(&self) -> Result<StackAddress, Problems> {
        let (resolved, Problems(mut problems)) = self.merge(None);
        problems.retain(|problem| ["prefix", "profile", "region"].contains(&problem.key.as_str()));
        let config = resolved.settings;
        checked(
            StackAddress {
                prefix: config.prefix,
                profile: config.profile,
                region: config.region,
            },
            problems,
        )
    }

    /// The configuration of commands about local data. Ignores problems of the settings of a deployment.
    ///
    /// # Errors
    ///
    /// All other invalid settings at once, each with its origin.
    pub fn resolve_local(&self) -> Result<Config, Problems> {
        let (resolved, Problems(mut problems)) = self.merge(None);
        problems.retain(|problem| !problem.is_of_deployment());
        checked(resolved.settings, problems)
    }

    /// The configuration of commands of a deployment. `remembered` are the settings of the deployed stack, if there is one.
    ///
    /// # Errors
    ///
    /// All invalid settings at once, each with its origin.
    pub fn resolve(&self, remembered: Option<&Remembered>) -> Result<Resolved, Problems> {
        let (resolved, Problems(problems)) = self.merge(remembered);
        checked(resolved, problems)
    }

    /// Like [`Self::resolve`], without the invalid values, and with the problems of these.
    pub fn merge(&self, remembered: Option<&Remembered>) -> (Resolved, Problems) {
        let mut overrides = Overrides::default();
        let of_views = self.read_file(&mut overrides);
        self.read_environment(&mut overrides);
        self.read_flags(&mut overrides);
        let Overrides {
            values: mut overridden,
            mut problems,
        } = overrides;
        let no_views = Value::Null;
        let views = remembered.map_or(&no_views, |stack| &stack.views);
        let views = views::resolve(views, &of_views, &mut problems);
        // Problems of the file in its order, the others after them.
        let line = |problem: &Problem| {
            let values = &mut self.file.values.iter();
            let found = values.position(|value| value.origin == problem.origin);
            found.unwrap_or(usize::MAX)
        };
        problems.sort_by_key(line);
        let mut by_key = BTreeMap::new();
        let mut values = Vec::new();
        for setting in SETTINGS {
            let default = setting.default_value();
            let remembered = remembered.and_then(|stack| stack.values.get(setting.key));
            let (value, origin) = match (overridden.remove(setting.key), remembered, default) {
                (Some(found), ..) => found,
                (None, Some(value), default) if default.as_ref() != Some(value) => {
                    (value.clone(), Origin::Stack)
                }
                (None, _, Some(default)) => (default, Origin::Default),
                (None, _, None) => (Value::Null, Origin::Unset),
            };
            by_key.insert(setting.key, value.clone());
            if setting.scope != Scope::Local {
                values.push((setting, value, origin));
            }
        }
        let resolved = Resolved {
            settings: Config::from_values(&by_key, views),
            bucket_without_prefix: self.bucket_without_prefix(&values),
            remarks: [sample::remarks(self.variable), ineffective(&values)].concat(),
            values,
        };
        (resolved, Problems(problems))
    }

    /// Reads the file. Returns the values for the views.
    fn read_file(&self, overrides: &mut Overrides) -> Vec<&FileValue> {
        let mut of_views = Vec::new();
        for value in &self.file.values {
            let (key, is_of_deployment) = match value.path.as_slice() {
                [section] if section == DEPLOYMENT => continue,
                [section, key] if section == DEPLOYMENT => (key, true),
                [first, ..] => (first, false),
                [] => continue,
            };
            let is_here = |setting: &&Setting| match setting.scope {
                Scope::Local => !is_of_deployment,
                Scope::Shared => true,
                Scope::Deployment => is_of_deployment,
            };
            match setting(key).filter(is_here) {
                Some(setting) if is_of_deployment || value.path.len() == 1 => {
                    overrides.set(setting, value.parse(setting), value.origin.clone());
                }
                None if !is_of_deployment && sections().any(|section| section == key) => {
                    of_views.push(value);
                }
                Some(_) | None => {
                    let known = SETTINGS.iter().filter(is_here).map(|setting| setting.key);
                    let sections = sections().filter(|_| !is_of_deployment);
                    overrides.problems.push(Problem::unknown(
                        &value.path.join("."),
                        value.origin.clone(),
                        key,
                        known.chain(sections),
                    ));
                }
            }
        }
        of_views
    }

    fn read_environment(&self, overrides: &mut Overrides) {
        for setting in SETTINGS {
            let variables = setting.environment();
            let found = variables.iter().rev().filter_map(|name| {
                let text = (self.variable)(name).filter(|text| !text.trim().is_empty());
                Some((name, text?))
            });
            for (name, text) in found {
                let origin = Origin::Environment(name.clone());
                overrides.set(setting, setting.parse_text(&text), origin);
            }
            let is_own_set = || (self.variable)(&variables[0]).is_some_and(|text| !text.is_empty());
            if setting.key == "exports"
                && !is_own_set()
                && let Some(url) = sample::exports(self.variable)
            {
                let origin = Origin::Environment(sample::BUCKET.to_owned());
                overrides.set(setting, Ok(Value::from(vec![url])), origin);
            }
        }
    }

    fn read_flags(&self, overrides: &mut Overrides) {
        for Flag { name, key, text } in &self.flags {
            let origin = Origin::Flag(name.clone());
            let found = deployment_settings().find(|setting| setting.key == key);
            let Some(setting) = found else {
                let known = deployment_settings().map(|setting| setting.key);
                overrides
                    .problems
                    .push(Problem::unknown(key, origin, key, known));
                continue;
            };
            let value = if text.trim().is_empty() {
                Ok(setting.unset())
            } else {
                setting.parse_text(text)
            };
            overrides.set(setting, value, origin);
        }
    }

    /// See [`Resolved::bucket_without_prefix`].
    fn bucket_without_prefix(&self, values: &[(&Setting, Value, Origin)]) -> Option<String> {
        if (self.variable)(sample::PREFIX).is_some() {
            return None;
        }
        let exports = values.iter().find(|(setting, ..)| setting.key == "exports");
        let (_, value, origin) = exports?;
        if *origin != Origin::Environment(sample::BUCKET.to_owned()) {
            return None;
        }
        let bucket = value.get(0)?.as_str()?.strip_prefix("s3://")?;
        (!bucket.contains('/')).then(|| bucket.to_owned())
    }
}

/// Remarks about settings of a results bucket that the deployment does not create: that bucket keeps its own rules.
fn ineffective(values: &[(&Setting, Value, Origin)]) -> Vec<String> {
    let set = values.iter().filter(|(_, value, origin)| {
        !is_empty(value) && !matches!(origin, Origin::Default | Origin::Unset)
    });
    let keeps_bucket = set
        .clone()
        .any(|(setting, ..)| setting.key == "existing_results_bucket");
    if !keeps_bucket {
        return Vec::new();
    }
    let of_bucket = |key: &str| matches!(key, "old_version_days" | "query_result_days");
    set.filter(|(setting, ..)| of_bucket(setting.key))
        .map(|(setting, ..)| {
            format!(
                "`{}` has no effect: the bucket of `existing_results_bucket` keeps its lifecycle rules",
                setting.key
            )
        })
        .collect()
}

impl FileValue {
    /// An empty text resets a setting.
    fn parse(&self, setting: &Setting) -> Result<Value, String> {
        if self
            .value
            .as_str()
            .is_some_and(|text| text.trim().is_empty())
        {
            Ok(setting.unset())
        } else {
            setting.parse_file_value(&self.value)
        }
    }
}

impl Overrides {
    fn set(&mut self, setting: &'static Setting, value: Result<Value, String>, origin: Origin) {
        let value = value.map_err(|text| {
            if setting.is_secret() {
                // The text repeats the value.
                let kind = match setting.kind {
                    Kind::List => "list of texts",
                    Kind::Table => "table of texts",
                    _ => "text",
                };
                format!("is not a {kind}")
            } else {
                text
            }
        });
        let checked = value.and_then(|value| match (setting.check)(&value) {
            Some(problem) => Err(problem),
            None => Ok(value),
        });
        match checked {
            Ok(value) => {
                self.values.insert(setting.key, (value, origin));
            }
            Err(text) => self.problems.push(Problem {
                origin,
                key: setting.key.to_owned(),
                text,
            }),
        }
    }
}

/// The sections of the views' settings, and its keys without a section.
fn sections() -> impl Iterator<Item = &'static str> {
    kiro_catalog::Settings::sections().map(|section| section.name)
}

fn checked<T>(value: T, problems: Vec<Problem>) -> Result<T, Problems> {
    if problems.is_empty() {
        Ok(value)
    } else {
        Err(Problems(problems))
    }
}
