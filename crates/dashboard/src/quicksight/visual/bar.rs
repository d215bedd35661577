//! Bars: side by side, stacked, or as shares of the whole.

use serde_json::json;

use super::order::Sortable;
use super::{Drawn, dimensions_json, items_limit, labels, legend, measures_json, tooltip};
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::Shape;
use crate::spec::{Orientation, Stack, Visual};

impl Compiler<'_> {
    pub(super) fn bar(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let dimensions = self.axis_and_series(visual)?;
        let values = self.values(visual)?;
        let (category, colours) = dimensions.split_at(dimensions.len().min(1));
        let sortable = Sortable {
            dimensions: category,
            details: &[],
            values: &values,
        };
        let sort = self.order(visual, &sortable)?;
        let arrangement = match visual.stack {
            Stack::None => "CLUSTERED",
            Stack::Stacked => "STACKED",
            Stack::Percent => "STACKED_PERCENT",
        };
        let orientation = match visual.orientation {
            Orientation::Vertical => "VERTICAL",
            Orientation::Horizontal => "HORIZONTAL",
        };
        let mut configuration = json!({
            "FieldWells": {"BarChartAggregatedFieldWells": {
                "Category": dimensions_json(category),
                "Values": measures_json(&values),
                "Colors": dimensions_json(colours),
            }},
            "SortConfiguration": {"CategorySort": sort},
            "Orientation": orientation,
            "BarsArrangement": arrangement,
            "CategoryLabelOptions": labels(category),
            "ValueLabelOptions": labels(&values),
            "ColorLabelOptions": labels(colours),
            "Legend": legend(colours.first(), values.len()),
            "DataLabels": {"Visibility": "HIDDEN"},
            "Tooltip": tooltip(dimensions.iter().chain(&values)),
        });
        if let Some(limit) = &visual.limit {
            configuration["SortConfiguration"]["CategoryItemsLimit"] =
                items_limit(limit.value, visual.rest);
        }
        // The largest series are kept; QuickSight sorts the others in by itself.
        if let Some(limit) = visual.by.get(1).and_then(|by| by.limit) {
            configuration["SortConfiguration"]["ColorItemsLimit"] = items_limit(limit, true);
        }
        if matches!(
            category.first().map(|field| field.shape),
            Some(Shape::Date { .. })
        ) {
            // A day without rows is a gap, not a missing day.
            configuration["CategoryAxis"] =
                json!({"DataOptions": {"DateAxisOptions": {"MissingDateVisibility": "VISIBLE"}}});
        }
        if colours.is_empty()
            && let Some(palette) = self.palette_of(visual, &values)
        {
            configuration["VisualPalette"] = palette;
        } else if visual.compare {
            configuration["VisualPalette"] = self.period_palette(visual, colours);
        }
        Ok(Drawn::new("BarChartVisual", configuration, dimensions))
    }
}
