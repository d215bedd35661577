//! One dot per value of a column: two measures say where, a third how large.

use serde_json::json;

use super::{Drawn, dimensions_json, items_limit, labels, measures_json, tooltip};
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::spec::Visual;

impl Compiler<'_> {
    pub(super) fn scatter(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let dimensions = self.dimensions(visual)?;
        let values = self.values(visual)?;
        let [x, y, size @ ..] = values.as_slice() else {
            return Err(QuickSightError::unresolved(&visual.id));
        };
        let mut configuration = json!({
            "FieldWells": {"ScatterPlotCategoricallyAggregatedFieldWells": {
                "XAxis": [x.measure()],
                "YAxis": [y.measure()],
                "Size": measures_json(size),
                // Measures that aggregate by themselves need a category: a label alone is not enough.
                "Category": dimensions_json(&dimensions),
            }},
            "XAxisLabelOptions": labels([x]),
            "YAxisLabelOptions": labels([y]),
            "Legend": {"Visibility": "HIDDEN"},
            "DataLabels": {"Visibility": "HIDDEN"},
            "Tooltip": tooltip(dimensions.iter().chain(&values)),
            "VisualPalette": {"ChartColor": self.palette(0)},
        });
        if let Some(limit) = &visual.limit {
            configuration["SortConfiguration"] =
                json!({"ScatterPlotLimitConfiguration": items_limit(limit.value, false)});
        }
        Ok(Drawn::new("ScatterPlotVisual", configuration, dimensions))
    }
}
