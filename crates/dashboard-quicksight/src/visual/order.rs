//! The order of rows and categories: as in the file, else by time, else descending by the first measure.

use kiro_catalog::ColumnType;
use kiro_dashboard::spec::{Formula, Kind, Order, Visual};
use serde_json::{Value, json};

use crate::compiler::Compiler;
use crate::dimension_field::shown_details;
use crate::error::{QuickSightError, Result};
use crate::field::Field;

/// The fields of a visual that it can be sorted by.
pub(super) struct Sortable<'f> {
    pub(super) dimensions: &'f [Field],
    pub(super) details: &'f [Field],
    /// The shown measures, then the hidden ones if they are fields of the visual.
    pub(super) values: &'f [Field],
}

const fn direction(order: Order) -> &'static str {
    match order {
        Order::Asc => "ASC",
        Order::Desc => "DESC",
    }
}

/// The sort of a visual's first dimension, or of a table's rows.
pub(super) fn sorts(
    compiler: &mut Compiler<'_>,
    visual: &Visual,
    fields: &Sortable<'_>,
) -> Result<Vec<Value>> {
    let mut sorts = Vec::new();
    for sort in &visual.sort {
        let direction = direction(sort.order);
        if let Some(field) = field_of(compiler, visual, fields, &sort.by) {
            sorts.push(field.sort(direction));
        } else {
            // A hidden measure.
            let sort = column_sort(compiler, visual, &sort.by, direction)?;
            sorts.push(json!({"ColumnSort": sort}));
        }
    }
    if sorts.is_empty() {
        let tabular = matches!(visual.kind.value, Kind::Table | Kind::Status | Kind::Pivot);
        let dataset = compiler.dataset_of(visual)?;
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

/// The field of that name: a measure, a dimension or a detail.
fn field_of<'f>(
    compiler: &Compiler<'_>,
    visual: &Visual,
    fields: &Sortable<'f>,
    name: &str,
) -> Option<&'f Field> {
    let measures = visual.measures.iter().chain(&visual.hidden);
    let measure = measures
        .map(|measure| measure.value.as_str())
        .zip(fields.values);
    let dimensions = visual
        .by
        .iter()
        .map(|by| by.column.as_ref().or(by.bucket.as_ref()))
        .zip(fields.dimensions);
    let details = shown_details(compiler, visual)
        .into_iter()
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

/// The sort by a measure that is not a field of the visual: by its column, with its aggregation.
///
/// The API has no aggregation for calculated fields that aggregate.
pub(super) fn column_sort(
    compiler: &Compiler<'_>,
    visual: &Visual,
    measure: &str,
    direction: &str,
) -> Result<Value> {
    let dataset = compiler.dataset_of(visual)?;
    let measure = compiler.spec.measure(measure)?;
    let (column, name) = match &measure.is {
        Formula::Sum(column) => (column, "SUM"),
        Formula::Max(column) => (column, "MAX"),
        Formula::Min(column) => (column, "MIN"),
        Formula::Average(column) => (column, "AVERAGE"),
        Formula::Distinct(column) => (column, "DISTINCT_COUNT"),
        _ => return Err(unsortable(visual)),
    };
    if !measure.only.is_empty() {
        return Err(unsortable(visual));
    }
    let aggregation = match compiler.column_type(dataset, column)? {
        ColumnType::Varchar if name == "DISTINCT_COUNT" => {
            json!({"CategoricalAggregationFunction": name})
        }
        ColumnType::Varchar => return Err(unsortable(visual)),
        ColumnType::Date => json!({"DateAggregationFunction": name}),
        ColumnType::Bigint | ColumnType::Double | ColumnType::Boolean => {
            json!({"NumericalAggregationFunction": {"SimpleNumericalAggregation": name}})
        }
    };
    Ok(json!({
        "SortBy": {"DataSetIdentifier": dataset.relation.value, "ColumnName": column.value},
        "Direction": direction,
        "AggregationFunction": aggregation,
    }))
}

fn unsortable(visual: &Visual) -> QuickSightError {
    let reason = "a hidden measure can only sort if it aggregates one column: show the measure";
    QuickSightError::unsupported(&visual.id, reason)
}
