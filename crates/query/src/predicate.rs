//! Predicates of a WHERE clause that a scan evaluates itself, to select the rows that it returns.

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

/// One predicate of a conjunction.
#[derive(Debug, Clone)]
pub(crate) struct Predicate {
    /// Over the columns of `schema`.
    expression: Arc<dyn PhysicalExpr>,
    columns: Vec<usize>,
    schema: SchemaRef,
}

impl Predicate {
    /// Creates a predicate over a table of `schema`.
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

    /// Returns the indices of the table's columns that the predicate reads.
    pub(crate) fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Returns true if the predicate compares one column with a constant. It is then true for every value between two
    /// values for which it is true.
    pub(crate) fn is_comparison(&self) -> bool {
        let Some(binary) = self.expression.downcast_ref::<BinaryExpr>() else {
            return false;
        };
        let is_ordered = matches!(
            binary.op(),
            Operator::Eq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq
        );
        let is_column = |side: &Arc<dyn PhysicalExpr>| side.downcast_ref::<Column>().is_some();
        let is_constant = |side: &Arc<dyn PhysicalExpr>| side.downcast_ref::<Literal>().is_some();
        let (left, right) = (binary.left(), binary.right());
        is_ordered
            && (is_column(left) && is_constant(right) || is_constant(left) && is_column(right))
    }

    /// Returns the rows for which the predicate is true, given the values of its columns. NULL is not true.
    pub(crate) fn evaluate(&self, values: Vec<ArrayRef>, rows: usize) -> Result<BooleanBuffer> {
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), values, &options)?;
        let result = self.expression.evaluate(&batch)?.into_array(rows)?;
        Ok(true_values(result.as_boolean()))
    }

    /// Evaluates only the rows of `selection`; the others are false.
    fn evaluate_selected(
        &self,
        values: &[ArrayRef],
        selection: &BooleanBuffer,
    ) -> Result<BooleanBuffer> {
        let mask = BooleanArray::new(selection.clone(), None);
        let values = values.iter().map(|values| filter(values, &mask));
        let values = values.collect::<Result<_, _>>()?;
        let result = self.evaluate(values, selection.count_set_bits())?;
        let mut all = BooleanBufferBuilder::new(selection.len());
        all.append_n(selection.len(), false);
        for (index, row) in selection.set_indices().enumerate() {
            all.set_bit(row, result.value(index));
        }
        Ok(all.finish())
    }
}

/// Returns the rows of `selection` for which all predicates are true. A predicate that fails for some row is evaluated
/// last, over the rows that the others select: they may guard it.
pub(crate) fn evaluate_conjunction<'a>(
    predicates: impl IntoIterator<Item = &'a Predicate>,
    mut selection: BooleanBuffer,
    values: impl Fn(&Predicate) -> Result<Vec<ArrayRef>>,
) -> Result<BooleanBuffer> {
    let mut failed = Vec::new();
    for predicate in predicates {
        match predicate.evaluate(values(predicate)?, selection.len()) {
            Ok(rows) => selection = &selection & &rows,
            Err(_) => failed.push(predicate),
        }
    }
    for predicate in failed {
        selection = predicate.evaluate_selected(&values(predicate)?, &selection)?;
    }
    Ok(selection)
}

/// Filters batches of a source without statistics.
pub(crate) struct BatchFilter {
    /// The columns of the projection, then those that only the predicates read.
    columns: Vec<usize>,
    projection: Vec<usize>,
    predicates: Vec<Predicate>,
}

impl BatchFilter {
    pub(crate) fn new(projection: &[usize], predicates: &[Predicate]) -> Self {
        let mut columns = projection.to_vec();
        for &column in predicates.iter().flat_map(Predicate::columns) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        Self {
            columns,
            projection: (0..projection.len()).collect(),
            predicates: predicates.to_vec(),
        }
    }

    /// Returns the columns to read.
    pub(crate) fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Returns the rows of `batch` for which all predicates are true, with the columns of the projection.
    pub(crate) fn apply(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let all = BooleanBuffer::new_set(batch.num_rows());
        let selection = evaluate_conjunction(&self.predicates, all, |predicate| {
            let values = predicate.columns().iter().filter_map(|column| {
                let index = self.columns.iter().position(|read| read == column)?;
                Some(Arc::clone(batch.column(index)))
            });
            Ok(values.collect())
        })?;
        Ok(filter_record_batch(
            &batch.project(&self.projection)?,
            &BooleanArray::new(selection, None),
        )?)
    }
}

/// Returns the rows in which an array is true. NULL is not true.
pub(crate) fn true_values(array: &BooleanArray) -> BooleanBuffer {
    match array.nulls() {
        Some(nulls) => array.values() & nulls.inner(),
        None => array.values().clone(),
    }
}
