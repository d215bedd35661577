//! The figure: columns with meanings and rows of raw values. Texts are keys, so a figure has no language.

use kiro_dashboard::spec::{Format, Grain, Kind};
use serde::Serialize;

use super::note::Note;
use crate::column::{ColumnRole, ValueType};
use crate::compile::PlanColumn;
use crate::span::Span;
use crate::value::Value;

/// The key of the row or series with the sum of what a limit cut off; its text is `value.other`.
pub const OTHER: &str = "~other";

/// One visual for one selection.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    pub id: String,
    pub kind: Kind,
    pub columns: Vec<FigureColumn>,
    pub rows: Vec<Vec<Value>>,
    /// Rows before paging, after search.
    pub total_rows: usize,
    /// A last row for everything; empty cells where there is no total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals: Option<Vec<Value>>,
    /// The same columns for the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<FigurePart>,
    /// Day and value, below a headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trend: Option<FigurePart>,
    /// The days that the rows cover; none: all data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Span>,
    /// The grain of the time axis, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grain: Option<Grain>,
    /// Why there is nothing to draw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub empty: Option<Empty>,
    pub notes: Vec<Note>,
}

/// Rows beside the figure's own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigurePart {
    pub rows: Vec<Vec<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Span>,
}

/// A column of a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigureColumn {
    pub name: String,
    /// The key of its text; with `label_format` a value to be formatted.
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_format: Option<Format>,
    #[serde(rename = "type")]
    pub value_type: ValueType,
    pub format: Format,
    pub role: ColumnRole,
    /// Names (`value.<meaning>.<value>`) and pinned colours of its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// `meaning.value` of the pinned colour of the whole column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// The picker that a click on one of its values can set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picker: Option<String>,
}

/// Why a figure is empty, and what to do: keys of texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Empty {
    pub reason: String,
    pub hint: String,
}

impl Empty {
    pub(super) fn because(reason: &str) -> Self {
        Self {
            reason: format!("empty.{reason}.reason"),
            hint: format!("empty.{reason}.hint"),
        }
    }
}

impl From<&PlanColumn<'_>> for FigureColumn {
    fn from(column: &PlanColumn<'_>) -> Self {
        Self {
            name: column.name.clone(),
            label: column.label.clone(),
            label_format: None,
            value_type: column.value_type,
            format: column.format,
            role: column.role,
            meaning: column.meaning.map(str::to_owned),
            colour: column.colour.map(str::to_owned),
            picker: column.picker.map(str::to_owned),
        }
    }
}
