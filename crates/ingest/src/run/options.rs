//! What a caller may ask of a run.

use std::num::NonZeroUsize;

use chrono::{DateTime, NaiveDate, Utc};

/// The choices of one run. Both dates are inclusive and are compared with the export date.
#[derive(Debug, Clone)]
pub struct NormalizeOptions {
    /// Exports made before this day are left alone, and not even read.
    pub since: Option<NaiveDate>,
    /// Exports made after this day are left alone, and not even read.
    pub until: Option<NaiveDate>,
    /// Normalizes exports again that have been done already.
    pub reprocess: bool,
    /// How many exports are in work at the same time.
    pub jobs: NonZeroUsize,
    /// The time of the run; it becomes `processed_ts` on every row.
    pub processed_at: DateTime<Utc>,
}

impl NormalizeOptions {
    /// Whether exports of this day are asked for.
    pub fn includes(&self, export_date: NaiveDate) -> bool {
        self.since.is_none_or(|since| since <= export_date)
            && self.until.is_none_or(|until| export_date <= until)
    }
}
