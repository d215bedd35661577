//! What bars and lines have in common: an axis, series, measures, and one period over the one before where the file asks
//! for it.

use serde_json::{Value, json};

use super::order::Sortable;
use super::{axes_json, day_limit, is_date_axis, items_limit, legend, measures_json, tooltip};
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::{Field, Shape};
use crate::quicksight::period::Period;
use crate::spec::{Format, Visual};

/// The colour of the period before: in the background.
const PREVIOUS_COLOUR: &str = "#9AA5B1";

/// A chart with an axis.
pub(super) struct Plot {
    /// The axis, then the series.
    pub(super) dimensions: Vec<Field>,
    pub(super) values: Vec<Field>,
    sort: Vec<Value>,
}

/// How bars and lines spell what they have in common.
pub(super) struct PlotTerms {
    pub(super) wells: &'static str,
    pub(super) axis_limit: &'static str,
    pub(super) series_limit: &'static str,
}

impl Plot {
    /// The axis; empty if the visual has none.
    pub(super) fn axis(&self) -> &[Field] {
        &self.dimensions[..self.dimensions.len().min(1)]
    }

    pub(super) fn series(&self) -> &[Field] {
        &self.dimensions[self.axis().len()..]
    }
}

impl Compiler<'_> {
    pub(super) fn plot(&mut self, visual: &Visual) -> Result<Plot, QuickSightError> {
        let mut plot = Plot {
            dimensions: self.axis_and_series(visual)?,
            values: self.values(visual)?,
            sort: Vec::new(),
        };
        let sortable = Sortable {
            dimensions: plot.axis(),
            details: &[],
            values: &plot.values,
        };
        plot.sort = self.order(visual, &sortable)?;
        Ok(plot)
    }

    /// The options that bars and lines have in common.
    pub(super) fn plot_configuration(
        &self,
        visual: &Visual,
        plot: &Plot,
        terms: &PlotTerms,
    ) -> Value {
        let (axis, series) = (plot.axis(), plot.series());
        let mut sort = json!({"CategorySort": plot.sort});
        if let Some(limit) = &visual.limit {
            sort[terms.axis_limit] = items_limit(limit.value, visual.rest);
        } else if axis.iter().any(is_date_axis) {
            sort[terms.axis_limit] = day_limit();
        }
        // The largest series are kept; QuickSight sorts the others in by itself.
        if let Some(limit) = visual.by.get(1).and_then(|by| by.limit) {
            sort[terms.series_limit] = items_limit(limit, true);
        }
        let mut configuration = json!({
            "FieldWells": {terms.wells: {
                "Category": axes_json(axis),
                "Values": measures_json(&plot.values),
                "Colors": axes_json(series),
            }},
            "SortConfiguration": sort,
            "Legend": legend(series.first(), plot.values.len()),
            "DataLabels": {"Visibility": "HIDDEN"},
            "Tooltip": tooltip(plot.dimensions.iter().chain(&plot.values)),
        });
        let palette = if visual.compare {
            Some(self.period_palette(visual, series))
        } else if series.is_empty() {
            self.palette_of(visual, &plot.values)
        } else {
            None
        };
        if let Some(palette) = palette {
            configuration["VisualPalette"] = palette;
        }
        configuration
    }

    /// The axis and the series of a chart: of one that compares, the day of the period and the period.
    fn axis_and_series(&mut self, visual: &Visual) -> Result<Vec<Field>, QuickSightError> {
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
    fn period_palette(&self, visual: &Visual, series: &[Field]) -> Value {
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
