//! A headline: the number of the chosen days, against that of the days before.

use serde_json::{Value, json};

use super::{Drawn, dimensions_json, measures_json};
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::{Field, Shape};
use crate::quicksight::period::Period;
use crate::spec::Visual;

impl Compiler<'_> {
    pub(super) fn kpi(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let measure = visual
            .measures
            .first()
            .ok_or_else(|| QuickSightError::unresolved(&visual.id))?;
        let period = visual.compare.then_some(Period::Current);
        let current = self.value(visual, "value0", measure, period)?;
        if matches!(current.shape, Shape::DateMeasure { .. }) {
            return self.day(visual, &current);
        }
        let mut wells =
            json!({"Values": [current.measure()], "TargetValues": [], "TrendGroups": []});
        if !visual.compare {
            // Without a target the service takes no other option than the size of the font.
            return Ok(headline(json!({"FieldWells": wells})));
        }
        let previous = self.value(visual, "previous0", measure, Some(Period::Previous))?;
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
        let colour = self.spec.measure(measure)?.colour.as_ref();
        if let Some(colour) = colour.and_then(|colour| self.pinned(&colour.value)) {
            options["PrimaryValueFontConfiguration"] = json!({"FontColor": colour});
        }
        Ok(headline(
            json!({"FieldWells": wells, "KPIOptions": options}),
        ))
    }

    /// A first or last day: a table of one cell, as headlines show numbers and count dates.
    fn day(&mut self, visual: &Visual, day: &Field) -> Result<Drawn, QuickSightError> {
        if visual.compare {
            let reason = "a day cannot be compared with the day of the period before";
            return Err(QuickSightError::unsupported(&visual.id, reason));
        }
        let group = self.single_group(visual)?;
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
        Ok(Drawn::new("TableVisual", configuration, Vec::new()))
    }
}

fn headline(configuration: Value) -> Drawn {
    Drawn::new("KPIVisual", configuration, Vec::new())
}
