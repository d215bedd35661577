//! Shares of a whole: by a column or a bucket, or of several measures.

use serde_json::json;

use super::order::Sortable;
use super::{Drawn, dimensions_json, items_limit, labels, legend, measures_json, tooltip};
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::spec::Visual;

impl Compiler<'_> {
    pub(super) fn donut(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let dimensions = self.dimensions(visual)?;
        let values = self.values(visual)?;
        let sortable = Sortable {
            dimensions: &dimensions,
            details: &[],
            values: &values,
        };
        let sort = if dimensions.is_empty() {
            Vec::new()
        } else {
            self.order(visual, &sortable)?
        };
        let mut configuration = json!({
            "FieldWells": {"PieChartAggregatedFieldWells": {
                "Category": dimensions_json(&dimensions),
                "Values": measures_json(&values),
            }},
            "SortConfiguration": {"CategorySort": sort},
            "DonutOptions": {
                "ArcOptions": {"ArcThickness": "MEDIUM"},
                "DonutCenterOptions": {"LabelVisibility": "VISIBLE"},
            },
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
        if dimensions.is_empty()
            && let Some(palette) = self.palette_of(visual, &values)
        {
            configuration["VisualPalette"] = palette;
        }
        Ok(Drawn::new("PieChartVisual", configuration, dimensions))
    }
}
