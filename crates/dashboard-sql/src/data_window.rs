//! The days of the data, and the statements for them.

use chrono::NaiveDate;
use kiro_dashboard::spec::Dataset;
use kiro_dashboard::{LookupError, Spec};

use crate::error::RequestError;
use crate::query::LocalQuery;
use crate::span::Span;
use crate::value::{ResultSet, Value};

/// Maximum days from the newest day of a report that is still written to that of the other one. The anchor day of a report
/// that has ended ends no window. How far the anchor day lies before the newest day of its own report is the view's rule.
const MAX_REPORT_LAG_DAYS: i64 = 31;

/// The days of the data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DataWindow {
    /// From the oldest day to the day that windows end on; none without data.
    pub days: Option<Span>,
    /// The oldest day of the dataset of the request, if known.
    pub first_day: Option<NaiveDate>,
}

impl DataWindow {
    /// Reads the result of [`data_window_query`].
    pub fn from_results(results: &ResultSet) -> Self {
        let (mut spans, mut anchor) = (Vec::new(), None);
        for row in &results.rows {
            match row.as_slice() {
                [Value::Whole(REPORT), Value::Date(from), Value::Date(to)] => {
                    spans.push(Span {
                        from: *from,
                        to: *to,
                    });
                }
                [Value::Whole(ANCHOR), _, Value::Date(day)] => anchor = Some(*day),
                _ => {}
            }
        }
        Self::new(spans, anchor)
    }

    /// The window of all these days. It ends on the anchor day, if any.
    fn new(spans: impl IntoIterator<Item = Span>, anchor: Option<NaiveDate>) -> Self {
        let all = spans.into_iter().reduce(|one, other| Span {
            from: one.from.min(other.from),
            to: one.to.max(other.to),
        });
        let ends = |span: Span| {
            anchor
                .filter(|day| {
                    *day >= span.from && (span.to - *day).num_days() <= MAX_REPORT_LAG_DAYS
                })
                .unwrap_or(span.to)
        };
        Self {
            days: all.map(|span| Span {
                to: ends(span),
                ..span
            }),
            first_day: None,
        }
    }
}

/// The values of `whose` in the rows of [`data_window_query`].
const REPORT: i64 = 0;
const ANCHOR: i64 = 1;

/// The statement for the oldest and the newest day of each report, and for the anchor day.
pub fn data_window_query(spec: &Spec) -> Result<LocalQuery, RequestError> {
    let document = spec.document();
    let ends = |whose: i64, dataset: &Dataset, column: &str| {
        let relation = spec.qualified_name(&dataset.relation);
        format!(
            "SELECT {whose} AS whose, MIN({column}) AS first_day, MAX({column}) AS last_day FROM {relation}"
        )
    };
    let mut parts = Vec::new();
    for name in &document.days {
        let dataset = spec.dataset(name)?;
        let time = dataset.time.as_ref();
        let time = time.ok_or_else(|| LookupError::unresolved(name))?;
        parts.push(ends(REPORT, dataset, &time.column));
    }
    if let Some(anchor) = &document.anchor {
        parts.push(ends(ANCHOR, spec.dataset(&anchor.dataset)?, &anchor.column));
    }
    Ok(LocalQuery::of(parts.join("\nUNION ALL\n")))
}

/// The statement for the oldest day of a visual's dataset; none where it has no days.
pub fn first_day_query(spec: &Spec, visual: &str) -> Result<Option<LocalQuery>, RequestError> {
    let Some(name) = &spec.visual(visual)?.dataset else {
        return Ok(None);
    };
    let dataset = spec.dataset(name)?;
    Ok(dataset.time.as_ref().map(|time| {
        let relation = spec.qualified_name(&dataset.relation);
        LocalQuery::of(format!(
            "SELECT MIN({}) AS first_day FROM {relation}",
            time.column.value
        ))
    }))
}

/// Reads the result of [`first_day_query`].
pub fn read_first_day(results: &ResultSet) -> Option<NaiveDate> {
    match results.rows.first()?.first()? {
        Value::Date(day) => Some(*day),
        _ => None,
    }
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
    fn windows_end_on_the_anchor_day_unless_its_report_has_ended() {
        let window = |code_to: &str, anchor: Option<&str>| {
            let spans = [
                span("2026-02-10", "2026-08-30"),
                span("2025-11-24", code_to),
            ];
            DataWindow::new(spans, anchor.map(|day| day.parse().unwrap()))
        };
        for (code_to, anchor, end) in [
            ("2026-08-30", Some("2026-08-30"), "2026-08-30"),
            ("2026-09-01", Some("2026-08-30"), "2026-08-30"),
            ("2026-08-30", Some("2026-08-29"), "2026-08-29"),
            ("2026-11-30", Some("2026-08-30"), "2026-11-30"),
            ("2026-09-01", None, "2026-09-01"),
        ] {
            let found = window(code_to, anchor).days;
            assert_eq!(found, Some(span("2025-11-24", end)), "{code_to} {anchor:?}");
        }
        assert_eq!(DataWindow::new([], None), DataWindow::default());
    }
}
