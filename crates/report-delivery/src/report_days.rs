//! The days of a report, by those of the data.

use chrono::{Days, NaiveDate};
use kiro_dashboard_sql::Span;

/// Days without activity at the end of a period that are usual: a weekend.
const USUAL_GAP: Days = Days::new(2);

/// The days between two, both inclusive; an end that is left out is that of the data. `None` if the data have no activity in them.
pub fn days_within(data: Span, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Option<Span> {
    let days = Span {
        from: from.unwrap_or(data.from),
        to: to.unwrap_or(data.to),
    };
    (days.from <= data.to && days.to >= data.from).then_some(days)
}

/// Returns true if the data end so long before a day that exports may be missing.
pub fn ends_before(data: Span, last_day: NaiveDate) -> bool {
    let latest = data.to.checked_add_days(USUAL_GAP);
    latest.is_some_and(|latest| latest < last_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_without_activity_has_no_days() {
        let data = Span {
            from: day("2026-11-02"),
            to: day("2026-11-27"),
        };
        let week = |from, to| days_within(data, Some(day(from)), Some(day(to)));
        let found = week("2026-11-23", "2026-11-29").unwrap();
        assert_eq!(
            (found.from, found.to),
            (day("2026-11-23"), day("2026-11-29"))
        );
        assert_eq!(week("2026-11-30", "2026-12-06"), None);
        assert_eq!(week("2026-10-26", "2026-11-01"), None);
        assert_eq!(days_within(data, None, None), Some(data));
        // Friday is the last day with activity before a weekend.
        assert!(!ends_before(data, day("2026-11-29")));
        assert!(ends_before(data, day("2026-11-30")));
    }
}
