//! Sources of rows: parts on disk and packed blocks in memory.

use std::fmt;

use arrow::array::RecordBatch;
use datafusion::common::{Result, ScalarValue};

use crate::predicate::{BatchFilter, Predicate};

/// The batches of one source.
pub(crate) type Batches = Box<dyn Iterator<Item = Result<RecordBatch>> + Send>;

/// Rows of a table that are read together.
pub(crate) trait RowSource: fmt::Debug + Send + Sync {
    /// Returns the number of rows.
    fn rows(&self) -> usize;

    /// Returns the minimum and the maximum of a column, if they are known.
    fn bounds(&self, column: usize) -> Option<(ScalarValue, ScalarValue)>;

    /// Reads the columns of `projection`, in that order, in batches of at most `max_rows` rows.
    fn read(&self, projection: &[usize], max_rows: usize) -> Result<Batches>;

    /// Reads only the rows for which all predicates are true.
    fn read_matching(
        &self,
        projection: &[usize],
        predicates: &[Predicate],
        max_rows: usize,
    ) -> Result<Batches> {
        if predicates.is_empty() {
            return self.read(projection, max_rows);
        }
        let filter = BatchFilter::new(projection, predicates);
        let batches = self.read(filter.columns(), max_rows)?;
        Ok(Box::new(batches.map(move |batch| filter.apply(&batch?))))
    }
}
