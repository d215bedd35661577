//! One visual of the file as one visual of `QuickSight`, with the same id, title and subtitle.

mod bar;
mod donut;
mod heatmap;
mod kpi;
mod line;
mod order;
mod pivot;
mod plot;
mod scatter;
mod table;

use serde_json::{Value, json};

use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::{Field, Shape};
use crate::spec::{Kind, Sheet, Visual};

/// A visual's body, and the fields that its click can read.
struct Drawn {
    kind: &'static str,
    configuration: Value,
    conditional_formatting: Option<Value>,
    dimensions: Vec<Field>,
    /// The dates that a viewer can drill into.
    hierarchies: Vec<Value>,
}

impl Drawn {
    fn new(kind: &'static str, configuration: Value, dimensions: Vec<Field>) -> Self {
        Self {
            kind,
            configuration,
            conditional_formatting: None,
            dimensions,
            hierarchies: Vec::new(),
        }
    }

    /// The same with years, quarters, months, weeks and days on the dates of its columns.
    fn with_hierarchies(mut self) -> Self {
        let ids = self.dimensions.iter().filter_map(Field::hierarchy);
        self.hierarchies = ids
            .map(|id| json!({"DateTimeHierarchy": {"HierarchyId": id}}))
            .collect();
        self
    }
}

impl Compiler<'_> {
    pub(crate) fn visual(
        &mut self,
        sheet: &Sheet,
        visual: &Visual,
    ) -> Result<Value, QuickSightError> {
        refuse(visual)?;
        let drawn = match visual.kind.value {
            Kind::Kpi => self.kpi(visual)?,
            Kind::Bar => self.bar(visual)?,
            Kind::Line | Kind::Area => self.line(visual)?,
            Kind::Donut => self.donut(visual)?,
            Kind::Heatmap => self.heatmap(visual)?,
            Kind::Scatter => self.scatter(visual)?,
            Kind::Table | Kind::Status => self.table(visual)?,
            Kind::Pivot => self.pivot(visual)?,
            Kind::Text => return Err(QuickSightError::unresolved(&visual.id)),
        };
        let subtitle = if explains_below(visual) {
            json!({"Visibility": "HIDDEN"})
        } else {
            json!({"Visibility": "VISIBLE", "FormatText": {"PlainText": self.subtitle(visual)}})
        };
        let mut body = json!({
            "VisualId": visual.id.value,
            "Title": {"Visibility": "VISIBLE", "FormatText": self.heading(sheet, visual)},
            "Subtitle": subtitle,
            "ChartConfiguration": drawn.configuration,
            "VisualContentAltText": format!("{}. {}", self.title(visual), self.subtitle(visual)),
        });
        if let Some(options) = drawn.conditional_formatting {
            body["ConditionalFormatting"] = json!({"ConditionalFormattingOptions": options});
        }
        if !drawn.hierarchies.is_empty() {
            body["ColumnHierarchies"] = json!(drawn.hierarchies);
        }
        let actions = self.actions(sheet, visual, &drawn.dimensions)?;
        if !actions.is_empty() {
            body["Actions"] = json!(actions);
        }
        Ok(json!({ drawn.kind: body }))
    }
}

/// The columns of the file that a headline needs for a subtitle beside its number and its comparison.
const SUBTITLE_COLUMNS: u32 = 3;

/// Whether the sheet's notes explain the number, as its tile has no room for it.
pub(crate) fn explains_below(visual: &Visual) -> bool {
    visual.kind.value == Kind::Kpi && visual.layout.value.w < SUBTITLE_COLUMNS
}

/// What no visual of `QuickSight` does.
fn refuse(visual: &Visual) -> Result<(), QuickSightError> {
    let tabular = matches!(visual.kind.value, Kind::Table | Kind::Status | Kind::Pivot);
    let comparable = match visual.kind.value {
        Kind::Kpi => true,
        Kind::Table | Kind::Status => visual.transpose,
        Kind::Line | Kind::Area | Kind::Bar => visual.by.len() == 1 && visual.measures.len() == 1,
        _ => false,
    };
    let reason = if visual.limit.is_some() && tabular {
        "a table cannot be cut off after so many rows: leave `limit` out"
    } else if visual.compare && !comparable {
        "the period before can be shown for a number, a chart of one measure over time, or a transposed table"
    } else if visual.cumulative && !matches!(visual.kind.value, Kind::Line | Kind::Area | Kind::Bar)
    {
        "running totals need a chart"
    } else {
        return Ok(());
    };
    Err(QuickSightError::unsupported(&visual.id, reason))
}

/// Labels of an axis, one per field.
fn labels<'f>(fields: impl IntoIterator<Item = &'f Field>) -> Value {
    let labels: Vec<Value> = fields.into_iter().map(Field::axis_label).collect();
    json!({"Visibility": "VISIBLE", "AxisLabelOptions": labels})
}

/// A tooltip with every field under its label.
fn tooltip<'f>(fields: impl IntoIterator<Item = &'f Field>) -> Value {
    let fields: Vec<Value> = fields.into_iter().map(Field::tooltip).collect();
    json!({
        "TooltipVisibility": "VISIBLE",
        "SelectedTooltipType": "DETAILED",
        "FieldBasedTooltip": {
            "AggregationVisibility": "HIDDEN",
            "TooltipTitleType": "PRIMARY_VALUE",
            "TooltipFields": fields,
        },
    })
}

/// A legend under the label of its series, or none.
fn legend(series: Option<&Field>, values: usize) -> Value {
    match series {
        Some(field) => json!({
            "Visibility": "VISIBLE",
            "Title": {"Visibility": "VISIBLE", "CustomLabel": field.label},
            "Position": "AUTO",
        }),
        None if values > 1 => json!({
            "Visibility": "VISIBLE",
            "Title": {"Visibility": "HIDDEN"},
            "Position": "AUTO",
        }),
        None => json!({"Visibility": "HIDDEN"}),
    }
}

fn dimensions_json(fields: &[Field]) -> Vec<Value> {
    fields.iter().map(Field::dimension).collect()
}

/// Dimensions of a chart, with what their dates can be drilled into.
fn axes_json(fields: &[Field]) -> Vec<Value> {
    fields.iter().map(Field::axis).collect()
}

fn measures_json(fields: &[Field]) -> Vec<Value> {
    fields.iter().map(Field::measure).collect()
}

/// The most days that a chart shows: the service shows 50 unless it is asked for more, and by date those are the oldest.
const MAX_DAYS: u32 = 1000;

/// All days of a long window.
fn day_limit() -> Value {
    items_limit(MAX_DAYS, false)
}

/// Whether a field is a date, worked out or of its column.
fn is_date_axis(field: &Field) -> bool {
    matches!(field.shape, Shape::Date { .. })
}

/// So many items, and the others as one or not at all.
fn items_limit(limit: u32, others: bool) -> Value {
    json!({"ItemsLimit": limit, "OtherCategories": if others { "INCLUDE" } else { "EXCLUDE" }})
}
