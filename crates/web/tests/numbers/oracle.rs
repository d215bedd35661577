//! Rows of the relations, with filters and sums in plain code.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, Days, Months, NaiveDate};
use kiro_dashboard_sql::{Request, Span, Value};

use crate::fixture::Fixture;

/// A row of a relation, by column.
#[derive(Clone)]
pub(crate) struct Row(HashMap<String, Value>);

impl Row {
    pub(crate) fn get(&self, column: &str) -> Value {
        self.0
            .get(column)
            .unwrap_or_else(|| panic!("no column {column}"))
            .clone()
    }
    pub(crate) fn text(&self, column: &str) -> String {
        self.get(column).plain()
    }
    pub(crate) fn number(&self, column: &str) -> f64 {
        self.get(column).number().unwrap_or(0.0)
    }
    pub(crate) fn day(&self, column: &str) -> NaiveDate {
        match self.get(column) {
            Value::Date(day) => day,
            other => panic!("{column} is {other:?}"),
        }
    }
}

pub(crate) enum Shape {
    Hidden,
    Table { keys: usize },
    Kpi { previous: Option<Value> },
    Transposed,
    Pivot,
}

pub(crate) struct Expected {
    pub(crate) shape: Shape,
    pub(crate) rows: BTreeMap<String, Vec<Value>>,
    pub(crate) totals: Option<Vec<Value>>,
}

impl Expected {
    pub(crate) fn measures(&self) -> usize {
        self.rows.values().next().map_or(0, Vec::len)
    }
    pub(crate) fn single(&self) -> Vec<Value> {
        self.rows[""].clone()
    }
}

/// All rows of the relations that the dashboard reads.
pub(crate) struct Oracle {
    pub(crate) activity: Vec<Row>,
    pub(crate) days: Vec<Row>,
    pub(crate) tier_days: Vec<Row>,
    pub(crate) models: Vec<Row>,
    pub(crate) totals: Vec<Row>,
    pub(crate) movers: Vec<Row>,
    pub(crate) months: Vec<Row>,
    pub(crate) seats: Vec<Row>,
    pub(crate) code: Vec<Row>,
    pub(crate) health: Vec<Row>,
    pub(crate) arrivals: Vec<Row>,
    pub(crate) issues: Vec<Row>,
    pub(crate) first_seen: Vec<Row>,
}

impl Oracle {
    pub(crate) async fn load(fixture: &Fixture) -> Self {
        let mut relations = Vec::new();
        for name in [
            "base_user_activity",
            "daily_users",
            "activity_heatmap",
            "model_usage",
            "user_totals",
            "wow_movers",
            "user_month",
            "seats",
            "code_activity",
            "data_health",
            "export_parts",
            "report_issues",
            "first_seen",
        ] {
            let result = fixture
                .rows(&format!("SELECT * FROM kiro_analytics.{name}"))
                .await;
            assert!(!result.rows.is_empty(), "the fixture has no {name}");
            let rows = result.rows.iter().map(|row| {
                Row(result
                    .columns
                    .iter()
                    .cloned()
                    .zip(row.iter().cloned())
                    .collect())
            });
            relations.push(rows.collect::<Vec<Row>>());
        }
        let mut relations = relations.into_iter();
        let mut next = || relations.next().unwrap();
        Self {
            activity: next(),
            days: next(),
            tier_days: next(),
            models: next(),
            totals: next(),
            movers: next(),
            months: next(),
            seats: next(),
            code: next(),
            health: next(),
            arrivals: next(),
            issues: next(),
            first_seen: next(),
        }
    }

    /// The busiest user of those in both reports.
    pub(crate) fn busiest_user(&self) -> String {
        let in_code: BTreeSet<String> = self.code.iter().map(|row| row.text("user_id")).collect();
        let both = self
            .totals
            .iter()
            .filter(|row| in_code.contains(&row.text("user_id")));
        let busiest = both.max_by(|a, b| {
            a.number("total_messages")
                .total_cmp(&b.number("total_messages"))
        });
        busiest.unwrap().text("user_id")
    }

    pub(crate) fn under<'a>(&'a self, request: &'a Request, span: Span) -> Chosen<'a> {
        Chosen {
            oracle: self,
            request,
            span,
        }
    }
}

/// A measure: a function of the rows of a group.
pub(crate) type Take = Box<dyn Fn(&[&Row]) -> Value>;
/// The key of a group: a function of a row.
pub(crate) type Key = Box<dyn Fn(&Row) -> String>;

/// The rows under one selection.
#[derive(Clone, Copy)]
pub(crate) struct Chosen<'a> {
    pub(crate) oracle: &'a Oracle,
    pub(crate) request: &'a Request,
    pub(crate) span: Span,
}

#[derive(Clone, Copy)]
pub(crate) enum Days_ {
    Chosen,
    Month,
    Year,
}

impl<'a> Chosen<'a> {
    pub(crate) fn has_user(&self) -> bool {
        self.request.selection.is_chosen("user")
    }

    /// The rows that pass all pickers. Each pair is a picker and its column.
    pub(crate) fn rows(
        &self,
        all: &'a [Row],
        pickers: &[(&str, &str)],
        time: Option<&str>,
        span: Option<Span>,
    ) -> Vec<&'a Row> {
        let selection = &self.request.selection;
        all.iter()
            .filter(|row| {
                pickers.iter().all(|(picker, column)| {
                    let values = selection.values(picker);
                    values.is_empty() || values.contains(&row.text(column).as_str())
                })
            })
            .filter(|row| match (time, span) {
                (Some(time), Some(span)) => (span.from..=span.to).contains(&row.day(time)),
                _ => true,
            })
            .collect()
    }

    pub(crate) fn covered(&self, days: Days_) -> Span {
        let to = self.span.to;
        match days {
            Days_::Chosen => self.span,
            Days_::Month => Span {
                from: to.with_day(1).unwrap(),
                to,
            },
            Days_::Year => Span {
                from: to.with_day(1).unwrap() - Months::new(11),
                to,
            },
        }
    }

    /// The previous window, if the relation has rows that old.
    pub(crate) fn before(&self, days: Days_, all: &[Row], time: &'static str) -> Option<Span> {
        let span = self.covered(days);
        let length = (span.to - span.from).num_days().unsigned_abs() + 1;
        let before = match days {
            Days_::Month => {
                let to = span.to - Months::new(1);
                Span {
                    from: to.with_day(1).unwrap(),
                    to,
                }
            }
            _ => Span {
                from: span.from - Days::new(length),
                to: span.to - Days::new(length),
            },
        };
        (before.from >= first_day(all, time)).then_some(before)
    }

    pub(crate) fn length(&self) -> f64 {
        days_between(self.span.from, self.span.to)
    }

    /// The days since the current report began.
    pub(crate) fn length_with_data(&self) -> f64 {
        let began = first_day(&self.oracle.activity, "activity_date");
        days_between(self.span.from.max(began), self.span.to)
    }
}

fn first_day(all: &[Row], time: &str) -> NaiveDate {
    all.iter().map(|row| row.day(time)).min().unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "a few days")]
fn days_between(from: NaiveDate, to: NaiveDate) -> f64 {
    ((to - from).num_days() + 1) as f64
}

pub(crate) fn sum(column: &'static str) -> Take {
    Box::new(move |rows| Value::Number(rows.iter().map(|row| row.number(column)).sum()))
}

pub(crate) fn sum_if(column: &'static str, keep: fn(&Row) -> bool) -> Take {
    Box::new(move |rows| {
        Value::Number(
            rows.iter()
                .filter(|row| keep(row))
                .map(|row| row.number(column))
                .sum(),
        )
    })
}

#[expect(clippy::cast_precision_loss, reason = "a few rows")]
fn count_of(count: usize) -> Value {
    Value::Number(count as f64)
}

pub(crate) fn distinct(column: &'static str) -> Take {
    distinct_if(column, |_| true)
}

pub(crate) fn distinct_if(column: &'static str, keep: fn(&Row) -> bool) -> Take {
    Box::new(move |rows| {
        let values: BTreeSet<String> = rows
            .iter()
            .filter(|row| keep(row))
            .map(|row| row.text(column))
            .collect();
        count_of(values.len())
    })
}

pub(crate) fn count_if(keep: fn(&Row) -> bool) -> Take {
    Box::new(move |rows| count_of(rows.iter().filter(|row| keep(row)).count()))
}

pub(crate) fn max(column: &'static str) -> Take {
    extreme(column, std::cmp::Ordering::Greater)
}

pub(crate) fn max_if(column: &'static str, keep: fn(&Row) -> bool) -> Take {
    Box::new(move |rows| {
        let kept: Vec<&Row> = rows.iter().copied().filter(|row| keep(row)).collect();
        max(column)(&kept)
    })
}

pub(crate) fn min(column: &'static str) -> Take {
    extreme(column, std::cmp::Ordering::Less)
}

fn extreme(column: &'static str, ordering: std::cmp::Ordering) -> Take {
    Box::new(move |rows| {
        let mut best = Value::Null;
        for value in rows
            .iter()
            .map(|row| row.get(column))
            .filter(|value| !value.is_null())
        {
            let order = match (&value, &best) {
                (Value::Date(a), Value::Date(b)) => a.cmp(b),
                (Value::Text(a), Value::Text(b)) => a.cmp(b),
                (a, b) => match (a.number(), b.number()) {
                    (Some(a), Some(b)) => a.total_cmp(&b),
                    _ => ordering,
                },
            };
            if order == ordering {
                best = value;
            }
        }
        best
    })
}

/// Null if the divisor is zero.
pub(crate) fn divide(of: Take, per: Take) -> Take {
    Box::new(move |rows| match (of(rows).number(), per(rows).number()) {
        (Some(of), Some(per)) if per != 0.0 => Value::Number(of / per),
        _ => Value::Null,
    })
}

pub(crate) fn less(a: Take, b: Take) -> Take {
    Box::new(move |rows| {
        Value::Number(a(rows).number().unwrap_or(0.0) - b(rows).number().unwrap_or(0.0))
    })
}

pub(crate) fn times(a: Take, factor: f64) -> Take {
    Box::new(move |rows| {
        a(rows)
            .number()
            .map_or(Value::Null, |number| Value::Number(number * factor))
    })
}

/// Rows by the value of a column.
pub(crate) fn groups<'r>(rows: &[&'r Row], column: &str) -> BTreeMap<String, Vec<&'r Row>> {
    let mut groups: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        groups.entry(row.text(column)).or_default().push(row);
    }
    groups
}

/// The mean of a measure over the groups of a column.
pub(crate) fn mean_per(column: &'static str, take: Take) -> Take {
    Box::new(move |rows| {
        let values: Vec<f64> = groups(rows, column)
            .values()
            .filter_map(|rows| take(rows).number())
            .collect();
        let count = count_of(values.len()).number().unwrap_or(0.0);
        if values.is_empty() {
            Value::Null
        } else {
            Value::Number(values.iter().sum::<f64>() / count)
        }
    })
}

/// The number of users that reach a threshold.
pub(crate) fn users_from(take: Take, at_least: f64) -> Take {
    Box::new(move |rows| {
        let reached = groups(rows, "user_id")
            .into_values()
            .filter(|rows| take(rows).number().is_some_and(|n| n >= at_least));
        count_of(reached.count())
    })
}

pub(crate) fn by(column: &'static str) -> Key {
    Box::new(move |row| row.text(column))
}

pub(crate) fn week(column: &'static str) -> Key {
    Box::new(move |row| {
        let day = row.day(column);
        (day - Days::new(u64::from(day.weekday().num_days_from_monday()))).to_string()
    })
}

pub(crate) fn month(column: &'static str) -> Key {
    Box::new(move |row| row.day(column).with_day(1).unwrap().to_string())
}

pub(crate) fn weekday(column: &'static str) -> Key {
    Box::new(move |row| row.day(column).weekday().number_from_monday().to_string())
}

pub(crate) fn table(rows: &[&Row], keys: &[Key], measures: &[Take]) -> Expected {
    let mut groups: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let key: Vec<String> = keys.iter().map(|key| key(row)).collect();
        groups.entry(key.join("|")).or_default().push(row);
    }
    let take = |rows: &Vec<&Row>| {
        measures
            .iter()
            .map(|measure| measure(rows))
            .collect::<Vec<Value>>()
    };
    let totals = Some(measures.iter().map(|measure| measure(rows)).collect());
    let rows = groups
        .iter()
        .map(|(key, rows)| (key.clone(), take(rows)))
        .collect();
    Expected {
        shape: Shape::Table { keys: keys.len() },
        rows,
        totals,
    }
}

impl Expected {
    /// Keeps the keys with the largest first or given measure.
    pub(crate) fn top(mut self, count: usize, measure: usize) -> Self {
        let mut keys: Vec<(f64, String)> = self
            .rows
            .iter()
            .map(|(key, values)| (values[measure].number().unwrap_or(f64::MIN), key.clone()))
            .collect();
        keys.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let kept: BTreeSet<String> = keys.into_iter().take(count).map(|(_, key)| key).collect();
        self.rows.retain(|key, _| kept.contains(key));
        self
    }
}
