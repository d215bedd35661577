//! The configuration file: its values, each with its line.

use std::path::Path;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use crate::problem::{Origin, Problem, Problems};
use crate::setting::{Scope, setting};
use crate::value::Kind;
use crate::views::insert;

/// The section of the deployment.
pub(crate) const DEPLOYMENT: &str = "deployment";

/// The values of a configuration file, in their order. Nothing but the syntax is checked yet.
#[derive(Debug, Clone, Default)]
pub struct ConfigFile {
    pub(crate) values: Vec<FileValue>,
}

/// A value of the file.
#[derive(Debug, Clone)]
pub(crate) struct FileValue {
    /// Its keys: sections, then its own.
    pub(crate) path: Vec<String>,
    pub(crate) value: Value,
    /// File and line.
    pub(crate) origin: Origin,
}

impl ConfigFile {
    /// Parses the text of the file at `path`. A folder in the file is meant relative to the file.
    ///
    /// # Errors
    ///
    /// If the text is not TOML.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Problems> {
        let origin = |offset: usize| {
            let line = text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
            Origin::File(format!("{}:{line}", path.display()))
        };
        let table = DeTable::parse(text).map_err(|error| {
            Problems(vec![Problem {
                origin: origin(error.span().map_or(0, |span| span.start)),
                key: String::new(),
                text: error.message().trim().replace('\n', ", "),
            }])
        })?;
        let mut leaves = Vec::new();
        collect_leaves(&mut Vec::new(), table.get_ref(), &mut leaves);
        leaves.sort_by_key(|(offset, ..)| *offset);
        let mut file = Self::default();
        for (offset, path_in_file, mut value) in leaves {
            if let [key] = path_in_file.as_slice()
                && setting(key).is_some_and(|setting| setting.kind == Kind::Path)
                && let Some(relative) = value.as_str()
            {
                let folder = path.parent().unwrap_or(Path::new(""));
                value = Value::from(folder.join(relative).to_string_lossy());
            }
            file.add(path_in_file, value, origin(offset));
        }
        Ok(file)
    }

    /// Adds a value. The members of a table in `[deployment]`, and of a setting that is a table, are one value.
    fn add(&mut self, mut path: Vec<String>, value: Value, origin: Origin) {
        let depth = match path[0].as_str() {
            DEPLOYMENT => 2,
            key if is_table(key) => 1,
            _ => usize::MAX,
        };
        let inner = path.split_off(depth.min(path.len()));
        let known = self.values.iter_mut().find(|known| known.path == path);
        if let Some(known) = known {
            insert(&mut known.value, &inner, value);
            return;
        }
        let mut nested = Value::Null;
        insert(&mut nested, &inner, value);
        self.values.push(FileValue {
            path,
            value: nested,
            origin,
        });
    }
}

/// Returns true for a setting at the top level that is a table.
fn is_table(key: &str) -> bool {
    setting(key)
        .is_some_and(|setting| setting.kind == Kind::Table && setting.scope != Scope::Deployment)
}

fn collect_leaves(
    path: &mut Vec<String>,
    table: &DeTable<'_>,
    leaves: &mut Vec<(usize, Vec<String>, Value)>,
) {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) if !inner.is_empty() => collect_leaves(path, inner, leaves),
            other => leaves.push((key.span().start, path.clone(), json(other))),
        }
        path.pop();
    }
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::from(number.to_string()), Value::from),
        DeValue::Float(number) => number
            .as_str()
            .parse::<f64>()
            .map_or_else(|_| Value::from(number.to_string()), Value::from),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Datetime(value) => Value::from(value.to_string()),
        DeValue::Array(values) => values.iter().map(|value| json(value.get_ref())).collect(),
        DeValue::Table(table) => table
            .iter()
            .map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())))
            .collect(),
    }
}
