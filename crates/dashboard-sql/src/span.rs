//! Periods of days: the chosen one, and those that a visual covers and compares.

use chrono::{Datelike, Days, Months, NaiveDate};
use kiro_dashboard::spec::{Grain, Window};
use serde::Serialize;

/// A period of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Span {
    /// The number of days.
    pub fn days(self) -> u32 {
        u32::try_from((self.to - self.from).num_days() + 1).unwrap_or(0)
    }

    /// The days since `day`; the last day alone if the period ends before it.
    pub(crate) fn since(self, day: NaiveDate) -> Self {
        Self {
            from: self.from.max(day).min(self.to),
            ..self
        }
    }

    /// The period of equal length that ends the day before.
    fn previous(self) -> Self {
        let days = Days::new(u64::from(self.days()));
        Self {
            from: self.from.checked_sub_days(days).unwrap_or(NaiveDate::MIN),
            to: self.to.checked_sub_days(days).unwrap_or(NaiveDate::MIN),
        }
    }

    /// The calendar month of the last day, up to that day.
    fn month_to_date(self) -> Self {
        Self {
            from: first_of_month(self.to),
            to: self.to,
        }
    }

    /// The month before the last day's, up to the same day of the month.
    fn previous_month_to_date(self) -> Self {
        let to = self
            .to
            .checked_sub_months(Months::new(1))
            .unwrap_or(self.to);
        Self {
            from: first_of_month(to),
            to,
        }
    }

    /// Twelve calendar months, the last of them that of the last day.
    fn year(self) -> Self {
        let first = first_of_month(self.to);
        Self {
            from: first.checked_sub_months(Months::new(11)).unwrap_or(first),
            to: self.to,
        }
    }

    /// The days that a visual with that window covers; none: all days.
    pub(crate) fn covered(self, window: Window) -> Option<Self> {
        match window {
            Window::Range => Some(self),
            Window::Month => Some(self.month_to_date()),
            Window::Year => Some(self.year()),
            Window::All => None,
        }
    }

    /// The days that the same visual compares them with.
    pub(crate) fn compared(self, window: Window) -> Option<Self> {
        match window {
            Window::Range => Some(self.previous()),
            Window::Month => Some(self.month_to_date().previous_month_to_date()),
            Window::Year => {
                let year = self.year();
                let back = Months::new(12);
                Some(Self {
                    from: year.from.checked_sub_months(back)?,
                    to: year.to.checked_sub_months(back)?,
                })
            }
            Window::All => None,
        }
    }

    /// The first days of its first and last month.
    pub(crate) fn months(self) -> Self {
        Self {
            from: first_of_month(self.from),
            to: first_of_month(self.to),
        }
    }

    /// The grain that gives about 60 columns at most.
    pub(crate) fn readable_grain(self) -> Grain {
        match self.days() {
            0..=62 => Grain::Day,
            63..=400 => Grain::Week,
            _ => Grain::Month,
        }
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, to: &str) -> Span {
        Span {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        }
    }

    #[test]
    fn the_previous_window_is_as_long_and_ends_the_day_before() {
        assert_eq!(
            span("2026-08-01", "2026-08-30").previous(),
            span("2026-07-02", "2026-07-31")
        );
        assert_eq!(
            span("2026-03-01", "2026-03-01").previous(),
            span("2026-02-28", "2026-02-28")
        );
    }

    #[test]
    fn month_to_date_compares_with_the_same_days_of_the_month_before() {
        let chosen = span("2026-02-20", "2026-03-31");
        assert_eq!(
            chosen.covered(Window::Month),
            Some(span("2026-03-01", "2026-03-31"))
        );
        assert_eq!(
            chosen.compared(Window::Month),
            Some(span("2026-02-01", "2026-02-28"))
        );
    }

    #[test]
    fn a_year_is_twelve_calendar_months() {
        assert_eq!(
            span("2026-08-01", "2026-08-30").covered(Window::Year),
            Some(span("2025-09-01", "2026-08-30"))
        );
    }

    #[test]
    fn days_before_there_was_data_do_not_count() {
        let chosen = span("2026-08-01", "2026-08-30");
        let since = |day: &str| chosen.since(day.parse().unwrap()).days();
        assert_eq!((since("2026-07-01"), since("2026-08-24")), (30, 7));
        assert_eq!(since("2026-09-15"), 1);
    }

    #[test]
    fn everything_has_nothing_before_it() {
        let chosen = span("2026-08-01", "2026-08-30");
        assert_eq!(
            (chosen.covered(Window::All), chosen.compared(Window::All)),
            (None, None)
        );
    }
}
