//! JSON that several kinds of visuals have in common.

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

/// Dimensions of a chart, with the hierarchies of their dates.
pub(super) fn axes_json(fields: &[Field]) -> Vec<Value> {
    fields.iter().map(Field::axis).collect()
}

pub(super) fn measures_json(fields: &[Field]) -> Vec<Value> {
    fields.iter().map(Field::measure).collect()
}

/// Maximum days of a chart. Without a limit, the service shows the oldest 50.
const MAX_DAYS: u32 = 1000;

/// The limit of a date axis.
pub(super) fn day_limit() -> Value {
    items_limit(MAX_DAYS, false)
}

/// Returns true if a field is a date.
pub(super) fn is_date_axis(field: &Field) -> bool {
    matches!(field.shape, Shape::Date { .. })
}

/// A limit of items; with `others`, the rest is one more item.
pub(super) fn items_limit(limit: u32, others: bool) -> Value {
    json!({"ItemsLimit": limit, "OtherCategories": if others { "INCLUDE" } else { "EXCLUDE" }})
}
