//! A heat map: one number per cell, as a shade of a colour.

use kiro_dashboard::spec::Visual;
use serde_json::{Value, json};

use super::compiled_visual::CompiledVisual;
use super::parts::{axes_json, day_limit, is_date_axis, labels, measures_json, tooltip};
use crate::assets::Mode;
use crate::compiler::Compiler;
use crate::dimension_field::dimension_fields;
use crate::error::Result;
use crate::field::Field;
use crate::measure_field::measure_fields;

pub(super) fn heatmap(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<CompiledVisual> {
    let dimensions = dimension_fields(compiler, visual)?;
    let values = measure_fields(compiler, visual)?;
    // The axis of the file is horizontal, its series vertical.
    let (columns, rows) = dimensions.split_at(dimensions.len().min(1));
    let ascending =
        |fields: &[Field]| -> Vec<Value> { fields.iter().map(|field| field.sort("ASC")).collect() };
    let mut sort = json!({
        "HeatMapColumnSort": ascending(columns),
        "HeatMapRowSort": ascending(rows),
    });
    for (fields, limit) in [
        (columns, "HeatMapColumnItemsLimitConfiguration"),
        (rows, "HeatMapRowItemsLimitConfiguration"),
    ] {
        if fields.iter().any(is_date_axis) {
            sort[limit] = day_limit();
        }
    }
    let (low, high) = match compiler.assets.mode {
        Mode::Light => ("#E6F4F1", compiler.palette(0)),
        Mode::Dark => ("#22332F", compiler.palette(0)),
    };
    let configuration = json!({
        "FieldWells": {"HeatMapAggregatedFieldWells": {
            "Rows": axes_json(rows),
            "Columns": axes_json(columns),
            "Values": measures_json(&values),
        }},
        "SortConfiguration": sort,
        "RowLabelOptions": labels(rows),
        "ColumnLabelOptions": labels(columns),
        "ColorScale": {
            "Colors": [{"Color": low}, {"Color": high}],
            "ColorFillType": "GRADIENT",
        },
        "Legend": {"Visibility": "VISIBLE", "Title": {"Visibility": "HIDDEN"}},
        "DataLabels": {"Visibility": "HIDDEN"},
        "Tooltip": tooltip(dimensions.iter().chain(&values)),
    });
    Ok(CompiledVisual::new("HeatMapVisual", configuration, dimensions).with_hierarchies())
}
