//! The role of a result's column, and the type of its values.

use serde::Serialize;

/// The role of a column, with the names that a figure's JSON has.
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

/// The type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    Text,
    Number,
    Date,
    Flag,
}
