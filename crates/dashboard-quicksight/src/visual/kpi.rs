//! A headline: a number, compared with that of the period before.

use kiro_dashboard::spec::Visual;
use serde_json::{Value, json};

use super::compiled_visual::CompiledVisual;
use super::parts::{dimensions_json, measures_json};
use crate::compiler::Compiler;
use crate::dimension_field::constant_group;
use crate::error::{QuickSightError, Result};
use crate::field::{Field, Shape};
use crate::measure_field::measure_field;
use crate::period::Period;

pub(super) fn kpi(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<CompiledVisual> {
    let measure = visual
        .measures
        .first()
        .ok_or_else(|| QuickSightError::unresolved(&visual.id))?;
    let period = visual.compare.then_some(Period::Current);
    let current = measure_field(compiler, visual, "value0", measure, period)?;
    if matches!(current.shape, Shape::DateMeasure { .. }) {
        return day_table(compiler, visual, &current);
    }
    let mut wells = json!({"Values": [current.measure()], "TargetValues": [], "TrendGroups": []});
    if !visual.compare {
        // Without a target, the service accepts the font size as the only option.
        return Ok(headline(json!({"FieldWells": wells})));
    }
    let previous = measure_field(
        compiler,
        visual,
        "previous0",
        measure,
        Some(Period::Previous),
    )?;
    wells["TargetValues"] = json!([previous.measure()]);
    let mut options = json!({
        "PrimaryValueDisplayType": "ACTUAL",
        "ProgressBar": {"Visibility": "HIDDEN"},
        "TrendArrows": {"Visibility": "VISIBLE"},
        "SecondaryValue": {"Visibility": "VISIBLE"},
        "Comparison": {
            "ComparisonMethod": "PERCENT_DIFFERENCE",
            "ComparisonFormat": {"PercentageDisplayFormatConfiguration": {
                "DecimalPlacesConfiguration": {"DecimalPlaces": 1},
            }},
        },
    });
    let colour = compiler.spec.measure(measure)?.colour.as_ref();
    if let Some(colour) = colour.and_then(|colour| compiler.pinned(&colour.value)) {
        options["PrimaryValueFontConfiguration"] = json!({"FontColor": colour});
    }
    Ok(headline(
        json!({"FieldWells": wells, "KPIOptions": options}),
    ))
}

/// A first or last day as a table of one cell: headlines show numbers, and count dates.
fn day_table(compiler: &mut Compiler<'_>, visual: &Visual, day: &Field) -> Result<CompiledVisual> {
    if visual.compare {
        let reason = "a day cannot be compared with the day of the period before";
        return Err(QuickSightError::unsupported(&visual.id, reason));
    }
    let group = constant_group(compiler, visual)?;
    let configuration = json!({
        "FieldWells": {"TableAggregatedFieldWells": {
            "GroupBy": dimensions_json(std::slice::from_ref(&group)),
            "Values": measures_json(std::slice::from_ref(day)),
        }},
        "FieldOptions": {"SelectedFieldOptions": [
            {"FieldId": group.id, "CustomLabel": group.label, "Visibility": "HIDDEN"},
            {"FieldId": day.id, "CustomLabel": day.label},
        ]},
        "TotalOptions": {"TotalsVisibility": "HIDDEN"},
    });
    Ok(CompiledVisual::new(
        "TableVisual",
        configuration,
        Vec::new(),
    ))
}

fn headline(configuration: Value) -> CompiledVisual {
    CompiledVisual::new("KPIVisual", configuration, Vec::new())
}
