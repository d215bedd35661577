//! The rows behind the visuals.

use crate::expected::measures::kpi;
use crate::oracle::{Chosen, Days_, Expected, Key, Row, Shape, Take, by, sum, table};
use kiro_dashboard_sql::Span;

const ACTIVITY: [(&str, &str); 6] = [
    ("tier", "user_tier"),
    ("client", "client_type"),
    ("account", "source_account"),
    ("region", "source_region"),
    ("team", "team"),
    ("user", "user_id"),
];
/// On *Budget* all numbers are under the plan of the row, as allowances are.
const PLANNED: [(&str, &str); 6] = [
    ("tier", "subscription_tier"),
    ("client", "client_type"),
    ("account", "source_account"),
    ("region", "source_region"),
    ("team", "team"),
    ("user", "user_id"),
];
const MODELS: [(&str, &str); 7] = [
    ("tier", "user_tier"),
    ("client", "client_type"),
    ("account", "source_account"),
    ("region", "source_region"),
    ("team", "team"),
    ("user", "user_id"),
    ("model", "model_name"),
];
const CODE: [(&str, &str); 5] = [
    ("tier", "user_tier"),
    ("account", "source_account"),
    ("region", "source_region"),
    ("team", "team"),
    ("user", "user_id"),
];
const OVERALL: [(&str, &str); 3] = [
    ("tier", "subscription_tier"),
    ("team", "team"),
    ("user", "user_id"),
];
const SEATS: [(&str, &str); 3] = [
    ("tier", "subscription_tier"),
    ("team", "team"),
    ("user", "person_id"),
];
const SOURCES: [(&str, &str); 3] = [
    ("client", "client_type"),
    ("account", "source_account"),
    ("region", "source_region"),
];

/// The rows that pass the pickers, per relation and window.
pub(super) struct Facts<'a> {
    pub(super) chosen: &'a Chosen<'a>,
    pub(super) activity: Vec<&'a Row>,
    pub(super) models: Vec<&'a Row>,
    pub(super) code: Vec<&'a Row>,
    pub(super) year: Vec<&'a Row>,
    pub(super) to_date: Vec<&'a Row>,
    pub(super) month_rows: Vec<&'a Row>,
    pub(super) arrivals: Vec<&'a Row>,
    pub(super) health: Vec<&'a Row>,
    pub(super) issues: Vec<&'a Row>,
    pub(super) first_seen: Vec<&'a Row>,
    pub(super) fleet_days: Vec<&'a Row>,
    pub(super) tier_days: Vec<&'a Row>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(chosen: &'a Chosen<'a>) -> Self {
        let activity = chosen.activity(Some(chosen.span));
        let models = chosen.models();
        let code = chosen.code(Some(chosen.span));
        let year = chosen.activity(Some(chosen.covered(Days_::Year)));
        let to_date = chosen.planned(chosen.covered(Days_::Month));
        let month_rows = chosen.months(Days_::Month);
        let arrivals = chosen.rows(
            &chosen.oracle.arrivals,
            &SOURCES,
            Some("activity_date"),
            Some(chosen.span),
        );
        let health = chosen.rows(&chosen.oracle.health, &SOURCES, None, None);
        let issues = chosen.rows(&chosen.oracle.issues, &SOURCES, None, None);
        let first_seen = chosen.rows(&chosen.oracle.first_seen, &[], None, None);
        let fleet_days = chosen.rows(
            &chosen.oracle.days,
            &[],
            Some("activity_date"),
            Some(chosen.span),
        );
        let tier_days = chosen.rows(
            &chosen.oracle.tier_days,
            &[("tier", "subscription_tier")],
            Some("activity_date"),
            Some(chosen.span),
        );
        Self {
            chosen,
            activity,
            models,
            code,
            year,
            to_date,
            month_rows,
            arrivals,
            health,
            issues,
            first_seen,
            fleet_days,
            tier_days,
        }
    }
}

impl<'a> Chosen<'a> {
    pub(super) fn activity(&self, span: Option<Span>) -> Vec<&'a Row> {
        self.rows(
            &self.oracle.activity,
            &ACTIVITY,
            Some("activity_date"),
            span,
        )
    }
    pub(super) fn planned(&self, span: Span) -> Vec<&'a Row> {
        let all = &self.oracle.activity;
        self.rows(all, &PLANNED, Some("activity_date"), Some(span))
    }
    pub(super) fn models(&self) -> Vec<&'a Row> {
        self.rows(
            &self.oracle.models,
            &MODELS,
            Some("activity_date"),
            Some(self.span),
        )
    }
    pub(super) fn code(&self, span: Option<Span>) -> Vec<&'a Row> {
        self.rows(&self.oracle.code, &CODE, Some("activity_date"), span)
    }
    pub(super) fn months(&self, days: Days_) -> Vec<&'a Row> {
        self.months_of(Some(self.covered(days)))
    }
    pub(super) fn months_of(&self, span: Option<Span>) -> Vec<&'a Row> {
        use chrono::Datelike;
        let first = |day: chrono::NaiveDate| day.with_day(1).unwrap();
        let span = span.map(|span| Span {
            from: first(span.from),
            to: first(span.to),
        });
        self.rows(&self.oracle.months, &OVERALL, Some("month_start"), span)
    }
    pub(super) fn totals(&self) -> Vec<&'a Row> {
        self.rows(&self.oracle.totals, &OVERALL, None, None)
    }
    pub(super) fn seats(&self) -> Vec<&'a Row> {
        self.rows(&self.oracle.seats, &SEATS, None, None)
    }
    pub(super) fn movers(&self) -> Vec<&'a Row> {
        self.rows(&self.oracle.movers, &OVERALL, None, None)
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads better where it is called"
    )]
    pub(super) fn activity_kpi(&self, take: Take, days: Days_) -> Expected {
        let previous = self
            .before(days, &self.oracle.activity, "activity_date")
            .map(|span| take(&self.activity(Some(span))));
        kpi(take(&self.activity(Some(self.covered(days)))), previous)
    }
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads better where it is called"
    )]
    pub(super) fn planned_kpi(&self, take: Take) -> Expected {
        let previous = self
            .before(Days_::Month, &self.oracle.activity, "activity_date")
            .map(|span| take(&self.planned(span)));
        kpi(take(&self.planned(self.covered(Days_::Month))), previous)
    }
    /// The rows of the legacy report in the previous period.
    pub(super) fn code_before(&self) -> Option<Vec<&'a Row>> {
        let before = self.before(Days_::Chosen, &self.oracle.code, "activity_date");
        before.map(|span| self.code(Some(span)))
    }
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads better where it is called"
    )]
    pub(super) fn code_kpi(&self, take: Take) -> Expected {
        let previous = self.code_before().map(|rows| take(&rows));
        kpi(take(&self.code(Some(self.span))), previous)
    }
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads better where it is called"
    )]
    pub(super) fn month_kpi(&self, take: Take) -> Expected {
        let previous = self
            .before(Days_::Month, &self.oracle.months, "month_start")
            .map(|span| take(&self.months_of(Some(span))));
        kpi(take(&self.months(Days_::Month)), previous)
    }
    /// A headline of the month without the month before.
    pub(super) fn month_figure(&self, take: &Take) -> Expected {
        kpi(take(&self.months(Days_::Month)), None)
    }
    /// A threshold per 30 days, scaled to the chosen days.
    pub(super) fn scaled(&self, per_30_days: f64) -> f64 {
        (per_30_days * self.length_with_data() / 30.0)
            .ceil()
            .max(1.0)
    }

    pub(super) fn code_days(&self, measures: &[Take]) -> Expected {
        let mut expected = table(
            &self.code(Some(self.span)),
            &[by("activity_date")],
            measures,
        );
        let used: Vec<usize> = (0..measures.len())
            .filter(|place| {
                expected
                    .rows
                    .values()
                    .any(|row| row[*place].number().is_some_and(|number| number != 0.0))
            })
            .collect();
        for row in expected.rows.values_mut() {
            *row = used.iter().map(|place| row[*place].clone()).collect();
        }
        expected
    }
}

/// Credits per user along an axis, with totals of both.
pub(super) fn pivot(rows: &[&Row], axis: fn(&'static str) -> Key) -> Expected {
    let credits = || sum("credits_used");
    let mut cells = table(rows, &[by("user_id"), axis("activity_date")], &[credits()]).rows;
    let users = table(rows, &[by("user_id")], &[credits()]).rows;
    cells.extend(
        users
            .into_iter()
            .map(|(user, total)| (format!("{user}|total"), total)),
    );
    let columns = table(rows, &[axis("activity_date")], &[credits()]).rows;
    cells.extend(
        columns
            .into_iter()
            .map(|(day, total)| (format!("total|{day}"), total)),
    );
    if !rows.is_empty() {
        cells.insert("total|total".to_owned(), vec![credits()(rows)]);
    }
    Expected {
        shape: Shape::Pivot,
        rows: cells,
        totals: None,
    }
}
