//! The configuration file, below flags and environment variables.
//!
//! Order: flag, environment, file, default. Everything wrong with a file is reported at once, with its line.

use std::io;
use std::path::{Path, PathBuf};

use kiro_catalog::{Emails, RenderOptions, Settings};
use kiro_query::EngineOptions;
use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use crate::args::{DataArgs, Window};
use crate::command_error::CommandError;

/// The file that is read when none is named.
pub(crate) const DEFAULT_FILE: &str = "kiro-analytics.toml";
/// Where `normalize` is expected to have written.
pub(crate) const DEFAULT_DATA: &str = "kiro-analytics-data";

/// What the configuration file decides.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Config {
    pub(crate) data: Option<PathBuf>,
    pub(crate) hash_emails: Option<bool>,
    pub(crate) hash_salt: Option<String>,
    /// Plans, prices and thresholds of the views.
    pub(crate) settings: Settings,
    /// Those of them that the file sets.
    pub(crate) views_written: serde_json::Map<String, serde_json::Value>,
    /// The file's settings of a deployment, checked by its commands.
    pub(crate) deployment: Vec<DeploymentValue>,
}

/// A value of the section `[deployment]`, or one that it shares with other commands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DeploymentValue {
    pub(crate) key: String,
    pub(crate) value: serde_json::Value,
    /// File and line.
    pub(crate) place: String,
}

/// The keys that are ours; all others are those of [`Settings`].
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnKeys {
    data: Option<PathBuf>,
    hash_emails: Option<bool>,
    hash_salt: Option<String>,
}

/// The section of the deployment.
const DEPLOYMENT: &str = "deployment";

const OWN_KEYS: [&str; 3] = ["data", "hash_emails", "hash_salt"];

impl Config {
    /// Reads the named file, else `kiro-analytics.toml` in the current folder if it exists.
    pub(crate) fn load(named: Option<&Path>) -> Result<Self, CommandError> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => {
                let error = anyhow::Error::new(error)
                    .context(format!("could not read `{}`", path.display()));
                return Err(CommandError::usage(error)
                    .hint("name an existing file with --config, or leave the flag out"));
            }
        };
        Self::parse(&text, path).map_err(|problems| {
            let errors = problems.into_iter().map(|problem| anyhow::anyhow!(problem));
            CommandError {
                exit: crate::exit::Exit::Usage,
                errors: errors.collect(),
                hint: Some(
                    "kiro-analytics.example.toml has every setting with its default".to_owned(),
                ),
            }
        })
    }

    /// A folder in the file is meant relative to the file.
    fn parse(text: &str, path: &Path) -> Result<Self, Vec<String>> {
        let place = |offset: usize| {
            let line = text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
            format!("{}:{line}", path.display())
        };
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            vec![format!("{}: {}", place(at), one_line(error.message()))]
        })?;

        let mut leaves = Vec::new();
        collect_leaves(&mut Vec::new(), table.get_ref(), &mut leaves);
        leaves.sort_by_key(|leaf| leaf.offset);
        let deployment = deployment_values(&mut leaves, place);
        let mut problems: Vec<(usize, String)> = Vec::new();
        let mut sound = Vec::new();
        for leaf in &leaves {
            match leaf.problem() {
                Some(problem) => {
                    problems.push((leaf.offset, format!("`{}`: {problem}", leaf.name())));
                }
                None => sound.push(leaf),
            }
        }
        let (own, others): (Vec<&Leaf>, Vec<&Leaf>) =
            sound.into_iter().partition(|leaf| leaf.is_own());
        let whole =
            |error: toml::de::Error| vec![format!("{}: {}", path.display(), problem_of(&error))];
        let own: OwnKeys = nested(&own).try_into().map_err(whole)?;
        let written = nested(&others).try_into().map_err(whole)?;
        let settings: Settings = nested(&others).try_into().map_err(whole)?;
        for problem in settings.problems() {
            let named = leaves
                .iter()
                .filter(|leaf| problem.contains(&format!("`{}`", leaf.name())));
            problems.push((named.map(|leaf| leaf.offset).min().unwrap_or(0), problem));
        }
        if !problems.is_empty() {
            problems.sort();
            let placed = problems
                .into_iter()
                .map(|(offset, problem)| format!("{}: {problem}", place(offset)));
            return Err(placed.collect());
        }
        let beside_file = |data: PathBuf| path.parent().unwrap_or(Path::new("")).join(data);
        Ok(Self {
            data: own.data.map(beside_file),
            hash_emails: own.hash_emails,
            hash_salt: own.hash_salt,
            views_written: written,
            deployment,
            settings,
        })
    }

    /// The folder to answer from.
    pub(crate) fn data_folder(&self, args: &DataArgs) -> PathBuf {
        let named = args.data.clone().or_else(|| self.data.clone());
        named.unwrap_or_else(|| PathBuf::from(DEFAULT_DATA))
    }

    /// What hashes and pseudonyms are salted with.
    pub(crate) fn salt(&self, args: &DataArgs) -> Option<String> {
        args.hash_salt.clone().or_else(|| self.hash_salt.clone())
    }

    /// Everything the engine needs to know.
    pub(crate) fn engine_options(&self, args: &DataArgs, window: Window) -> EngineOptions {
        let is_hashed = args.hash_emails.or(self.hash_emails).unwrap_or(false);
        EngineOptions {
            data: self.data_folder(args),
            render: RenderOptions {
                emails: if is_hashed {
                    Emails::Hashed {
                        salt: self.salt(args).unwrap_or_default(),
                    }
                } else {
                    Emails::Plain
                },
                settings: self.settings.clone(),
                ..RenderOptions::default()
            },
            since: window.since,
            until: window.until,
        }
    }
}

/// One value of the file with its path and position.
struct Leaf {
    path: Vec<String>,
    value: toml::Value,
    offset: usize,
}

impl Leaf {
    fn name(&self) -> String {
        self.path.join(".")
    }

    fn is_own(&self) -> bool {
        self.path
            .first()
            .is_some_and(|key| OWN_KEYS.contains(&key.as_str()))
    }

    /// The problem of this value by itself.
    fn problem(&self) -> Option<String> {
        let first = self.path.first().map_or("", String::as_str);
        if self.is_own() {
            return nested(&[self])
                .try_into::<OwnKeys>()
                .err()
                .map(|error| problem_of(&error));
        }
        let sections = sections();
        if !sections.iter().any(|section| section == first) {
            let own = OWN_KEYS.iter().chain(&[DEPLOYMENT]);
            let known = own.map(|key| (*key).to_owned()).chain(sections);
            return Some(match nearest(first, known) {
                Some(near) => format!("there is no such setting; did you mean `{near}`?"),
                None => "there is no such setting".to_owned(),
            });
        }
        nested(&[self])
            .try_into::<Settings>()
            .err()
            .map(|error| problem_of(&error))
    }
}

/// Moves the values of the deployment out of the leaves, and copies those that it shares with other commands.
fn deployment_values(
    leaves: &mut Vec<Leaf>,
    place: impl Fn(usize) -> String,
) -> Vec<DeploymentValue> {
    let mut values: Vec<DeploymentValue> = Vec::new();
    for leaf in leaves.iter() {
        let (key, member) = match leaf.path.as_slice() {
            [section, key] if section == DEPLOYMENT => (key, None),
            [section, key, member] if section == DEPLOYMENT => (key, Some(member)),
            [key] if key != "data" && OWN_KEYS.contains(&key.as_str()) => (key, None),
            _ => continue,
        };
        let value = serde_json::to_value(&leaf.value).unwrap_or_default();
        match (member, values.iter_mut().find(|known| known.key == *key)) {
            (Some(member), Some(known)) => known.value[member] = value,
            (member, _) => values.push(DeploymentValue {
                key: key.clone(),
                value: match member {
                    Some(member) => serde_json::json!({ member: value }),
                    None => value,
                },
                place: place(leaf.offset),
            }),
        }
    }
    leaves.retain(|leaf| {
        leaf.path
            .first()
            .is_none_or(|section| section != DEPLOYMENT)
    });
    values
}

/// The names of the settings' sections, read from the settings themselves.
fn sections() -> Vec<String> {
    match toml::Value::try_from(Settings::default()) {
        Ok(toml::Value::Table(table)) => table.keys().cloned().collect(),
        Ok(_) | Err(_) => Vec::new(),
    }
}

fn nearest(wrong: &str, known: impl Iterator<Item = String>) -> Option<String> {
    known
        .map(|name| (strsim::damerau_levenshtein(wrong, &name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min()
        .map(|(_, name)| name)
}

fn problem_of(error: &toml::de::Error) -> String {
    one_line(error.message())
}

fn one_line(text: &str) -> String {
    text.trim().replace('\n', ", ")
}

fn collect_leaves(path: &mut Vec<String>, table: &DeTable<'_>, leaves: &mut Vec<Leaf>) {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) if !inner.is_empty() => collect_leaves(path, inner, leaves),
            other => leaves.push(Leaf {
                path: path.clone(),
                value: plain(other),
                offset: key.span().start,
            }),
        }
        path.pop();
    }
}

/// The value without its place in the text.
fn plain(value: &DeValue<'_>) -> toml::Value {
    match value {
        DeValue::String(text) => toml::Value::String(text.to_string()),
        DeValue::Integer(number) => {
            let parsed = i64::from_str_radix(number.as_str(), number.radix());
            parsed.map_or_else(
                |_| toml::Value::String(number.to_string()),
                toml::Value::Integer,
            )
        }
        DeValue::Float(number) => {
            let parsed = number.as_str().parse();
            parsed.map_or_else(
                |_| toml::Value::String(number.to_string()),
                toml::Value::Float,
            )
        }
        DeValue::Boolean(value) => toml::Value::Boolean(*value),
        DeValue::Datetime(value) => toml::Value::Datetime(*value),
        DeValue::Array(values) => {
            toml::Value::Array(values.iter().map(|value| plain(value.get_ref())).collect())
        }
        DeValue::Table(table) => {
            let pairs = table
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), plain(value.get_ref())));
            toml::Value::Table(pairs.collect())
        }
    }
}

/// A table that holds just these values.
fn nested(leaves: &[&Leaf]) -> toml::Value {
    let mut root = toml::Table::new();
    for leaf in leaves {
        insert(&mut root, &leaf.path, leaf.value.clone());
    }
    toml::Value::Table(root)
}

fn insert(table: &mut toml::Table, path: &[String], value: toml::Value) {
    match path {
        [] => {}
        [last] => {
            table.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let inner = table
                .entry(first.clone())
                .or_insert_with(|| toml::Value::Table(toml::Table::new()));
            if let toml::Value::Table(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, Vec<String>> {
        Config::parse(text, Path::new("here/kiro-analytics.toml"))
    }

    #[test]
    fn an_empty_file_decides_nothing() {
        assert_eq!(parse("").unwrap(), Config::default());
    }

    #[test]
    fn the_data_folder_is_relative_to_the_file() {
        let config = parse("data = \"parts\"\nhash_emails = true\n").unwrap();
        assert_eq!(config.data, Some(PathBuf::from("here/parts")));
        assert_eq!(config.hash_emails, Some(true));
    }

    #[test]
    fn settings_are_laid_over_their_defaults() {
        let config =
            parse("[overage]\nusd_per_credit = 0.05\n[plans.PRO]\nmonthly_fee_usd = 20\n").unwrap();
        assert!((config.settings.overage.usd_per_credit - 0.05).abs() < f64::EPSILON);
        assert_eq!(config.settings.plans.0["PRO"].monthly_fee_usd, Some(20.0));
        assert_eq!(config.settings.budget, Settings::default().budget);
    }

    #[test]
    fn every_problem_is_reported_with_its_line() {
        let text = "dat = \"x\"\nhash_emails = \"maybe\"\n\n[overage]\nusd_per_credits = 1\nreading = \"weekly\"\n\
                    [budget]\nidle_after_days = -1\n[nonsense]\nx = 1\n";
        let problems = parse(text).unwrap_err();
        let places: Vec<&str> = problems
            .iter()
            .filter_map(|problem| problem.split(": `").next())
            .collect();
        let lines = [1, 2, 5, 6, 8, 10].map(|line| format!("here/kiro-analytics.toml:{line}"));
        assert_eq!(places, lines, "{problems:#?}");
        assert!(
            problems
                .iter()
                .any(|problem| problem.ends_with("did you mean `data`?")),
            "{problems:#?}"
        );
    }

    #[test]
    fn thresholds_out_of_order_are_found_with_their_line() {
        let problems = parse("[budget]\nat_risk_share = 0.95\n").unwrap_err();
        assert_eq!(problems.len(), 1);
        assert!(
            problems[0].starts_with("here/kiro-analytics.toml:2: "),
            "{problems:?}"
        );
    }

    #[test]
    fn broken_toml_names_its_line() {
        let problems = parse("data = \"x\"\nhash_emails = = true\n").unwrap_err();
        assert!(
            problems[0].starts_with("here/kiro-analytics.toml:2: "),
            "{problems:?}"
        );
    }

    #[test]
    fn the_example_file_has_every_default() {
        let text = include_str!("../../../kiro-analytics.example.toml");
        let config = parse(text).unwrap();
        assert_eq!(config.settings, Settings::default());
        // Every setting that has a default is written down, so the example cannot fall behind.
        let written: toml::Table = text.parse().unwrap();
        let defaults = toml::Table::try_from(Settings::default()).unwrap();
        for (section, keys) in &defaults {
            let toml::Value::Table(keys) = keys else {
                assert!(written.contains_key(section), "{section}");
                continue;
            };
            for key in keys.keys() {
                let there = written.get(section).and_then(|section| section.get(key));
                assert!(there.is_some(), "{section}.{key}");
            }
        }
    }
}
