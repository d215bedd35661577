//! Measures as rows, and measures that are zero everywhere.

use kiro_dashboard::spec::Format;

use super::model::{Figure, FigureColumn};
use super::note::{Note, NoteValue};
use crate::column::{ColumnRole, ValueType};
use crate::compile::{PlanColumn, Source, VisualPlan};
use crate::value::Value;

/// One row per measure: its name, its value, and its value before.
pub(super) fn transpose(plan: &VisualPlan<'_>, figure: &mut Figure) {
    let current = figure.rows.pop().unwrap_or_default();
    let previous = figure
        .previous
        .take()
        .and_then(|mut previous| previous.rows.pop());
    let measures: Vec<&PlanColumn<'_>> = plan
        .columns
        .iter()
        .filter(|column| column.role == ColumnRole::Value)
        .collect();
    let format = measures
        .first()
        .map_or(Format::Count, |measure| measure.format);
    let value = |name: &str, label: &str, role| FigureColumn {
        name: name.to_owned(),
        label: label.to_owned(),
        label_format: None,
        value_type: ValueType::Number,
        format,
        role,
        meaning: None,
        colour: None,
        picker: None,
    };
    let mut columns = vec![
        FigureColumn {
            value_type: ValueType::Text,
            format: Format::Text,
            meaning: Some("measure".to_owned()),
            ..value("measure", "column.measure", ColumnRole::Category)
        },
        value("value", "column.value", ColumnRole::Value),
    ];
    if previous.is_some() {
        columns.push(value("previous", "column.previous", ColumnRole::Value));
    }
    let mut zero = Vec::new();
    for (index, measure) in measures.iter().enumerate() {
        let Source::Measure(name) = measure.source else {
            continue;
        };
        let cell = |values: &Vec<Value>| values.get(index).cloned().unwrap_or_default();
        let cells: Vec<Value> = [Some(&current), previous.as_ref()]
            .into_iter()
            .flatten()
            .map(cell)
            .collect();
        // A share of 0 % is a result; only an unknown share is folded.
        let is_folded =
            |cell: &Value| cell.is_null() || (measure.format != Format::Percent && is_zero(cell));
        if plan.visual.fold_zero && cells.iter().all(is_folded) {
            zero.push(measure.label.clone());
            continue;
        }
        figure
            .rows
            .push([vec![Value::Text(name.to_owned())], cells].concat());
    }
    figure.columns = columns;
    push_zero_note(figure, zero);
}

/// Removes measures that are zero in all rows, and names them in a note.
pub(super) fn fold_zero_columns(figure: &mut Figure) {
    let mut zero = Vec::new();
    for index in (0..figure.columns.len()).rev() {
        let is_value = figure
            .columns
            .get(index)
            .is_some_and(|column| column.role == ColumnRole::Value);
        if !is_value
            || figure
                .rows
                .iter()
                .any(|row| row.get(index).is_some_and(|cell| !is_zero(cell)))
        {
            continue;
        }
        zero.insert(0, figure.columns.remove(index).label);
        let parts = [
            Some(&mut figure.rows),
            figure.previous.as_mut().map(|part| &mut part.rows),
        ];
        for row in parts.into_iter().flatten().flatten() {
            if index < row.len() {
                row.remove(index);
            }
        }
        if let Some(totals) = &mut figure.totals {
            totals.remove(index);
        }
    }
    push_zero_note(figure, zero);
}

fn is_zero(value: &Value) -> bool {
    value.is_null() || value.number() == Some(0.0)
}

fn push_zero_note(figure: &mut Figure, zero: Vec<String>) {
    if !zero.is_empty() {
        figure
            .notes
            .push(Note::new("zero").with("names", NoteValue::Texts(zero)));
    }
}
