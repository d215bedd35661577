//! What a column of a result is for, and the type of its values.

use serde::Serialize;

/// What a column is for. The names are those of the figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    Category,
    Series,
    Value,
    Detail,
    UserId,
    Hidden,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    Text,
    Number,
    Date,
    Flag,
}
