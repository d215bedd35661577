//! A condition of a WHERE clause that a scan answers for itself: which rows of a source are read at all.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, BooleanBufferBuilder, RecordBatch, RecordBatchOptions,
};
use arrow::buffer::BooleanBuffer;
use arrow::compute::{filter, filter_record_batch};
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::Result;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{BinaryExpr, Column, Literal};
use datafusion::physical_expr::utils::{collect_columns, reassign_expr_columns};

/// One of several conditions that all have to hold.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    /// Over the columns below alone.
    expression: Arc<dyn PhysicalExpr>,
    columns: Vec<usize>,
    schema: SchemaRef,
}

impl Condition {
    /// A condition over a table of `schema`.
    pub(crate) fn new(expression: Arc<dyn PhysicalExpr>, schema: &Schema) -> Result<Self> {
        let columns = collect_columns(&expression);
        let mut columns: Vec<usize> = columns.iter().map(Column::index).collect();
        columns.sort_unstable();
        columns.dedup();
        let schema = Arc::new(schema.project(&columns)?);
        Ok(Self {
            expression: reassign_expr_columns(expression, &schema)?,
            columns,
            schema,
        })
    }

    /// The table's columns that it is about.
    pub(crate) fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Whether it is one column compared with a value, so that it holds between two values for which it holds.
    pub(crate) fn is_comparison(&self) -> bool {
        let Some(binary) = self.expression.downcast_ref::<BinaryExpr>() else {
            return false;
        };
        let is_ordered = matches!(
            binary.op(),
            Operator::Eq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq
        );
        let is_column = |side: &Arc<dyn PhysicalExpr>| side.downcast_ref::<Column>().is_some();
        let is_value = |side: &Arc<dyn PhysicalExpr>| side.downcast_ref::<Literal>().is_some();
        let (left, right) = (binary.left(), binary.right());
        is_ordered && (is_column(left) && is_value(right) || is_value(left) && is_column(right))
    }

    /// For which rows it holds, given the values of its columns; what is not known does not hold.
    pub(crate) fn holds(&self, values: Vec<ArrayRef>, rows: usize) -> Result<BooleanBuffer> {
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), values, &options)?;
        let held = self.expression.evaluate(&batch)?.into_array(rows)?;
        Ok(true_rows(held.as_boolean()))
    }

    /// The same, asked of some rows alone.
    fn holds_among(&self, values: &[ArrayRef], rows: &BooleanBuffer) -> Result<BooleanBuffer> {
        let asked = BooleanArray::new(rows.clone(), None);
        let values = values.iter().map(|values| filter(values, &asked));
        let held = self.holds(values.collect::<Result<_, _>>()?, rows.count_set_bits())?;
        let mut all = BooleanBufferBuilder::new(rows.len());
        all.append_n(rows.len(), false);
        for (place, row) in rows.set_indices().enumerate() {
            all.set_bit(row, held.value(place));
        }
        Ok(all.finish())
    }
}

/// For which of the rows in `held` all conditions hold. One that fails for some row is asked last, and of the rows that
/// the others leave: they may guard it.
pub(crate) fn hold_together<'a>(
    conditions: impl IntoIterator<Item = &'a Condition>,
    mut held: BooleanBuffer,
    values: impl Fn(&Condition) -> Result<Vec<ArrayRef>>,
) -> Result<BooleanBuffer> {
    let mut guarded = Vec::new();
    for condition in conditions {
        match condition.holds(values(condition)?, held.len()) {
            Ok(more) => held = &held & &more,
            Err(_) => guarded.push(condition),
        }
    }
    for condition in guarded {
        held = condition.holds_among(&values(condition)?, &held)?;
    }
    Ok(held)
}

/// Conditions for the batches of a source that knows nothing of its rows beforehand.
pub(crate) struct BatchFilter {
    /// The columns that are asked for, and behind them those that only the conditions are about.
    columns: Vec<usize>,
    wanted: Vec<usize>,
    conditions: Vec<Condition>,
}

impl BatchFilter {
    pub(crate) fn new(projection: &[usize], conditions: &[Condition]) -> Self {
        let mut columns = projection.to_vec();
        for &column in conditions.iter().flat_map(Condition::columns) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        Self {
            columns,
            wanted: (0..projection.len()).collect(),
            conditions: conditions.to_vec(),
        }
    }

    /// The columns to read.
    pub(crate) fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The rows for which all conditions hold, of what was read.
    pub(crate) fn apply(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let all = BooleanBuffer::new_set(batch.num_rows());
        let held = hold_together(&self.conditions, all, |condition| {
            let places = condition.columns().iter();
            let values = places.filter_map(|column| {
                let place = self.columns.iter().position(|known| known == column)?;
                Some(Arc::clone(batch.column(place)))
            });
            Ok(values.collect())
        })?;
        let wanted = batch.project(&self.wanted)?;
        Ok(filter_record_batch(
            &wanted,
            &BooleanArray::new(held, None),
        )?)
    }
}

/// Where an array is true: NULL is not.
pub(crate) fn true_rows(array: &BooleanArray) -> BooleanBuffer {
    match array.nulls() {
        Some(nulls) => array.values() & nulls.inner(),
        None => array.values().clone(),
    }
}
