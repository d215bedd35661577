//! Converts Arrow batches to the dashboard's typed rows.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use arrow::error::ArrowError;
use arrow::temporal_conversions::date32_to_datetime;
use kiro_dashboard_sql::{ResultSet, Value};

/// Appends the rows of a batch to a result.
pub(crate) fn append(result: &mut ResultSet, batch: &RecordBatch) -> Result<(), ArrowError> {
    if result.columns.is_empty() {
        result.columns = batch
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
    }
    let columns = batch
        .columns()
        .iter()
        .map(cast_column)
        .collect::<Result<Vec<_>, _>>()?;
    result.rows.reserve(batch.num_rows());
    for row in 0..batch.num_rows() {
        result
            .rows
            .push(columns.iter().map(|column| value(column, row)).collect());
    }
    Ok(())
}

/// Casts a column to one of the types that [`value`] reads.
fn cast_column(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let target = match column.data_type() {
        DataType::Boolean
        | DataType::Int64
        | DataType::Float64
        | DataType::Date32
        | DataType::Utf8
        | DataType::Null => {
            return Ok(ArrayRef::clone(column));
        }
        other if other.is_integer() => DataType::Int64,
        other if other.is_floating() || matches!(other, DataType::Decimal128(..)) => {
            DataType::Float64
        }
        DataType::Timestamp(..) | DataType::Date64 => DataType::Date32,
        _ => DataType::Utf8,
    };
    cast(column, &target)
}

fn value(column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Boolean => Value::Flag(column.as_boolean().value(row)),
        DataType::Int64 => Value::Whole(column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::Number(column.as_primitive::<Float64Type>().value(row)),
        DataType::Date32 => date32_to_datetime(column.as_primitive::<Date32Type>().value(row))
            .map_or(Value::Null, |time| Value::Date(time.date())),
        DataType::Utf8 => Value::Text(column.as_string::<i32>().value(row).to_owned()),
        _ => Value::Null,
    }
}
