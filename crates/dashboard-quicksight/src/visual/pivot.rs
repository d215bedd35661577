//! A pivot: keys down, time across, totals of both.

use kiro_dashboard::spec::{Order, Visual};
use serde_json::{Value, json};

use super::compiled_visual::CompiledVisual;
use super::order::column_sort;
use super::parts::{dimensions_json, measures_json};
use crate::colour::cell_colours;
use crate::compiler::Compiler;
use crate::dimension_field::{detail_fields, dimension_fields};
use crate::error::{QuickSightError, Result};
use crate::field::Field;
use crate::measure_field::measure_fields;

pub(super) fn pivot(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<CompiledVisual> {
    let dimensions = dimension_fields(compiler, visual)?;
    let details = detail_fields(compiler, visual)?;
    let values = measure_fields(compiler, visual)?;
    let (keys, across) = dimensions.split_at(dimensions.len().saturating_sub(1));
    let rows: Vec<Field> = keys.iter().chain(&details).cloned().collect();
    let options: Vec<Value> = rows
        .iter()
        .chain(across)
        .chain(&values)
        .map(|field| json!({"FieldId": field.id, "CustomLabel": field.label, "Visibility": "VISIBLE"}))
        .collect();
    let mut sort = rows_by_size(compiler, visual, keys)?;
    for field in across {
        sort.push(json!({
            "FieldId": field.id,
            "SortBy": {"Field": {"FieldId": field.id, "Direction": "ASC"}},
        }));
    }
    let configuration = json!({
        "FieldWells": {"PivotTableAggregatedFieldWells": {
            "Rows": dimensions_json(&rows),
            "Columns": dimensions_json(across),
            "Values": measures_json(&values),
        }},
        "SortConfiguration": {"FieldSortOptions": sort},
        "TableOptions": {
            "MetricPlacement": "COLUMN",
            "SingleMetricVisibility": "HIDDEN",
            "ColumnNamesVisibility": "HIDDEN",
            "ToggleButtonsVisibility": "HIDDEN",
            "RowsLayout": "TABULAR",
        },
        "TotalOptions": {
            "RowTotalOptions": {
                "TotalsVisibility": "VISIBLE",
                "Placement": "END",
                "CustomLabel": compiler.text("column.period_total"),
            },
            "ColumnTotalOptions": {
                "TotalsVisibility": "VISIBLE",
                "Placement": "END",
                "CustomLabel": compiler.text("quicksight.total"),
            },
            "RowSubtotalOptions": {"TotalsVisibility": "HIDDEN"},
            "ColumnSubtotalOptions": {"TotalsVisibility": "HIDDEN"},
        },
        "FieldOptions": {"SelectedFieldOptions": options},
    });
    // Exported pivots colour cells of values only, each with a scope.
    let mut cells = cell_colours(compiler, visual, &[], &values)?;
    for cell in &mut cells {
        cell["Cell"]["Scopes"] = json!([{"Role": "FIELD"}]);
    }
    let mut chart = CompiledVisual::new("PivotTableVisual", configuration, dimensions);
    chart.conditional_formatting = (!cells.is_empty()).then(|| json!(cells));
    Ok(chart)
}

/// The sort of the rows by a measure over all columns.
fn rows_by_size(compiler: &Compiler<'_>, visual: &Visual, keys: &[Field]) -> Result<Vec<Value>> {
    let Some(key) = keys.first() else {
        return Ok(Vec::new());
    };
    let (by, direction) = match visual.sort.first() {
        Some(sort) if sort.order == Order::Asc => (Some(&sort.by), "ASC"),
        Some(sort) => (Some(&sort.by), "DESC"),
        None => (visual.measures.first(), "DESC"),
    };
    let by = by.ok_or_else(|| QuickSightError::unresolved(&visual.id))?;
    if compiler.spec.measure(by).is_err() {
        return Ok(vec![json!({
            "FieldId": key.id,
            "SortBy": {"Field": {"FieldId": key.id, "Direction": direction}},
        })]);
    }
    let sort_by = column_sort(compiler, visual, by, direction)?;
    Ok(vec![
        json!({"FieldId": key.id, "SortBy": {"Column": sort_by}}),
    ])
}
