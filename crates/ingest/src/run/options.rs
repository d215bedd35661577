//! Options of a run.

use std::num::NonZeroUsize;

use chrono::{DateTime, NaiveDate, Utc};

/// Options of one run. Both days are inclusive and are compared with the export's day.
#[derive(Debug, Clone)]
pub struct NormalizeOptions {
    /// Exports made before this day are ignored, and not read.
    pub since: Option<NaiveDate>,
    /// Exports made after this day are ignored, and not read.
    pub until: Option<NaiveDate>,
    /// Normalize exports again that have their parts.
    pub reprocess: bool,
    /// Maximum number of exports that are processed at once.
    pub jobs: NonZeroUsize,
    /// The time of the run: `processed_ts` of every row. Rows of exports without a day of their own are not later than the day
    /// after it.
    pub processed_at: DateTime<Utc>,
    /// Columns that end in `_messages` and are no model, with or without that ending. Their cells are kept in `extra`.
    pub excluded_models: Vec<String>,
}

impl NormalizeOptions {
    /// Returns true if exports of this day belong to the run.
    pub fn includes(&self, export_date: NaiveDate) -> bool {
        self.since.is_none_or(|since| since <= export_date)
            && self.until.is_none_or(|until| export_date <= until)
    }
}
