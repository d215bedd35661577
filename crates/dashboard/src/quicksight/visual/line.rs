//! Lines and areas over time, one period over the one before where the file asks for it.

use serde_json::{Value, json};

use super::order::Sortable;
use super::{Drawn, dimensions_json, items_limit, labels, legend, measures_json, tooltip};
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::{Field, Shape};
use crate::quicksight::period::Period;
use crate::spec::{Format, Kind, Stack, Visual};

/// The line of the period before: in the background.
const PREVIOUS_COLOUR: &str = "#9AA5B1";

impl Compiler<'_> {
    pub(super) fn line(&mut self, visual: &Visual) -> Result<Drawn, QuickSightError> {
        let dimensions = self.axis_and_series(visual)?;
        let values = self.values(visual)?;
        let (category, colours) = dimensions.split_at(dimensions.len().min(1));
        let sortable = Sortable {
            dimensions: category,
            details: &[],
            values: &values,
        };
        let sort = self.order(visual, &sortable)?;
        let kind = match (visual.kind.value, visual.stack) {
            (Kind::Area, Stack::None) => "AREA",
            (Kind::Area, Stack::Stacked) => "STACKED_AREA",
            (Kind::Area, Stack::Percent) => {
                let reason = "an area has no shares of the whole: use `type: bar`";
                return Err(QuickSightError::unsupported(&visual.id, reason));
            }
            _ => "LINE",
        };
        let mut configuration = json!({
            "FieldWells": {"LineChartAggregatedFieldWells": {
                "Category": dimensions_json(category),
                "Values": measures_json(&values),
                "Colors": dimensions_json(colours),
            }},
            "SortConfiguration": {"CategorySort": sort},
            "Type": kind,
            "XAxisLabelOptions": labels(category),
            "PrimaryYAxisLabelOptions": labels(&values),
            "PrimaryYAxisDisplayOptions": {
                "MissingDataConfigurations": [{"TreatmentOption": "SHOW_AS_BLANK"}],
            },
            "Legend": legend(colours.first(), values.len()),
            "DataLabels": {"Visibility": "HIDDEN"},
            "Tooltip": tooltip(dimensions.iter().chain(&values)),
        });
        if let Some(limit) = &visual.limit {
            configuration["SortConfiguration"]["CategoryItemsLimitConfiguration"] =
                items_limit(limit.value, visual.rest);
        }
        if let Some(limit) = visual.by.get(1).and_then(|by| by.limit) {
            configuration["SortConfiguration"]["ColorItemsLimitConfiguration"] =
                items_limit(limit, true);
        }
        if visual.compare {
            configuration["VisualPalette"] = self.period_palette(visual, colours);
        } else if colours.is_empty()
            && let Some(palette) = self.palette_of(visual, &values)
        {
            configuration["VisualPalette"] = palette;
        }
        Ok(Drawn::new("LineChartVisual", configuration, dimensions))
    }

    /// The axis and the series of a chart: of one that compares, the day of the period and the period.
    pub(super) fn axis_and_series(
        &mut self,
        visual: &Visual,
    ) -> Result<Vec<Field>, QuickSightError> {
        let dimensions = self.dimensions(visual)?;
        if !visual.compare {
            return Ok(dimensions);
        }
        let dataset = self.dataset_of(visual)?;
        let mut fields = dimensions.into_iter();
        let mut axis = fields
            .next()
            .ok_or_else(|| QuickSightError::unresolved(&visual.id))?;
        let mut series = axis.clone();
        axis.column = self.day_of_period(dataset, visual)?;
        axis.shape = Shape::Number(Format::Count);
        series.id = format!("{}.period", visual.id.value);
        series.column = self.period_name(dataset, visual)?;
        series.label = self.text("quicksight.dates");
        series.shape = Shape::Text;
        Ok(vec![axis, series])
    }

    /// The colours of the period and the one before.
    pub(super) fn period_palette(&self, visual: &Visual, series: &[Field]) -> Value {
        let pinned = visual.measures.first().and_then(|measure| {
            let measure = self.spec.measure(measure).ok()?;
            self.pinned(&measure.colour.as_ref()?.value)
        });
        let current = pinned.unwrap_or_else(|| self.palette(0));
        let element = |period: Period, colour: &str| {
            let id = series.first().map(|field| field.id.as_str());
            json!({"Element": {"FieldId": id, "FieldValue": self.text(period.text())}, "Color": colour})
        };
        json!({"ColorMap": [
            element(Period::Current, &current),
            element(Period::Previous, PREVIOUS_COLOUR),
        ]})
    }
}
