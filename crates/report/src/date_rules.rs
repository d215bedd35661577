//! What is known about the days of an export before its rows are read.

use chrono::{Days, NaiveDate};

use crate::{ExportKey, TimeSource};

/// Amazon Q, whose exports are the oldest, was announced on this day.
const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2023, 11, 28) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// What is known about the days of an export before its rows are read. The default knows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateRules {
    /// The day that the export itself names.
    pub own_day: Option<NaiveDate>,
    /// The first possible day of an activity.
    pub earliest: NaiveDate,
    /// The last possible day of an activity.
    pub latest: NaiveDate,
    /// The order that the rows of the export have shown in an earlier pass.
    pub order: Option<DateOrder>,
}

/// The order of day and month in dates such as `3/9/2026`, as the rows of one export show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    MonthFirst,
    DayFirst,
    /// Some rows show the one and some the other.
    Contradictory,
}

impl Default for DateRules {
    fn default() -> Self {
        Self {
            own_day: None,
            earliest: FIRST_DAY,
            latest: NaiveDate::MAX,
            order: None,
        }
    }
}

impl DateRules {
    /// The rules of an export that is read on `today`.
    ///
    /// An export's name or folders say its own day. Rows may be one day ahead, because of time zones. Without such a day, rows
    /// are not later than the day after the last modification or after `today`, whichever is later.
    pub fn of_export(export: &ExportKey, today: NaiveDate) -> Self {
        let named = export.time.date();
        let (own_day, last) = match export.time_source {
            TimeSource::Name | TimeSource::Folders => (Some(named), named),
            TimeSource::Modified => (None, named.max(today)),
        };
        Self {
            own_day,
            latest: last.checked_add_days(Days::new(1)).unwrap_or(last),
            ..Self::default()
        }
    }

    /// Returns true if a row of the export can be of this day.
    pub(crate) fn is_plausible(&self, day: NaiveDate) -> bool {
        self.earliest <= day && day <= self.latest
    }

    /// Returns true if the day is about the export's own: exports are made for the day before, or up to two days late.
    pub(crate) fn is_near_own_day(&self, day: NaiveDate) -> bool {
        self.own_day
            .is_some_and(|own| (-2..=1).contains(&(day - own).num_days()))
    }
}
