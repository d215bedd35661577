//! The columns that a definition reads, by its fields and in its expressions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Dataset, then columns.
pub(crate) type DataSetColumns = BTreeMap<String, BTreeSet<String>>;

/// The columns of each dataset, without calculated fields.
pub(crate) fn used_columns(definition: &Value) -> DataSetColumns {
    let mut columns = DataSetColumns::new();
    collect(definition, &mut columns);
    for field in definition["CalculatedFields"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let (Some(data_set), Some(expression)) = (
            field["DataSetIdentifier"].as_str(),
            field["Expression"].as_str(),
        ) else {
            continue;
        };
        let known = columns.entry(data_set.to_owned()).or_default();
        known.extend(references(expression).map(str::to_owned));
    }
    for field in definition["CalculatedFields"]
        .as_array()
        .into_iter()
        .flatten()
    {
        if let (Some(data_set), Some(name)) =
            (field["DataSetIdentifier"].as_str(), field["Name"].as_str())
            && let Some(known) = columns.get_mut(data_set)
        {
            known.remove(name);
        }
    }
    columns
}

fn collect(value: &Value, columns: &mut DataSetColumns) {
    match value {
        Value::Object(members) => {
            if let (Some(Value::String(data_set)), Some(Value::String(column))) =
                (members.get("DataSetIdentifier"), members.get("ColumnName"))
            {
                let known = columns.entry(data_set.clone()).or_default();
                known.insert(column.clone());
            }
            members.values().for_each(|member| collect(member, columns));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, columns)),
        _ => {}
    }
}

/// The names in braces, except parameters, which have a dollar sign.
fn references(expression: &str) -> impl Iterator<Item = &str> {
    let mut rest = expression;
    let mut quote: Option<char> = None;
    let mut before = ' ';
    std::iter::from_fn(move || {
        loop {
            let letter = rest.chars().next()?;
            let after = rest.get(letter.len_utf8()..)?;
            let is_name = letter == '{' && quote.is_none();
            let is_parameter = before == '$';
            before = letter;
            rest = after;
            if is_name {
                let end = rest.find('}')?;
                let name = rest.get(..end)?;
                rest = rest.get(end + 1..)?;
                if !is_parameter {
                    return Some(name);
                }
            } else if quote == Some(letter) {
                quote = None;
            } else if quote.is_none() && matches!(letter, '\'' | '"') {
                quote = Some(letter);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_in_braces_outside_of_texts() {
        let names: Vec<&str> =
            references("ifelse({a b} = '{no}', sum({c}), ${Date} > 1, \"it's {no}\", {d})")
                .collect();
        assert_eq!(names, ["a b", "c", "d"]);
        let empty: BTreeSet<&str> = references("now()").collect();
        assert!(empty.is_empty());
    }
}
