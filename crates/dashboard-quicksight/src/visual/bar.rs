//! Bars: side by side, stacked, or as shares of the whole.

use kiro_dashboard::spec::{Orientation, Stack, Visual};
use serde_json::json;

use super::compiled_visual::CompiledVisual;
use super::parts::{is_date_axis, labels};
use super::plot::{PlotMembers, plot, plot_configuration};
use crate::compiler::Compiler;
use crate::error::Result;

const MEMBERS: PlotMembers = PlotMembers {
    wells: "BarChartAggregatedFieldWells",
    axis_limit: "CategoryItemsLimit",
    series_limit: "ColorItemsLimit",
};

pub(super) fn bar(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<CompiledVisual> {
    let plot = plot(compiler, visual)?;
    let arrangement = match visual.stack {
        Stack::None => "CLUSTERED",
        Stack::Stacked => "STACKED",
        Stack::Percent => "STACKED_PERCENT",
    };
    let orientation = match visual.orientation {
        Orientation::Vertical => "VERTICAL",
        Orientation::Horizontal => "HORIZONTAL",
    };
    let mut configuration = plot_configuration(compiler, visual, &plot, &MEMBERS);
    configuration["Orientation"] = json!(orientation);
    configuration["BarsArrangement"] = json!(arrangement);
    configuration["CategoryLabelOptions"] = labels(plot.axis());
    configuration["ValueLabelOptions"] = labels(&plot.values);
    configuration["ColorLabelOptions"] = labels(plot.series());
    if plot.axis().iter().any(is_date_axis) {
        // A day without rows is a gap on the axis.
        configuration["CategoryAxis"] =
            json!({"DataOptions": {"DateAxisOptions": {"MissingDateVisibility": "VISIBLE"}}});
    }
    let chart = CompiledVisual::new("BarChartVisual", configuration, plot.dimensions);
    Ok(chart.with_hierarchies())
}
