//! Statements as policy documents.

use serde_json::{Map, Value, json};

use super::statement::Statement;

/// Maximum size of a managed policy. IAM does not count white space.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub const DOCUMENT_LIMIT_CHARACTERS: usize = 6_144;

/// The statements as policy documents: as few as their order allows, each within the size limit of a managed policy.
pub fn policy_documents(statements: &[Statement]) -> Vec<Value> {
    let mut documents: Vec<Vec<Value>> = Vec::new();
    for statement in statements.iter().map(Statement::to_policy) {
        match documents.last_mut() {
            Some(last) if fits(last, &statement) => last.push(statement),
            _ => documents.push(vec![statement]),
        }
    }
    documents.iter().map(|one| document(one)).collect()
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn fits(statements: &[Value], more: &Value) -> bool {
    let mut together = statements.to_vec();
    together.push(more.clone());
    size(&document(&together)) <= DOCUMENT_LIMIT_CHARACTERS
}

/// Number of characters, without white space.
pub(super) fn size(document: &Value) -> usize {
    let text = document.to_string();
    text.chars()
        .filter(|letter| !letter.is_whitespace())
        .count()
}

impl Statement {
    /// As IAM reads it.
    pub fn to_policy(&self) -> Value {
        let resources = self.resources.iter().map(|resource| &resource.pattern);
        let mut statement = json!({
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": self.actions(),
            "Resource": resources.collect::<Vec<_>>(),
        });
        if !self.conditions.is_empty() {
            let mut operators = Map::new();
            for condition in &self.conditions {
                let keys = operators
                    .entry(condition.operator)
                    .or_insert_with(|| json!({}));
                keys[condition.key] = match condition.values.as_slice() {
                    [value] => json!(value),
                    values => json!(values),
                };
            }
            statement["Condition"] = Value::Object(operators);
        }
        statement
    }
}
