//! Parts that several kinds of visuals have in common.

use serde_json::{Value, json};

use crate::field::{Field, Shape};

/// Labels of an axis, one per field.
pub(super) fn labels<'f>(fields: impl IntoIterator<Item = &'f Field>) -> Value {
    let labels: Vec<Value> = fields.into_iter().map(Field::axis_label).collect();
    json!({"Visibility": "VISIBLE", "AxisLabelOptions": labels})
}

/// A tooltip with every field under its label.
pub(super) fn tooltip<'f>(fields: impl IntoIterator<Item = &'f Field>) -> Value {
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
pub(super) fn legend(series: Option<&Field>, values: usize) -> Value {
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

pub(super) fn dimensions_json(fields: &[Field]) -> Vec<Value> {
    fields.iter().map(Field::dimension).collect()
}

/// Dimensions of a chart, with what their dates can be drilled into.
pub(super) fn axes_json(fields: &[Field]) -> Vec<Value> {
    fields.iter().map(Field::axis).collect()
}

pub(super) fn measures_json(fields: &[Field]) -> Vec<Value> {
    fields.iter().map(Field::measure).collect()
}

/// The most days that a chart shows: the service shows 50 unless it is asked for more, and by date those are the oldest.
const MAX_DAYS: u32 = 1000;

/// All days of a long window.
pub(super) fn day_limit() -> Value {
    items_limit(MAX_DAYS, false)
}

/// Whether a field is a date, worked out or of its column.
pub(super) fn is_date_axis(field: &Field) -> bool {
    matches!(field.shape, Shape::Date { .. })
}

/// So many items, and the others as one or not at all.
pub(super) fn items_limit(limit: u32, others: bool) -> Value {
    json!({"ItemsLimit": limit, "OtherCategories": if others { "INCLUDE" } else { "EXCLUDE" }})
}
