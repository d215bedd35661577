//! Tables: one row per key, or one row per measure.

use kiro_dashboard::spec::Visual;
use serde_json::{Value, json};

use super::compiled_visual::CompiledVisual;
use super::order::{Sortable, sorts};
use super::parts::{dimensions_json, measures_json};
use crate::colour::cell_colours;
use crate::compiler::Compiler;
use crate::dimension_field::{detail_fields, dimension_fields};
use crate::error::Result;
use crate::field::{Field, Shape};
use crate::measure_field::{measure_field, measure_fields};
use crate::period::{Period, period_name};

const PAGE_ROWS: u32 = 500;

pub(super) fn table(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<CompiledVisual> {
    if visual.transpose {
        return transposed(compiler, visual);
    }
    let dimensions = dimension_fields(compiler, visual)?;
    let details = detail_fields(compiler, visual)?;
    let shown = measure_fields(compiler, visual)?;
    // A hidden measure is a hidden field.
    let mut values = shown.clone();
    for (index, measure) in visual.hidden.iter().enumerate() {
        values.push(measure_field(
            compiler,
            visual,
            &format!("hidden{index}"),
            measure,
            None,
        )?);
    }
    let sortable = Sortable {
        dimensions: &dimensions,
        details: &details,
        values: &values,
    };
    let sort = sorts(compiler, visual, &sortable)?;
    let groups: Vec<Field> = dimensions.iter().chain(&details).cloned().collect();
    let mut options = column_options(visual, &groups, &shown);
    for hidden in values.get(shown.len()..).unwrap_or_default() {
        let mut option = label_option(hidden);
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
            "CustomLabel": compiler.text("quicksight.total"),
        });
    }
    let cells = cell_colours(compiler, visual, &groups, &shown)?;
    let mut chart = CompiledVisual::new("TableVisual", configuration, dimensions);
    chart.conditional_formatting = (!cells.is_empty()).then(|| json!(cells));
    Ok(chart)
}

/// One row per measure, one column per period.
fn transposed(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<CompiledVisual> {
    let values = measure_fields(compiler, visual)?;
    let mut groups = Vec::new();
    if visual.compare {
        let dataset = compiler.dataset_of(visual)?;
        groups.push(Field {
            id: format!("{}.period", visual.id.value),
            data_set: dataset.relation.value.clone(),
            column: period_name(compiler, dataset, visual)?,
            label: compiler.text("quicksight.dates"),
            shape: Shape::Text,
            drills: false,
        });
    }
    let options: Vec<Value> = groups.iter().chain(&values).map(label_option).collect();
    // The current period first; the sort is by text.
    let ascends = compiler.text(Period::Current.text()) < compiler.text(Period::Previous.text());
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
    Ok(CompiledVisual::new(
        "TableVisual",
        configuration,
        Vec::new(),
    ))
}

/// The width of a sheet, and the limits of a column's width, in pixels.
const SHEET_PIXELS: u32 = 1560;
const COLUMN_PIXELS: std::ops::RangeInclusive<u32> = 80..=360;

/// The label and the width of each column. The columns fill the table; texts are twice as wide as numbers.
fn column_options(visual: &Visual, groups: &[Field], values: &[Field]) -> Vec<Value> {
    let share = |field: &Field| if field.shape == Shape::Text { 2 } else { 1 };
    let fields = || groups.iter().chain(values);
    let shares = fields().map(share).sum::<u32>().max(1);
    let pixels = SHEET_PIXELS * visual.layout.w / 12;
    fields()
        .map(|field| {
            let width = (pixels * share(field) / shares)
                .clamp(*COLUMN_PIXELS.start(), *COLUMN_PIXELS.end());
            let mut option = label_option(field);
            option["Width"] = json!(format!("{width}px"));
            option
        })
        .collect()
}

fn label_option(field: &Field) -> Value {
    json!({"FieldId": field.id, "CustomLabel": field.label})
}
