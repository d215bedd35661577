//! One dot per value of a column: two measures are its position, a third its size.

use kiro_dashboard::spec::Visual;
use serde_json::json;

use super::compiled_visual::CompiledVisual;
use super::parts::{dimensions_json, items_limit, labels, measures_json, tooltip};
use crate::compiler::Compiler;
use crate::dimension_field::{constant_group, dimension_fields};
use crate::error::{QuickSightError, Result};
use crate::measure_field::measure_fields;

pub(super) fn scatter(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<CompiledVisual> {
    let dimensions = dimension_fields(compiler, visual)?;
    let values = measure_fields(compiler, visual)?;
    let [x, y, size @ ..] = values.as_slice() else {
        return Err(QuickSightError::unresolved(&visual.id));
    };
    // Each value of a group has its own colour: all dots are in one group, and have labels.
    let group = constant_group(compiler, visual)?;
    let colour = compiler.palette(0);
    let mut configuration = json!({
        "FieldWells": {"ScatterPlotCategoricallyAggregatedFieldWells": {
            "XAxis": [x.measure()],
            "YAxis": [y.measure()],
            "Size": measures_json(size),
            // Calculated fields that aggregate need a category; a label is not enough.
            "Category": dimensions_json(std::slice::from_ref(&group)),
            "Label": dimensions_json(&dimensions),
        }},
        "XAxisLabelOptions": labels([x]),
        "YAxisLabelOptions": labels([y]),
        "Legend": {"Visibility": "HIDDEN"},
        "DataLabels": {"Visibility": "HIDDEN"},
        "Tooltip": tooltip(dimensions.iter().chain(&values)),
        "VisualPalette": {
            "ChartColor": colour,
            "ColorMap": [{
                "Element": {"FieldId": group.id, "FieldValue": group.label},
                "Color": colour,
            }],
        },
    });
    if let Some(limit) = &visual.limit {
        configuration["SortConfiguration"] =
            json!({"ScatterPlotLimitConfiguration": items_limit(limit.value, false)});
    }
    Ok(CompiledVisual::new(
        "ScatterPlotVisual",
        configuration,
        dimensions,
    ))
}
