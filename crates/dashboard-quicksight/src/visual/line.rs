//! Lines and areas over time.

use kiro_dashboard::spec::{Kind, Stack, Visual};
use serde_json::json;

use super::compiled_visual::CompiledVisual;
use super::parts::labels;
use super::plot::{PlotMembers, plot, plot_configuration};
use crate::compiler::Compiler;
use crate::error::{QuickSightError, Result};

const MEMBERS: PlotMembers = PlotMembers {
    wells: "LineChartAggregatedFieldWells",
    axis_limit: "CategoryItemsLimitConfiguration",
    series_limit: "ColorItemsLimitConfiguration",
};

pub(super) fn line(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<CompiledVisual> {
    let plot = plot(compiler, visual)?;
    let kind = match (visual.kind.value, visual.stack) {
        (Kind::Area, Stack::None) => "AREA",
        (Kind::Area, Stack::Stacked) => "STACKED_AREA",
        (Kind::Area, Stack::Percent) => {
            let reason = "an area has no shares of the whole: use `type: bar`";
            return Err(QuickSightError::unsupported(&visual.id, reason));
        }
        _ => "LINE",
    };
    let mut configuration = plot_configuration(compiler, visual, &plot, &MEMBERS);
    configuration["Type"] = json!(kind);
    configuration["XAxisLabelOptions"] = labels(plot.axis());
    configuration["PrimaryYAxisLabelOptions"] = labels(&plot.values);
    configuration["PrimaryYAxisDisplayOptions"] = json!({
        "MissingDataConfigurations": [{"TreatmentOption": "SHOW_AS_BLANK"}],
    });
    let chart = CompiledVisual::new("LineChartVisual", configuration, plot.dimensions);
    Ok(chart.with_hierarchies())
}
