//! A range of days of activity: what `since` and `until` leave, or one slice of the history.

use arrow::datatypes::{DataType, Schema};
use chrono::{Datelike, NaiveDate};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, col, lit};

use crate::footer::{ACTIVITY_DATE, Days, Footer};
use crate::parts::Part;

/// Days from `from` on and before `to`, as days since 1970-01-01. An open end takes in whatever lies beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Window {
    pub(crate) from: Option<i32>,
    pub(crate) to: Option<i32>,
}

impl Window {
    /// The window of two inclusive dates.
    pub(crate) fn of_dates(since: Option<NaiveDate>, until: Option<NaiveDate>) -> Self {
        Self {
            from: since.map(|date| date.to_epoch_days()),
            to: until.map(|date| date.to_epoch_days().saturating_add(1)),
        }
    }

    /// The days that both windows have.
    pub(crate) fn and(self, other: Self) -> Self {
        let from = self.from.max(other.from);
        let to = match (self.to, other.to) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self { from, to }
    }

    /// Whether no day is left.
    pub(crate) fn is_empty(self) -> bool {
        matches!((self.from, self.to), (Some(from), Some(to)) if from >= to)
    }

    /// Whether a part may have rows in the window.
    pub(crate) fn touches(self, footer: Footer) -> bool {
        match footer.days {
            Days::None => false,
            Days::Unknown => true,
            Days::Between(first, last) => {
                self.from.is_none_or(|from| last >= from) && self.to.is_none_or(|to| first < to)
            }
        }
    }

    /// Whether all rows of a part are in the window.
    pub(crate) fn covers(self, footer: Footer) -> bool {
        match footer.days {
            Days::None => true,
            Days::Unknown => self == Self::default(),
            Days::Between(first, last) => {
                self.from.is_none_or(|from| first >= from) && self.to.is_none_or(|to| last < to)
            }
        }
    }

    /// The window as a condition on the activity date. A day that is not known counts as earlier than all others.
    pub(crate) fn condition(self) -> Option<Expr> {
        let day = |day: i32| lit(ScalarValue::Date32(Some(day)));
        match (self.from, self.to) {
            (None, None) => None,
            (Some(from), None) => Some(col(ACTIVITY_DATE).gt_eq(day(from))),
            (Some(from), Some(to)) => Some(
                col(ACTIVITY_DATE)
                    .gt_eq(day(from))
                    .and(col(ACTIVITY_DATE).lt(day(to))),
            ),
            (None, Some(to)) => Some(
                col(ACTIVITY_DATE)
                    .lt(day(to))
                    .or(col(ACTIVITY_DATE).is_null()),
            ),
        }
    }

    /// Whether an export of that day is in the window: how tables without activity days are restricted.
    pub(crate) fn has_export(self, part: &Part) -> bool {
        part.export_date.is_none_or(|date| {
            let day = date.to_epoch_days();
            self.from.is_none_or(|from| day >= from) && self.to.is_none_or(|to| day < to)
        })
    }
}

/// Whether a table has days of activity.
pub(crate) fn has_activity(schema: &Schema) -> bool {
    schema
        .field_with_name(ACTIVITY_DATE)
        .is_ok_and(|field| field.data_type() == &DataType::Date32)
}

/// The first day of the month of a day.
pub(crate) fn month_of(day: i32) -> i32 {
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
        let window = Window::of_dates(Some(date("2026-07-01")), Some(date("2026-07-01")));
        assert!(!window.is_empty());
        let first = day("2026-07-01");
        let on = |first, last| Footer {
            rows: 1,
            days: Days::Between(first, last),
        };
        assert!(window.covers(on(first, first)));
        assert!(window.touches(on(first - 5, first)));
        assert!(!window.covers(on(first - 5, first)));
        assert!(!window.touches(on(first + 1, first + 1)));
        assert!(Window::of_dates(Some(date("2026-07-02")), Some(date("2026-07-01"))).is_empty());
    }

    #[test]
    fn two_windows_leave_what_both_have() {
        let window = |from, to| Window { from, to };
        assert_eq!(
            window(None, Some(9)).and(window(Some(3), None)),
            window(Some(3), Some(9))
        );
        assert_eq!(
            window(Some(1), Some(9)).and(window(Some(3), Some(5))),
            window(Some(3), Some(5))
        );
        assert_eq!(
            window(None, None).and(window(None, None)),
            Window::default()
        );
    }

    #[test]
    fn a_month_begins_on_its_first_day() {
        assert_eq!(
            month_of(day("2026-07-31")),
            day("2026-07-01")
        );
        assert_eq!(month_of(-1), day("1969-12-01"));
    }
}
