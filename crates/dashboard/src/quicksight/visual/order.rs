//! The order of rows and categories: as the file says, else by time, else the largest first.

use serde_json::Value;

use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::Field;
use crate::spec::{Kind, Order, Visual};

/// The fields of a visual that it can be sorted by.
pub(super) struct Sortable<'f> {
    pub(super) dimensions: &'f [Field],
    pub(super) details: &'f [Field],
    /// The measures that are shown, then those that only sort where the visual has them as fields.
    pub(super) values: &'f [Field],
}

const fn direction(order: Order) -> &'static str {
    match order {
        Order::Asc => "ASC",
        Order::Desc => "DESC",
    }
}

impl Compiler<'_> {
    /// The sort of a visual's first dimension, or of a table's rows.
    pub(super) fn order(
        &mut self,
        visual: &Visual,
        fields: &Sortable<'_>,
    ) -> Result<Vec<Value>, QuickSightError> {
        let mut sorts = Vec::new();
        for sort in &visual.sort {
            let direction = direction(sort.order);
            if let Some(field) = field_of(visual, fields, &sort.by) {
                sorts.push(field.sort(direction));
            } else {
                // A measure that only sorts.
                let hidden = self.value(visual, "sort", &sort.by, None)?;
                sorts.push(hidden.column_sort(direction));
            }
        }
        if sorts.is_empty() {
            let tabular = matches!(visual.kind.value, Kind::Table | Kind::Status | Kind::Pivot);
            let dataset = self.dataset_of(visual)?;
            let time = dataset.time.as_ref().map(|time| &time.column.value);
            let over_time = visual.by.first().is_some_and(|by| {
                by.grain.is_some() || by.column.as_ref().map(|column| &column.value) == time
            });
            let largest = fields.values.first().filter(|_| tabular || !over_time);
            match (largest, fields.dimensions.first()) {
                (Some(largest), _) => sorts.push(largest.sort("DESC")),
                (None, Some(first)) => sorts.push(first.sort("ASC")),
                (None, None) => {}
            }
        }
        Ok(sorts)
    }
}

/// The field that a sort names: a measure, a dimension or a detail.
fn field_of<'f>(visual: &Visual, fields: &Sortable<'f>, name: &str) -> Option<&'f Field> {
    let measures = visual.measures.iter().chain(&visual.hidden);
    let measure = measures
        .map(|measure| measure.value.as_str())
        .zip(fields.values);
    let dimensions = visual
        .by
        .iter()
        .map(|by| by.column.as_ref().or(by.bucket.as_ref()))
        .zip(fields.dimensions);
    let details = visual
        .details
        .iter()
        .map(|detail| detail.column.as_ref().or(detail.bucket.as_ref()))
        .zip(fields.details);
    let column = dimensions
        .chain(details)
        .filter_map(|(column, field)| Some((column?.value.as_str(), field)));
    let mut known = measure.chain(column);
    known
        .find(|(known, _)| *known == name)
        .map(|(_, field)| field)
}
