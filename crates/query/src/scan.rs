//! The physical scan of a table: reads the projected columns of the rows that match the predicates.

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, Statistics};
use datafusion::datasource::source::DataSource;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayFormatType, Partitioning};
use futures::stream;

use crate::predicate::Predicate;
use crate::source::{Batches, RowSource};

/// The physical scan of a table.
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    pub(crate) schema: SchemaRef,
    pub(crate) projection: Arc<[usize]>,
    pub(crate) predicates: Arc<[Predicate]>,
    pub(crate) partitions: Vec<Vec<Arc<dyn RowSource>>>,
    pub(crate) statistics: Arc<Statistics>,
    pub(crate) fetch: Option<usize>,
}

impl DataSource for Scan {
    fn open(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let batches = ScanBatches {
            sources: self
                .partitions
                .get(partition)
                .cloned()
                .unwrap_or_default()
                .into_iter(),
            projection: Arc::clone(&self.projection),
            predicates: Arc::clone(&self.predicates),
            max_rows: context.session_config().batch_size(),
            reading: None,
            remaining: self.fetch,
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(&self.schema),
            stream::iter(batches),
        )))
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self
            .schema
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .collect();
        let sources: usize = self.partitions.iter().map(Vec::len).sum();
        write!(f, "sources={sources}, columns=[{}]", names.join(", "))?;
        if !self.predicates.is_empty() {
            write!(f, ", predicates={}", self.predicates.len())?;
        }
        Ok(())
    }

    fn output_partitioning(&self) -> Partitioning {
        Partitioning::UnknownPartitioning(self.partitions.len())
    }

    fn eq_properties(&self) -> EquivalenceProperties {
        EquivalenceProperties::new(Arc::clone(&self.schema))
    }

    fn partition_statistics(&self, partition: Option<usize>) -> Result<Arc<Statistics>> {
        let Some(partition) = partition else {
            return Ok(Arc::clone(&self.statistics));
        };
        let rows = self
            .partitions
            .get(partition)
            .map_or(0, |run| run.iter().map(|source| source.rows()).sum());
        let mut statistics = self.statistics.as_ref().clone().to_inexact();
        statistics.num_rows = Precision::Inexact(rows);
        Ok(Arc::new(statistics))
    }

    fn with_fetch(&self, limit: Option<usize>) -> Option<Arc<dyn DataSource>> {
        Some(Arc::new(Self {
            fetch: limit,
            ..self.clone()
        }))
    }

    fn fetch(&self) -> Option<usize> {
        self.fetch
    }

    fn try_swapping_with_projection(
        &self,
        _projection: &ProjectionExprs,
    ) -> Result<Option<Arc<dyn DataSource>>> {
        Ok(None)
    }
}

/// Iterates over the batches of one partition of a scan.
struct ScanBatches {
    sources: std::vec::IntoIter<Arc<dyn RowSource>>,
    projection: Arc<[usize]>,
    predicates: Arc<[Predicate]>,
    /// Maximum rows per batch.
    max_rows: usize,
    /// The batches of the current source.
    reading: Option<Batches>,
    /// Rows until the limit; none for no limit.
    remaining: Option<usize>,
}

impl Iterator for ScanBatches {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.remaining == Some(0) {
            return None;
        }
        loop {
            if let Some(reading) = self.reading.as_mut() {
                match reading.next() {
                    Some(Ok(batch)) if batch.num_rows() == 0 => continue,
                    Some(Ok(batch)) => return Some(Ok(self.apply_limit(batch))),
                    Some(Err(error)) => return Some(Err(error)),
                    None => self.reading = None,
                }
            }
            let source = self.sources.next()?;
            match source.read_matching(&self.projection, &self.predicates, self.max_rows) {
                Ok(reading) => self.reading = Some(reading),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl ScanBatches {
    fn apply_limit(&mut self, batch: RecordBatch) -> RecordBatch {
        match self.remaining.as_mut() {
            None => batch,
            Some(remaining) => {
                let rows = batch.num_rows().min(*remaining);
                *remaining -= rows;
                batch.slice(0, rows)
            }
        }
    }
}
