//! Shares of a whole by a column or a bucket; several measures are bars.

use kiro_dashboard::spec::Visual;
use serde_json::json;

use super::compiled_visual::CompiledVisual;
use super::order::{Sortable, sorts};
use super::parts::{dimensions_json, items_limit, labels, legend, measures_json, tooltip};
use crate::colour::palette_of;
use crate::compiler::Compiler;
use crate::dimension_field::{constant_group, dimension_fields};
use crate::error::Result;
use crate::measure_field::measure_fields;

pub(super) fn donut(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<CompiledVisual> {
    if visual.by.is_empty() {
        return bars_of_measures(compiler, visual);
    }
    let dimensions = dimension_fields(compiler, visual)?;
    let values = measure_fields(compiler, visual)?;
    let sortable = Sortable {
        dimensions: &dimensions,
        details: &[],
        values: &values,
    };
    let sort = sorts(compiler, visual, &sortable)?;
    let mut configuration = json!({
        "FieldWells": {"PieChartAggregatedFieldWells": {
            "Category": dimensions_json(&dimensions),
            "Values": measures_json(&values),
        }},
        "SortConfiguration": {"CategorySort": sort},
        "DonutOptions": {"ArcOptions": {"ArcThickness": "MEDIUM"}},
        "CategoryLabelOptions": labels(&dimensions),
        "ValueLabelOptions": labels(&values),
        "Legend": legend(dimensions.first(), values.len()),
        "DataLabels": {
            "Visibility": "VISIBLE",
            "CategoryLabelVisibility": "HIDDEN",
            "MeasureLabelVisibility": "VISIBLE",
            "LabelContent": "PERCENT",
        },
        "Tooltip": tooltip(dimensions.iter().chain(&values)),
    });
    if let Some(limit) = &visual.limit {
        configuration["SortConfiguration"]["CategoryItemsLimit"] =
            items_limit(limit.value, visual.rest);
    }
    Ok(CompiledVisual::new(
        "PieChartVisual",
        configuration,
        dimensions,
    ))
}

/// Several measures as bars: a pie needs a category and takes one value.
fn bars_of_measures(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<CompiledVisual> {
    let group = constant_group(compiler, visual)?;
    let values = measure_fields(compiler, visual)?;
    let mut configuration = json!({
        "FieldWells": {"BarChartAggregatedFieldWells": {
            "Category": dimensions_json(std::slice::from_ref(&group)),
            "Values": measures_json(&values),
        }},
        "Orientation": "HORIZONTAL",
        "BarsArrangement": "CLUSTERED",
        "CategoryLabelOptions": {"Visibility": "HIDDEN"},
        "ValueLabelOptions": labels(&values),
        "Legend": legend(None, values.len()),
        "DataLabels": {"Visibility": "VISIBLE"},
        "Tooltip": tooltip(&values),
    });
    if let Some(palette) = palette_of(compiler, visual, &values) {
        configuration["VisualPalette"] = palette;
    }
    Ok(CompiledVisual::new(
        "BarChartVisual",
        configuration,
        Vec::new(),
    ))
}
