//! Tables: one row per key, or one row per measure.

use serde_json::{Value, json};

use super::order::Sortable;
use super::{Drawn, dimensions_json, measures_json};
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::{Field, Shape};
use crate::quicksight::period::Period;
use crate::spec::Visual;

const PAGE_ROWS: u32 = 500;

impl Compiler<'_> {
    pub(super) fn table(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        if visual.transpose {
            return self.transposed(visual);
        }
        let dimensions = self.dimensions(visual)?;
        let details = self.details(visual)?;
        let shown = self.values(visual)?;
        // What only sorts is a field too, which nobody sees.
        let mut values = shown.clone();
        for (place, measure) in visual.hidden.iter().enumerate() {
            values.push(self.value(visual, &format!("hidden{place}"), measure, None)?);
        }
        let sortable = Sortable {
            dimensions: &dimensions,
            details: &details,
            values: &values,
        };
        let sort = self.order(visual, &sortable)?;
        let groups: Vec<Field> = dimensions.iter().chain(&details).cloned().collect();
        let mut options = wide(visual, &groups, &shown);
        for hidden in values.get(shown.len()..).unwrap_or_default() {
            let mut option = named(hidden);
            option["Visibility"] = json!("HIDDEN");
            options.push(option);
        }
        let order: Vec<&str> = groups
            .iter()
            .chain(&values)
            .map(|field| field.id.as_str())
            .collect();
        let mut configuration = json!({
            "FieldWells": {"TableAggregatedFieldWells": {
                "GroupBy": dimensions_json(&groups),
                "Values": measures_json(&values),
            }},
            "SortConfiguration": {
                "RowSort": sort,
                "PaginationConfiguration": {"PageSize": PAGE_ROWS, "PageNumber": 1},
            },
            "TableOptions": {"HeaderStyle": {"TextWrap": "WRAP"}},
            "FieldOptions": {"SelectedFieldOptions": options, "Order": order},
            "TotalOptions": {"TotalsVisibility": "HIDDEN"},
        });
        if visual.totals {
            configuration["TotalOptions"] = json!({
                "TotalsVisibility": "VISIBLE",
                "Placement": "END",
                "CustomLabel": self.text("quicksight.total"),
            });
        }
        let cells = self.cell_colours(visual, &groups, &shown)?;
        let mut drawn = Drawn::new("TableVisual", configuration, dimensions);
        drawn.conditional_formatting = (!cells.is_empty()).then(|| json!(cells));
        Ok(drawn)
    }

    /// One row per measure, one column per period.
    fn transposed(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let values = self.values(visual)?;
        let mut groups = Vec::new();
        if visual.compare {
            let dataset = self.dataset_of(visual)?;
            groups.push(Field {
                id: format!("{}.period", visual.id.value),
                data_set: dataset.relation.value.clone(),
                column: self.period_name(dataset, visual)?,
                label: self.text("quicksight.dates"),
                shape: Shape::Text,
                drills: false,
            });
        }
        let options: Vec<Value> = groups.iter().chain(&values).map(named).collect();
        // The current period first: texts are sorted as they are written.
        let ascends = self.text(Period::Current.text()) < self.text(Period::Previous.text());
        let direction = if ascends { "ASC" } else { "DESC" };
        let sort: Vec<Value> = groups.iter().map(|field| field.sort(direction)).collect();
        let configuration = json!({
            "FieldWells": {"TableAggregatedFieldWells": {
                "GroupBy": dimensions_json(&groups),
                "Values": measures_json(&values),
            }},
            "SortConfiguration": {"RowSort": sort},
            "TableOptions": {"Orientation": "HORIZONTAL"},
            "FieldOptions": {"SelectedFieldOptions": options},
            "TotalOptions": {"TotalsVisibility": "HIDDEN"},
        });
        Ok(Drawn::new("TableVisual", configuration, Vec::new()))
    }
}

/// The width of a sheet that columns are shared out for, and the least and the most for one.
const SHEET_PIXELS: u32 = 1560;
const COLUMN_PIXELS: std::ops::RangeInclusive<u32> = 80..=360;

/// Every column under its label, together as wide as the table: texts take twice the room of numbers.
fn wide(visual: &Visual, groups: &[Field], values: &[Field]) -> Vec<Value> {
    let share = |field: &Field| if field.shape == Shape::Text { 2 } else { 1 };
    let fields = || groups.iter().chain(values);
    let shares = fields().map(share).sum::<u32>().max(1);
    let pixels = SHEET_PIXELS * visual.layout.w / 12;
    fields()
        .map(|field| {
            let width = (pixels * share(field) / shares)
                .clamp(*COLUMN_PIXELS.start(), *COLUMN_PIXELS.end());
            let mut option = named(field);
            option["Width"] = json!(format!("{width}px"));
            option
        })
        .collect()
}

fn named(field: &Field) -> Value {
    json!({"FieldId": field.id, "CustomLabel": field.label})
}
