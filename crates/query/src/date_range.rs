//! A range of activity days: what `since` and `until` leave, or the days of one time partition.

use arrow::datatypes::{DataType, Schema};
use chrono::{Datelike, NaiveDate};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, col, lit};

use crate::footer::{ACTIVITY_DATE, DayRange, Footer};
use crate::parts::Part;

/// Days from `start` (inclusive) to `end` (exclusive), as days since 1970-01-01. `None` is an open end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct DateRange {
    pub(crate) start: Option<i32>,
    pub(crate) end: Option<i32>,
}

impl DateRange {
    /// Creates a range from two inclusive dates.
    pub(crate) fn from_dates(since: Option<NaiveDate>, until: Option<NaiveDate>) -> Self {
        Self {
            start: since.map(|date| date.to_epoch_days()),
            end: until.map(|date| date.to_epoch_days().saturating_add(1)),
        }
    }

    /// Returns the days that are in both ranges.
    pub(crate) fn intersect(self, other: Self) -> Self {
        let start = self.start.max(other.start);
        let end = match (self.end, other.end) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self { start, end }
    }

    /// Returns true if the range contains no day.
    pub(crate) fn is_empty(self) -> bool {
        matches!((self.start, self.end), (Some(start), Some(end)) if start >= end)
    }

    /// Returns true if a part may have rows in the range.
    pub(crate) fn overlaps(self, footer: Footer) -> bool {
        match footer.days {
            DayRange::Empty => false,
            DayRange::Unknown => true,
            DayRange::Between(first, last) => {
                self.start.is_none_or(|start| last >= start)
                    && self.end.is_none_or(|end| first < end)
            }
        }
    }

    /// Returns true if all rows of a part are in the range.
    pub(crate) fn contains(self, footer: Footer) -> bool {
        match footer.days {
            DayRange::Empty => true,
            DayRange::Unknown => self == Self::default(),
            DayRange::Between(first, last) => {
                self.start.is_none_or(|start| first >= start)
                    && self.end.is_none_or(|end| last < end)
            }
        }
    }

    /// Returns the range as a filter on the activity date. A row without a date counts as earlier than all others.
    pub(crate) fn to_filter(self) -> Option<Expr> {
        let day = |day: i32| lit(ScalarValue::Date32(Some(day)));
        match (self.start, self.end) {
            (None, None) => None,
            (Some(start), None) => Some(col(ACTIVITY_DATE).gt_eq(day(start))),
            (Some(start), Some(end)) => Some(
                col(ACTIVITY_DATE)
                    .gt_eq(day(start))
                    .and(col(ACTIVITY_DATE).lt(day(end))),
            ),
            (None, Some(end)) => Some(
                col(ACTIVITY_DATE)
                    .lt(day(end))
                    .or(col(ACTIVITY_DATE).is_null()),
            ),
        }
    }

    /// Returns true if a part was exported on a day of the range. Restricts tables without activity days.
    pub(crate) fn contains_export(self, part: &Part) -> bool {
        part.export_date.is_none_or(|date| {
            let day = date.to_epoch_days();
            self.start.is_none_or(|start| day >= start) && self.end.is_none_or(|end| day < end)
        })
    }
}

/// Returns true if a table has a column of activity days.
pub(crate) fn has_activity_date(schema: &Schema) -> bool {
    schema
        .field_with_name(ACTIVITY_DATE)
        .is_ok_and(|field| field.data_type() == &DataType::Date32)
}

/// Returns the first day of the month of `day`, both as days since 1970-01-01.
pub(crate) fn month_start(day: i32) -> i32 {
    NaiveDate::from_epoch_days(day)
        .and_then(|date| date.with_day(1))
        .map_or(day, |date| date.to_epoch_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn day(text: &str) -> i32 {
        date(text).to_epoch_days()
    }

    #[test]
    fn since_and_until_are_inclusive() {
        let range = DateRange::from_dates(Some(date("2026-07-01")), Some(date("2026-07-01")));
        assert!(!range.is_empty());
        let first = day("2026-07-01");
        let on = |first, last| Footer {
            rows: 1,
            days: DayRange::Between(first, last),
        };
        assert!(range.contains(on(first, first)));
        assert!(range.overlaps(on(first - 5, first)));
        assert!(!range.contains(on(first - 5, first)));
        assert!(!range.overlaps(on(first + 1, first + 1)));
        assert!(
            DateRange::from_dates(Some(date("2026-07-02")), Some(date("2026-07-01"))).is_empty()
        );
    }

    #[test]
    fn an_intersection_has_the_days_of_both_ranges() {
        let range = |start, end| DateRange { start, end };
        assert_eq!(
            range(None, Some(9)).intersect(range(Some(3), None)),
            range(Some(3), Some(9))
        );
        assert_eq!(
            range(Some(1), Some(9)).intersect(range(Some(3), Some(5))),
            range(Some(3), Some(5))
        );
        assert_eq!(
            range(None, None).intersect(range(None, None)),
            DateRange::default()
        );
    }

    #[test]
    fn a_month_begins_on_its_first_day() {
        assert_eq!(month_start(day("2026-07-31")), day("2026-07-01"));
        assert_eq!(month_start(-1), day("1969-12-01"));
    }
}
