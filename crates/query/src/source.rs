//! Where rows come from: parts on disk and packed blocks in memory, read a source at a time.

use std::fmt;

use arrow::array::RecordBatch;
use datafusion::common::{Result, ScalarValue};

use crate::condition::{BatchFilter, Condition};

/// The batches of one source.
pub(crate) type Batches = Box<dyn Iterator<Item = Result<RecordBatch>> + Send>;

/// Some rows of a table that are read together.
pub(crate) trait RowSource: fmt::Debug + Send + Sync {
    /// How many rows there are.
    fn rows(&self) -> usize;

    /// The smallest and the largest value of a column, where they are known.
    fn bounds(&self, column: usize) -> Option<(ScalarValue, ScalarValue)>;

    /// Reads the columns of `projection`, in that order, in batches of at most `max_rows`.
    fn read(&self, projection: &[usize], max_rows: usize) -> Result<Batches>;

    /// The same, but only the rows for which all conditions hold.
    fn read_matching(
        &self,
        projection: &[usize],
        conditions: &[Condition],
        max_rows: usize,
    ) -> Result<Batches> {
        if conditions.is_empty() {
            return self.read(projection, max_rows);
        }
        let filter = BatchFilter::new(projection, conditions);
        let batches = self.read(filter.columns(), max_rows)?;
        Ok(Box::new(batches.map(move |batch| filter.apply(&batch?))))
    }
}
