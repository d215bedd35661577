//! Which sources are late. The clock is the caller's: no view has one.

use chrono::NaiveDate;

use crate::alert::{Alert, DataSource, Event};

/// A source is closed, and no longer late, if it was silent for longer than this when others had data.
const CLOSED_AFTER_DAYS: i64 = 30;

/// The newest day of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceDay {
    pub(crate) source: DataSource,
    pub(crate) newest_day: NaiveDate,
}

/// An alert for each source whose newest day is more than `late_after_days` before `today`.
pub(crate) fn late_sources(
    sources: Vec<SourceDay>,
    today: NaiveDate,
    late_after_days: u32,
) -> Vec<Alert> {
    let Some(newest) = sources.iter().map(|source| source.newest_day).max() else {
        return Vec::new();
    };
    let late = sources
        .into_iter()
        .filter_map(|SourceDay { source, newest_day }| {
            let days = (today - newest_day).num_days();
            let is_closed = (newest - newest_day).num_days() > CLOSED_AFTER_DAYS;
            if days <= i64::from(late_after_days) || is_closed {
                return None;
            }
            let DataSource {
                report,
                account,
                region,
            } = &source;
            Some(Alert {
                key: format!("late_data/{report}/{account}/{region}/{newest_day}"),
                cycle: newest_day.to_string(),
                as_of_date: newest,
                event: Event::LateData {
                    source,
                    newest_day,
                    days,
                },
            })
        });
    late.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn source(account: &str, newest_day: &str) -> SourceDay {
        SourceDay {
            source: DataSource {
                report: "user_report".to_owned(),
                account: account.to_owned(),
                region: "us-east-1".to_owned(),
            },
            newest_day: day(newest_day),
        }
    }

    fn late(sources: &[(&str, &str)], today: &str) -> Vec<(String, i64)> {
        let sources = sources.iter().map(|(account, day)| source(account, day));
        let alerts = late_sources(sources.collect(), day(today), 4).into_iter();
        let alerts = alerts.map(|alert| match alert.event {
            Event::LateData { days, .. } => (alert.key, days),
            other => panic!("{other:?}"),
        });
        alerts.collect()
    }

    #[test]
    fn a_source_is_late_after_more_days_than_configured() {
        let sources = [("1", "2026-11-20"), ("2", "2026-11-16")];
        assert_eq!(late(&sources, "2026-11-20"), []);
        assert_eq!(
            late(&sources, "2026-11-21"),
            [("late_data/user_report/2/us-east-1/2026-11-16".to_owned(), 5)]
        );
    }

    #[test]
    fn a_source_that_stopped_a_month_before_the_others_is_closed() {
        let sources = [
            ("1", "2026-11-20"),
            ("2", "2026-10-21"),
            ("3", "2026-10-20"),
        ];
        let found = late(&sources, "2026-11-21");
        assert_eq!(found.len(), 1);
        assert!(found[0].0.contains("/2/"));
    }

    #[test]
    fn all_sources_can_be_late_at_any_age() {
        assert_eq!(late(&[("1", "2026-06-30")], "2026-11-30").len(), 1);
        assert_eq!(late(&[], "2026-11-30"), []);
    }
}
