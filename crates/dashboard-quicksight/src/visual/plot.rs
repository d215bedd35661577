//! What bars and lines have in common: an axis, series, measures, and the period before for `compare`.

use kiro_dashboard::spec::{Format, Visual};
use serde_json::{Value, json};

use super::order::{Sortable, sorts};
use super::parts::{
    axes_json, day_limit, is_date_axis, items_limit, legend, measures_json, tooltip,
};
use crate::colour::palette_of;
use crate::compiler::Compiler;
use crate::dimension_field::dimension_fields;
use crate::error::{QuickSightError, Result};
use crate::field::{Field, Shape};
use crate::measure_field::measure_fields;
use crate::period::{Period, day_of_period, period_name};

/// The colour of the period before: grey.
const PREVIOUS_COLOUR: &str = "#9AA5B1";

/// A chart with an axis.
pub(super) struct Plot {
    /// The axis, then the series.
    pub(super) dimensions: Vec<Field>,
    pub(super) values: Vec<Field>,
    sort: Vec<Value>,
}

/// The names of API members that differ between bars and lines.
pub(super) struct PlotMembers {
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

pub(super) fn plot(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<Plot> {
    let mut plot = Plot {
        dimensions: axis_and_series(compiler, visual)?,
        values: measure_fields(compiler, visual)?,
        sort: Vec::new(),
    };
    let sortable = Sortable {
        dimensions: plot.axis(),
        details: &[],
        values: &plot.values,
    };
    plot.sort = sorts(compiler, visual, &sortable)?;
    Ok(plot)
}

/// The options that bars and lines have in common.
pub(super) fn plot_configuration(
    compiler: &Compiler<'_>,
    visual: &Visual,
    plot: &Plot,
    members: &PlotMembers,
) -> Value {
    let (axis, series) = (plot.axis(), plot.series());
    let mut sort = json!({"CategorySort": plot.sort});
    if let Some(limit) = &visual.limit {
        sort[members.axis_limit] = items_limit(limit.value, visual.rest);
    } else if axis.iter().any(is_date_axis) {
        sort[members.axis_limit] = day_limit();
    }
    // QuickSight keeps the largest series and adds up the others.
    if let Some(limit) = visual.by.get(1).and_then(|by| by.limit) {
        sort[members.series_limit] = items_limit(limit, true);
    }
    let mut configuration = json!({
        "FieldWells": {members.wells: {
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
        Some(period_palette(compiler, visual, series))
    } else if series.is_empty() {
        palette_of(compiler, visual, &plot.values)
    } else {
        None
    };
    if let Some(palette) = palette {
        configuration["VisualPalette"] = palette;
    }
    configuration
}

/// The axis and the series of a chart; with `compare`, the day of the period and the period.
fn axis_and_series(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<Vec<Field>> {
    let dimensions = dimension_fields(compiler, visual)?;
    if !visual.compare {
        return Ok(dimensions);
    }
    let dataset = compiler.dataset_of(visual)?;
    let mut fields = dimensions.into_iter();
    let mut axis = fields
        .next()
        .ok_or_else(|| QuickSightError::unresolved(&visual.id))?;
    let mut series = axis.clone();
    axis.column = day_of_period(compiler, dataset, visual)?;
    axis.shape = Shape::Number(Format::Count);
    series.id = format!("{}.period", visual.id.value);
    series.column = period_name(compiler, dataset, visual)?;
    series.label = compiler.text("quicksight.dates");
    series.shape = Shape::Text;
    Ok(vec![axis, series])
}

/// The colours of the period and the one before.
fn period_palette(compiler: &Compiler<'_>, visual: &Visual, series: &[Field]) -> Value {
    let pinned = visual.measures.first().and_then(|measure| {
        let measure = compiler.spec.measure(measure).ok()?;
        compiler.pinned(&measure.colour.as_ref()?.value)
    });
    let current = pinned.unwrap_or_else(|| compiler.palette(0));
    let element = |period: Period, colour: &str| {
        let id = series.first().map(|field| field.id.as_str());
        json!({"Element": {"FieldId": id, "FieldValue": compiler.text(period.text())}, "Color": colour})
    };
    json!({"ColorMap": [
        element(Period::Current, &current),
        element(Period::Previous, PREVIOUS_COLOUR),
    ]})
}
