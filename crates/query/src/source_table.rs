//! A table over a list of row sources. A scan prunes the sources whose bounds cannot match its filters.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, BooleanArray};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{Column, ColumnStatistics, DFSchema, Result, ScalarValue, Statistics};
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::{PhysicalExpr, conjunction_opt};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;

use crate::predicate::Predicate;
use crate::scan::Scan;
use crate::source::RowSource;

/// A read-only table over row sources.
#[derive(Debug, Clone)]
pub(crate) struct SourceTable {
    schema: SchemaRef,
    sources: Vec<Arc<dyn RowSource>>,
    statistics: Vec<ColumnStatistics>,
    bytes: usize,
    /// By columns, filled on first use.
    fingerprints: Arc<Mutex<HashMap<Vec<usize>, u64>>>,
}

impl SourceTable {
    /// Creates a table of `schema` with the rows of `sources`, in that order.
    pub(crate) fn new(schema: SchemaRef, sources: Vec<Arc<dyn RowSource>>) -> Self {
        let statistics = vec![ColumnStatistics::new_unknown(); schema.fields().len()];
        Self {
            schema,
            sources,
            statistics,
            bytes: 0,
            fingerprints: Arc::default(),
        }
    }

    /// Sets the memory of the rows in bytes.
    pub(crate) fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// Returns the memory of the rows in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Sets the number of distinct values of each column.
    pub(crate) fn with_distinct_counts(
        mut self,
        counts: impl Iterator<Item = Option<usize>>,
    ) -> Self {
        for (statistics, count) in self.statistics.iter_mut().zip(counts) {
            statistics.distinct_count = count.map_or(Precision::Absent, Precision::Inexact);
        }
        self
    }

    /// Returns a hash of the contents of some columns. It does not depend on the order of the rows. The first call reads
    /// all rows.
    pub(crate) fn fingerprint(&self, columns: &[usize]) -> Result<u64> {
        let known = self.fingerprints.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        if let Some(fingerprint) = known.get(columns) {
            return Ok(*fingerprint);
        }
        let fingerprint = self.compute_fingerprint(columns)?;
        known.insert(columns.to_vec(), fingerprint);
        Ok(fingerprint)
    }

    fn compute_fingerprint(&self, columns: &[usize]) -> Result<u64> {
        let options = FormatOptions::new().with_null("NULL");
        let mut sum = self.rows() as u64;
        for source in &self.sources {
            for batch in source.read(columns, 8192)? {
                let batch = batch?;
                let columns = batch.columns().iter();
                let cells = columns
                    .map(|column| ArrayFormatter::try_new(column, &options))
                    .collect::<Result<Vec<_>, _>>()?;
                for row in 0..batch.num_rows() {
                    let mut hasher = DefaultHasher::new();
                    for (cell, column) in cells.iter().zip(batch.columns()) {
                        // NULL is not the text that it is written as.
                        column.is_null(row).hash(&mut hasher);
                        cell.value(row).to_string().hash(&mut hasher);
                    }
                    sum = sum.wrapping_add(hasher.finish());
                }
            }
        }
        Ok(sum)
    }

    /// Returns the number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.sources.iter().map(|source| source.rows()).sum()
    }

    /// Returns the sources that may have rows for which all `filters` are true.
    fn prune(&self, filters: &[Arc<dyn PhysicalExpr>]) -> Result<Vec<Arc<dyn RowSource>>> {
        let sources: Vec<_> = self
            .sources
            .iter()
            .filter(|source| source.rows() > 0)
            .cloned()
            .collect();
        let Some(filter) = conjunction_opt(filters.iter().cloned()) else {
            return Ok(sources);
        };
        let Some(predicate) = PruningPredicateBuilder::new()
            .with_file_schema(Arc::clone(&self.schema))
            .build(filter)
        else {
            return Ok(sources);
        };
        let keep = predicate.prune(&SourceBounds {
            schema: &self.schema,
            sources: &sources,
        })?;
        Ok(sources
            .into_iter()
            .zip(keep)
            .filter_map(|(source, keep)| keep.then_some(source))
            .collect())
    }
}

#[async_trait]
impl TableProvider for SourceTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Exact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let df_schema = DFSchema::try_from(Arc::clone(&self.schema))?;
        let expressions = filters.iter().cloned();
        let filters = expressions
            .map(|filter| state.create_physical_expr(filter, &df_schema))
            .collect::<Result<Vec<_>>>()?;
        let sources = self.prune(&filters)?;
        let predicates = filters.into_iter();
        let predicates: Arc<[Predicate]> = predicates
            .map(|filter| Predicate::new(filter, &self.schema))
            .collect::<Result<_>>()?;
        let projection: Arc<[usize]> = projection.map_or_else(
            || (0..self.schema.fields().len()).collect(),
            |columns| columns.as_slice().into(),
        );
        let schema = Arc::new(self.schema.project(&projection)?);
        let rows: usize = sources.iter().map(|source| source.rows()).sum();
        let mut statistics = Statistics::new_unknown(&schema);
        statistics.num_rows = if predicates.is_empty() {
            Precision::Exact(rows)
        } else {
            Precision::Inexact(rows / ROWS_PER_MATCH)
        };
        statistics.column_statistics = projection
            .iter()
            .map(|&column| self.statistics[column].clone())
            .collect();
        statistics.total_byte_size = Precision::Inexact(rows.saturating_mul(row_bytes(&schema)));
        Ok(DataSourceExec::from_data_source(Scan {
            schema,
            projection,
            predicates,
            partitions: split_evenly(sources, state.config().target_partitions()),
            statistics: Arc::new(statistics),
            fetch: limit,
        }))
    }
}

/// The estimate of `DataFusion` without statistics: one row in this number matches a filter.
const ROWS_PER_MATCH: usize = 5;

/// Estimates the bytes of a row, to choose the build side of a join.
fn row_bytes(schema: &Schema) -> usize {
    schema
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Boolean => 1,
            DataType::Date32 => 4,
            DataType::Utf8View => 16,
            _ => 8,
        })
        .sum()
}

/// Splits sources, in order, into at most `count` partitions of about the same number of rows.
fn split_evenly(sources: Vec<Arc<dyn RowSource>>, count: usize) -> Vec<Vec<Arc<dyn RowSource>>> {
    let total: usize = sources.iter().map(|source| source.rows()).sum();
    let share = total.div_ceil(count.max(1)).max(1);
    let mut partitions: Vec<Vec<Arc<dyn RowSource>>> = vec![Vec::new()];
    let mut rows = 0;
    for source in sources {
        let middle = rows + source.rows() / 2;
        rows += source.rows();
        let partition = (middle / share).min(count.saturating_sub(1));
        if partitions.len() <= partition {
            partitions.resize_with(partition + 1, Vec::new);
        }
        if let Some(partition) = partitions.get_mut(partition) {
            partition.push(source);
        }
    }
    partitions
}

/// The bounds of sources as `DataFusion` prunes by them.
struct SourceBounds<'a> {
    schema: &'a Schema,
    sources: &'a [Arc<dyn RowSource>],
}

impl SourceBounds<'_> {
    fn values(
        &self,
        column: &Column,
        choose: impl Fn((ScalarValue, ScalarValue)) -> ScalarValue,
    ) -> Option<ArrayRef> {
        let (index, field) = self.schema.column_with_name(&column.name)?;
        let unknown = ScalarValue::try_from(field.data_type()).ok()?;
        let values = self.sources.iter().map(|source| {
            source
                .bounds(index)
                .map_or_else(|| unknown.clone(), &choose)
        });
        ScalarValue::iter_to_array(values).ok()
    }
}

impl PruningStatistics for SourceBounds<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column, |(min, _)| min)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column, |(_, max)| max)
    }

    fn num_containers(&self) -> usize {
        self.sources.len()
    }

    fn null_counts(&self, _column: &Column) -> Option<ArrayRef> {
        None
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        None
    }

    fn contained(&self, _column: &Column, _values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
