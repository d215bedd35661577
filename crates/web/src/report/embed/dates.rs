//! The days of a report, and the date ranges that it embeds.

use chrono::{Datelike, Days};
use kiro_dashboard_sql::{Selection, Span};

use crate::report::ReportOptions;

/// The days that a report covers, and its date presets.
#[derive(Debug, Clone)]
pub(crate) struct ReportDates {
    /// None without data.
    pub(crate) days: Option<Span>,
    /// The length of the default window.
    pub(crate) default_days: u32,
    pub(crate) presets: Vec<Span>,
}

impl ReportDates {
    /// The dates of a report about `data`. A report of chosen days opens on all of them.
    pub(crate) fn new(data: Option<Span>, default_days: u32, options: &ReportOptions) -> Self {
        let days = options.days.or(data);
        Self {
            days,
            default_days: options.days.map_or(default_days, Span::days),
            presets: days.map(presets).unwrap_or_default(),
        }
    }

    /// The window that the report opens on.
    pub(crate) fn default_window(&self) -> Option<Span> {
        let days = self.days?;
        Some(last(days, self.default_days))
    }

    /// The selection that the page sends for these dates: an empty one for the default window.
    pub(crate) fn selection(&self, span: Span) -> Selection {
        if self.default_window() == Some(span) {
            return Selection::default();
        }
        Selection::of_days(Some(span))
    }
}

/// The last `count` days.
fn last(days: Span, count: u32) -> Span {
    let back = Days::new(u64::from(count.saturating_sub(1)));
    Span {
        from: days.to.checked_sub_days(back).unwrap_or(days.from),
        to: days.to,
    }
}

/// The presets of the page's date picker, without duplicates. Keep in step with `datePresets` of `assets/js/dates.js`.
fn presets(days: Span) -> Vec<Span> {
    let month = days.to.with_day(1).unwrap_or(days.to);
    let last_month_end = month.checked_sub_days(Days::new(1)).unwrap_or(month);
    let this_month = Span {
        from: month,
        to: days.to,
    };
    let last_month = (last_month_end >= days.from).then(|| Span {
        from: last_month_end.with_day(1).unwrap_or(last_month_end),
        to: last_month_end,
    });
    let mut spans: Vec<Span> = Vec::new();
    for span in [7, 30, 90]
        .map(|count| last(days, count))
        .into_iter()
        .chain([this_month])
        .chain(last_month)
        .chain([days])
    {
        if !spans.contains(&span) {
            spans.push(span);
        }
    }
    spans
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
    fn the_default_dates_are_spelled_as_no_dates() {
        let data = Some(span("2026-01-01", "2026-08-31"));
        let dates = ReportDates::new(data, 30, &ReportOptions::default());
        assert_eq!(dates.presets.len(), 6);
        assert_eq!(
            dates.selection(span("2026-08-02", "2026-08-31")),
            Selection::default()
        );
        let july = span("2026-07-01", "2026-07-31");
        assert_eq!(dates.selection(july), Selection::of_days(Some(july)));
    }

    #[test]
    fn chosen_days_are_the_whole_report() {
        let data = Some(span("2026-01-01", "2026-08-31"));
        let options = ReportOptions {
            days: Some(span("2026-07-01", "2026-07-31")),
            ..ReportOptions::default()
        };
        let dates = ReportDates::new(data, 30, &options);
        assert_eq!(
            dates.selection(span("2026-07-01", "2026-07-31")),
            Selection::default()
        );
        assert!(dates.presets.contains(&span("2026-07-25", "2026-07-31")));
    }
}
