//! A heat map: one number per cell, the darker the more.

use serde_json::{Value, json};

use super::{Drawn, dimensions_json, labels, measures_json, tooltip};
use crate::quicksight::Mode;
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::{Field, Shape};
use crate::spec::{Dimension, Grain, Visual};

impl Compiler<'_> {
    pub(super) fn heatmap(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let dimensions = self.dimensions(visual)?;
        let values = self.values(visual)?;
        // The file's axis runs along, its series down.
        let (columns, rows) = dimensions.split_at(dimensions.len().min(1));
        let mut sorts = Vec::new();
        for (dimension, field) in visual.by.iter().zip(&dimensions) {
            sorts.push(self.cell_order(visual, dimension, field)?);
        }
        let (low, high) = match self.assets.mode {
            Mode::Light => ("#E6F4F1", self.palette(0)),
            Mode::Dark => ("#22332F", self.palette(0)),
        };
        let mut sorts = sorts.into_iter();
        let configuration = json!({
            "FieldWells": {"HeatMapAggregatedFieldWells": {
                "Rows": dimensions_json(rows),
                "Columns": dimensions_json(columns),
                "Values": measures_json(&values),
            }},
            "SortConfiguration": {
                "HeatMapColumnSort": sorts.next().into_iter().collect::<Vec<Value>>(),
                "HeatMapRowSort": sorts.collect::<Vec<Value>>(),
            },
            "RowLabelOptions": labels(rows),
            "ColumnLabelOptions": labels(columns),
            "ColorScale": {
                "Colors": [{"Color": low}, {"Color": high}],
                "ColorFillType": "GRADIENT",
            },
            "Legend": {"Visibility": "VISIBLE", "Title": {"Visibility": "HIDDEN"}},
            "DataLabels": {"Visibility": "HIDDEN"},
            "Tooltip": tooltip(dimensions.iter().chain(&values)),
        });
        Ok(Drawn::new("HeatMapVisual", configuration, dimensions))
    }

    /// Dates and texts by themselves, weekdays from Monday on.
    fn cell_order(
        &mut self,
        visual: &Visual,
        dimension: &Dimension,
        field: &Field,
    ) -> Result<Value, QuickSightError> {
        let is_weekday = dimension
            .grain
            .as_ref()
            .is_some_and(|grain| grain.value == Grain::Weekday);
        let (true, Some(column), Shape::Text) = (is_weekday, &dimension.column, field.shape) else {
            return Ok(field.sort("ASC"));
        };
        let dataset = self.dataset_of(visual)?;
        let number = self.weekday_number(dataset, column);
        Ok(json!({"ColumnSort": {
            "SortBy": {"DataSetIdentifier": dataset.relation.value, "ColumnName": number},
            "Direction": "ASC",
            "AggregationFunction": {"NumericalAggregationFunction": {"SimpleNumericalAggregation": "MIN"}},
        }}))
    }
}
