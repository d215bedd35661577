//! A heat map: one number per cell, the darker the more.

use serde_json::{Value, json};

use super::{Drawn, axes_json, day_limit, is_date_axis, labels, measures_json, tooltip};
use crate::quicksight::Mode;
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::Field;
use crate::spec::Visual;

impl Compiler<'_> {
    pub(super) fn heatmap(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let dimensions = self.dimensions(visual)?;
        let values = self.values(visual)?;
        // The file's axis runs along, its series down.
        let (columns, rows) = dimensions.split_at(dimensions.len().min(1));
        let ascending = |fields: &[Field]| -> Vec<Value> {
            fields.iter().map(|field| field.sort("ASC")).collect()
        };
        let mut sort = json!({
            "HeatMapColumnSort": ascending(columns),
            "HeatMapRowSort": ascending(rows),
        });
        for (fields, limit) in [
            (columns, "HeatMapColumnItemsLimitConfiguration"),
            (rows, "HeatMapRowItemsLimitConfiguration"),
        ] {
            if fields.iter().any(is_date_axis) {
                sort[limit] = day_limit();
            }
        }
        let (low, high) = match self.assets.mode {
            Mode::Light => ("#E6F4F1", self.palette(0)),
            Mode::Dark => ("#22332F", self.palette(0)),
        };
        let configuration = json!({
            "FieldWells": {"HeatMapAggregatedFieldWells": {
                "Rows": axes_json(rows),
                "Columns": axes_json(columns),
                "Values": measures_json(&values),
            }},
            "SortConfiguration": sort,
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
        Ok(Drawn::new("HeatMapVisual", configuration, dimensions).with_hierarchies())
    }
}
