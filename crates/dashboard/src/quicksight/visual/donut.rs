//! Shares of a whole by a column or a bucket; several measures are bars.

use serde_json::json;

use super::order::Sortable;
use super::{Drawn, dimensions_json, items_limit, labels, legend, measures_json, tooltip};
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::spec::Visual;

impl Compiler<'_> {
    pub(super) fn donut(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        if visual.by.is_empty() {
            return self.bars_of_measures(visual);
        }
        let dimensions = self.dimensions(visual)?;
        let values = self.values(visual)?;
        let sortable = Sortable {
            dimensions: &dimensions,
            details: &[],
            values: &values,
        };
        let sort = self.order(visual, &sortable)?;
        let mut configuration = json!({
            "FieldWells": {"PieChartAggregatedFieldWells": {
                "Category": dimensions_json(&dimensions),
                "Values": measures_json(&values),
            }},
            "SortConfiguration": {"CategorySort": sort},
            "DonutOptions": {"ArcOptions": {"ArcThickness": "MEDIUM"}},
            "CategoryLabelOptions": labels(&dimensions),
            "ValueLabelOptions": labels(&values),
            "Legend": legend(dimensions.first(), values.len()),
            "DataLabels": {
                "Visibility": "VISIBLE",
                "CategoryLabelVisibility": "HIDDEN",
                "MeasureLabelVisibility": "VISIBLE",
                "LabelContent": "PERCENT",
            },
            "Tooltip": tooltip(dimensions.iter().chain(&values)),
        });
        if let Some(limit) = &visual.limit {
            configuration["SortConfiguration"]["CategoryItemsLimit"] =
                items_limit(limit.value, visual.rest);
        }
        Ok(Drawn::new("PieChartVisual", configuration, dimensions))
    }

    /// Several measures beside each other: a pie needs a category and takes one value.
    fn bars_of_measures(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let group = self.single_group(visual)?;
        let values = self.values(visual)?;
        let mut configuration = json!({
            "FieldWells": {"BarChartAggregatedFieldWells": {
                "Category": dimensions_json(std::slice::from_ref(&group)),
                "Values": measures_json(&values),
            }},
            "Orientation": "HORIZONTAL",
            "BarsArrangement": "CLUSTERED",
            "CategoryLabelOptions": {"Visibility": "HIDDEN"},
            "ValueLabelOptions": labels(&values),
            "Legend": legend(None, values.len()),
            "DataLabels": {"Visibility": "VISIBLE"},
            "Tooltip": tooltip(&values),
        });
        if let Some(palette) = self.palette_of(visual, &values) {
            configuration["VisualPalette"] = palette;
        }
        Ok(Drawn::new("BarChartVisual", configuration, Vec::new()))
    }
}
