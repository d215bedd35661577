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
        // A group has a colour for each of its values: all dots are of one group, and their label tells them apart.
        let group = self.single_group(visual)?;
        let colour = self.palette(0);
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
        Ok(Drawn::new("ScatterPlotVisual", configuration, dimensions))
    }
}
