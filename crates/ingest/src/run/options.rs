//! Options of a run.

use std::num::NonZeroUsize;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use kiro_report::Names;

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
    /// Other spellings of names in exports, and columns that are no models.
    pub names: Arc<Names>,
}

impl NormalizeOptions {
    /// Returns true if exports of this day belong to the run.
    pub fn includes(&self, export_date: NaiveDate) -> bool {
        self.since.is_none_or(|since| since <= export_date)
            && self.until.is_none_or(|until| export_date <= until)
    }
}
