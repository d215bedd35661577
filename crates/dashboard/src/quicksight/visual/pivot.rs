//! A pivot: keys down, time across, totals of both.

use serde_json::{Value, json};

use super::{Drawn, dimensions_json, measures_json};
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::Field;
use crate::spec::{Order, Visual};

impl Compiler<'_> {
    pub(super) fn pivot(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let dimensions = self.dimensions(visual)?;
        let details = self.details(visual)?;
        let values = self.values(visual)?;
        let (keys, across) = dimensions.split_at(dimensions.len().saturating_sub(1));
        let rows: Vec<Field> = keys.iter().chain(&details).cloned().collect();
        let options: Vec<Value> = rows
            .iter()
            .chain(across)
            .chain(&values)
            .map(|field| json!({"FieldId": field.id, "CustomLabel": field.label, "Visibility": "VISIBLE"}))
            .collect();
        let mut sort = self.rows_by_size(visual, keys)?;
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
                    "CustomLabel": self.text("column.period_total"),
                },
                "ColumnTotalOptions": {
                    "TotalsVisibility": "VISIBLE",
                    "Placement": "END",
                    "CustomLabel": self.text("quicksight.total"),
                },
                "RowSubtotalOptions": {"TotalsVisibility": "HIDDEN"},
                "ColumnSubtotalOptions": {"TotalsVisibility": "HIDDEN"},
            },
            "FieldOptions": {"SelectedFieldOptions": options},
        });
        // Real pivots colour cells of values only, and say in which scope.
        let mut cells = self.cell_colours(visual, &[], &values)?;
        for cell in &mut cells {
            cell["Cell"]["Scopes"] = json!([{"Role": "FIELD"}]);
        }
        let mut drawn = Drawn::new("PivotTableVisual", configuration, dimensions);
        drawn.conditional_formatting = (!cells.is_empty()).then(|| json!(cells));
        Ok(drawn)
    }

    /// The rows by the measure that the file sorts by, over all columns.
    fn rows_by_size(&self, visual: &Visual, keys: &[Field]) -> Result<Vec<Value>, QuickSightError> {
        let Some(key) = keys.first() else {
            return Ok(Vec::new());
        };
        let (by, direction) = match visual.sort.first() {
            Some(sort) if sort.order == Order::Asc => (Some(&sort.by), "ASC"),
            Some(sort) => (Some(&sort.by), "DESC"),
            None => (visual.measures.first(), "DESC"),
        };
        let by = by.ok_or_else(|| QuickSightError::unresolved(&visual.id))?;
        if self.spec.measure(by).is_err() {
            return Ok(vec![json!({
                "FieldId": key.id,
                "SortBy": {"Field": {"FieldId": key.id, "Direction": direction}},
            })]);
        }
        let sort_by = self.column_sort(visual, by, direction)?;
        Ok(vec![
            json!({"FieldId": key.id, "SortBy": {"Column": sort_by}}),
        ])
    }
}
