//! One dot per value of a column: two measures say where, a third how large.

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
    // A group has a colour for each of its values: all dots are of one group, and their label tells them apart.
    let group = constant_group(compiler, visual)?;
    let colour = compiler.palette(0);
    let mut configuration = json!({
        "FieldWells": {"ScatterPlotCategoricallyAggregatedFieldWells": {
            "XAxis": [x.measure()],
            "YAxis": [y.measure()],
            "Size": measures_json(size),
            // Measures that aggregate by themselves need a category: a label alone is not enough.
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
