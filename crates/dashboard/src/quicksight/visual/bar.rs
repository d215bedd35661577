//! Bars: side by side, stacked, or as shares of the whole.

use serde_json::json;

use super::plot::PlotTerms;
use super::{Drawn, is_date_axis, labels};
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::spec::{Orientation, Stack, Visual};

const TERMS: PlotTerms = PlotTerms {
    wells: "BarChartAggregatedFieldWells",
    axis_limit: "CategoryItemsLimit",
    series_limit: "ColorItemsLimit",
};

impl Compiler<'_> {
    pub(super) fn bar(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let plot = self.plot(visual)?;
        let arrangement = match visual.stack {
            Stack::None => "CLUSTERED",
            Stack::Stacked => "STACKED",
            Stack::Percent => "STACKED_PERCENT",
        };
        let orientation = match visual.orientation {
            Orientation::Vertical => "VERTICAL",
            Orientation::Horizontal => "HORIZONTAL",
        };
        let mut configuration = self.plot_configuration(visual, &plot, &TERMS);
        configuration["Orientation"] = json!(orientation);
        configuration["BarsArrangement"] = json!(arrangement);
        configuration["CategoryLabelOptions"] = labels(plot.axis());
        configuration["ValueLabelOptions"] = labels(&plot.values);
        configuration["ColorLabelOptions"] = labels(plot.series());
        if plot.axis().iter().any(is_date_axis) {
            // A day without rows is a gap, not a missing day.
            configuration["CategoryAxis"] =
                json!({"DataOptions": {"DateAxisOptions": {"MissingDateVisibility": "VISIBLE"}}});
        }
        let drawn = Drawn::new("BarChartVisual", configuration, plot.dimensions);
        Ok(drawn.with_hierarchies())
    }
}
