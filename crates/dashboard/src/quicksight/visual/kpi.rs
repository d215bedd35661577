//! A headline: the number of the chosen days, against that of the days before.

use serde_json::json;

use super::Drawn;
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::Shape;
use crate::quicksight::period::Period;
use crate::spec::Visual;

impl Compiler<'_> {
    pub(super) fn kpi(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let measure = visual
            .measures
            .first()
            .ok_or_else(|| QuickSightError::unresolved(&visual.id))?;
        let mut options = json!({
            "PrimaryValueDisplayType": "ACTUAL",
            "ProgressBar": {"Visibility": "HIDDEN"},
            "TrendArrows": {"Visibility": "HIDDEN"},
            "SecondaryValue": {"Visibility": "HIDDEN"},
        });
        let mut wells = json!({"Values": [], "TargetValues": [], "TrendGroups": []});
        let current = if visual.compare {
            let current = self.value(visual, "value0", measure, Some(Period::Current))?;
            let previous = self.value(visual, "previous0", measure, Some(Period::Previous))?;
            wells["TargetValues"] = json!([previous.measure()]);
            options["TrendArrows"] = json!({"Visibility": "VISIBLE"});
            options["SecondaryValue"] = json!({"Visibility": "VISIBLE"});
            options["Comparison"] = json!({
                "ComparisonMethod": "PERCENT_DIFFERENCE",
                "ComparisonFormat": {"PercentageDisplayFormatConfiguration": {
                    "DecimalPlacesConfiguration": {"DecimalPlaces": 1},
                }},
            });
            current
        } else {
            self.value(visual, "value0", measure, None)?
        };
        wells["Values"] = json!([current.measure()]);
        let colour = self.spec.measure(measure)?.colour.as_ref();
        if let Some(colour) = colour.and_then(|colour| self.pinned(&colour.value)) {
            options["PrimaryValueFontConfiguration"] = json!({"FontColor": colour});
        }
        if matches!(current.shape, Shape::DateMeasure { .. }) && visual.compare {
            let reason = "a day cannot be compared with the day of the period before";
            return Err(QuickSightError::unsupported(&visual.id, reason));
        }
        let configuration = json!({"FieldWells": wells, "KPIOptions": options});
        Ok(Drawn::new("KPIVisual", configuration, Vec::new()))
    }
}
