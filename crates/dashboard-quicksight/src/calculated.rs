//! Calculated fields: collected while visuals are compiled, each once, under readable names.

use serde_json::{Value, json};

/// The calculated fields of a definition.
#[derive(Debug, Default)]
pub(crate) struct CalculatedFields {
    fields: Vec<CalculatedField>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct CalculatedField {
    data_set: String,
    name: String,
    expression: String,
}

/// Maximum length of a name (API limit).
const MAX_NAME_CHARS: usize = 128;

impl CalculatedFields {
    /// The name of the field with that expression: `preferred`, with a number if `is_taken` returns true for it or another
    /// field of the dataset has it. Names are compared without regard to case, as columns are.
    pub(crate) fn name(
        &mut self,
        data_set: &str,
        preferred: &str,
        expression: &str,
        is_taken: impl Fn(&str) -> bool,
    ) -> String {
        let same = self.fields.iter().find(|field| {
            field.data_set == data_set
                && field.expression == expression
                && is_numbered_form(&field.name, preferred)
        });
        if let Some(field) = same {
            return field.name.clone();
        }
        let name = (1..=self.fields.len() + 2)
            .map(|number| numbered(preferred, number))
            .find(|name| !is_taken(name) && !self.has(data_set, name))
            .unwrap_or_default();
        self.fields.push(CalculatedField {
            data_set: data_set.to_owned(),
            name: name.clone(),
            expression: expression.to_owned(),
        });
        name
    }

    fn has(&self, data_set: &str, name: &str) -> bool {
        self.fields.iter().any(|field| {
            field.data_set == data_set && field.name.to_lowercase() == name.to_lowercase()
        })
    }

    /// The fields as JSON, sorted by dataset and name.
    pub(crate) fn json(&self) -> Vec<Value> {
        let mut fields: Vec<&CalculatedField> = self.fields.iter().collect();
        fields.sort_by(|a, b| (&a.data_set, &a.name).cmp(&(&b.data_set, &b.name)));
        fields
            .into_iter()
            .map(|field| {
                json!({
                    "DataSetIdentifier": field.data_set,
                    "Name": field.name,
                    "Expression": field.expression,
                })
            })
            .collect()
    }
}

/// `preferred`, then `preferred (2)`, …
fn numbered(preferred: &str, number: usize) -> String {
    let suffix = if number == 1 {
        String::new()
    } else {
        format!(" ({number})")
    };
    let base: String = preferred
        .chars()
        .filter(|c| !matches!(c, '{' | '}'))
        .take(MAX_NAME_CHARS - suffix.len())
        .collect();
    format!("{}{suffix}", base.trim())
}

/// Returns true if a name is `preferred`, with or without a number.
fn is_numbered_form(name: &str, preferred: &str) -> bool {
    let base = numbered(preferred, 1);
    name.strip_prefix(&base)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_expression_has_one_name_and_one_name_one_expression() {
        let mut fields = CalculatedFields::default();
        let columns = |name: &str| name == "messages";
        let mut name = |preferred: &str, expression: &str| {
            fields.name("models", preferred, expression, columns)
        };
        assert_eq!(name("Users", "a"), "Users");
        assert_eq!(name("Users", "a"), "Users");
        assert_eq!(name("users", "b"), "users (2)");
        assert_eq!(name("messages", "c"), "messages (2)");
        assert_eq!(name("{Odd}", "d"), "Odd");
        assert!(name(&"long ".repeat(50), "e").chars().count() <= MAX_NAME_CHARS);
        assert_eq!(fields.json().len(), 5);
    }
}
