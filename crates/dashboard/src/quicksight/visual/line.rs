//! Lines and areas over time.

use serde_json::json;

use super::plot::PlotTerms;
use super::{Drawn, labels};
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::spec::{Kind, Stack, Visual};

const TERMS: PlotTerms = PlotTerms {
    wells: "LineChartAggregatedFieldWells",
    axis_limit: "CategoryItemsLimitConfiguration",
    series_limit: "ColorItemsLimitConfiguration",
};

impl Compiler<'_> {
    pub(super) fn line(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let plot = self.plot(visual)?;
        let kind = match (visual.kind.value, visual.stack) {
            (Kind::Area, Stack::None) => "AREA",
            (Kind::Area, Stack::Stacked) => "STACKED_AREA",
            (Kind::Area, Stack::Percent) => {
                let reason = "an area has no shares of the whole: use `type: bar`";
                return Err(QuickSightError::unsupported(&visual.id, reason));
            }
            _ => "LINE",
        };
        let mut configuration = self.plot_configuration(visual, &plot, &TERMS);
        configuration["Type"] = json!(kind);
        configuration["XAxisLabelOptions"] = labels(plot.axis());
        configuration["PrimaryYAxisLabelOptions"] = labels(&plot.values);
        configuration["PrimaryYAxisDisplayOptions"] = json!({
            "MissingDataConfigurations": [{"TreatmentOption": "SHOW_AS_BLANK"}],
        });
        let drawn = Drawn::new("LineChartVisual", configuration, plot.dimensions);
        Ok(drawn.with_hierarchies())
    }
}
