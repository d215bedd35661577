//! Plans, prices and thresholds, merged key by key.

use kiro_catalog::{Settings, did_you_mean, nearest};
use serde::Deserialize;
use serde_json::Value;

use crate::file::FileValue;
use crate::problem::{Origin, Problem};

/// Merges the values of the file over those of the deployed stack, over the defaults. Drops remembered values that this
/// version does not have.
pub(crate) fn resolve(
    remembered: &Value,
    file: &[&FileValue],
    problems: &mut Vec<Problem>,
) -> Settings {
    let mut merged = Value::Object(serde_json::Map::new());
    let mut leaves = Vec::new();
    collect_leaves(&mut Vec::new(), remembered, &mut leaves);
    for (path, value) in leaves {
        if problem(&path, &value).is_none() {
            insert(&mut merged, &path, value);
        }
    }
    for FileValue {
        path,
        value,
        origin,
    } in file
    {
        match problem(path, value) {
            Some(text) => problems.push(Problem {
                origin: origin.clone(),
                key: path.join("."),
                text,
            }),
            None => insert(&mut merged, path, value.clone()),
        }
    }
    // Each value is sound by itself, so all are.
    let settings = Settings::deserialize(merged).unwrap_or_default();
    for text in settings.problems() {
        let named = file
            .iter()
            .find(|leaf| text.contains(&format!("`{}`", leaf.path.join("."))));
        problems.push(Problem {
            origin: named.map_or(Origin::Unset, |leaf| leaf.origin.clone()),
            key: String::new(),
            text,
        });
    }
    settings
}

/// Sets a member at any depth.
pub(crate) fn insert(object: &mut Value, path: &[String], value: Value) {
    match path.split_first() {
        None => *object = value,
        Some((first, rest)) => {
            if !object.is_object() {
                *object = Value::Object(serde_json::Map::new());
            }
            insert(&mut object[first.as_str()], rest, value);
        }
    }
}

/// The problem of a value by itself.
fn problem(path: &[String], value: &Value) -> Option<String> {
    let mut nested = Value::Null;
    insert(&mut nested, path, value.clone());
    let problem = Settings::deserialize(nested).err()?;
    Some(with_nearest(&problem.to_string()))
}

/// Adds the nearest name to serde's message of an unknown one: it quotes the name, then all known ones.
fn with_nearest(text: &str) -> String {
    let mut quoted = text.split('`').skip(1).step_by(2);
    let near = match quoted.next() {
        Some(found) if text.starts_with("unknown ") => nearest(found, quoted),
        Some(_) | None => None,
    };
    format!("{text}{}", did_you_mean(near.as_deref()))
}

fn collect_leaves(path: &mut Vec<String>, value: &Value, leaves: &mut Vec<(Vec<String>, Value)>) {
    let Value::Object(members) = value else {
        if !value.is_null() {
            leaves.push((path.clone(), value.clone()));
        }
        return;
    };
    for (key, value) in members {
        path.push(key.clone());
        collect_leaves(path, value, leaves);
        path.pop();
    }
}
