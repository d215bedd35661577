//! The measures and shapes that the visuals of several sheets share.

use std::collections::{BTreeMap, BTreeSet};

use kiro_dashboard_sql::Value;

use kiro_report::CODE_COUNTERS;

use crate::oracle::{
    Expected, Key, Row, Shape, Take, by, distinct, distinct_if, divide, groups, sum, sum_if,
};

pub(super) fn kpi(value: Value, previous: Option<Value>) -> Expected {
    Expected {
        shape: Shape::Kpi { previous },
        rows: BTreeMap::from([(String::new(), vec![value])]),
        totals: None,
    }
}

pub(super) fn hidden() -> Expected {
    Expected {
        shape: Shape::Hidden,
        rows: BTreeMap::new(),
        totals: None,
    }
}

/// One row per measure, with the previous period beside it. Measures that are null in both are left out.
pub(super) fn transposed(
    rows: &[&Row],
    before: Option<&[&Row]>,
    measures: Vec<(&'static str, Take)>,
) -> Expected {
    let values = measures.into_iter().map(|(name, take)| {
        let periods = [Some(rows), before].into_iter().flatten();
        (name.to_owned(), periods.map(&take).collect())
    });
    let is_shown = |(name, values): &(String, Vec<Value>)| {
        let is_share = name.ends_with("_rate") || name == "amplification";
        values.iter().any(|value| {
            value
                .number()
                .is_some_and(|number| is_share || number != 0.0)
        })
    };
    Expected {
        shape: Shape::Transposed,
        rows: values.filter(is_shown).collect(),
        totals: None,
    }
}

/// Sums all but the largest values of one part of the key.
pub(super) fn rest(expected: Expected, part: usize, limit: usize) -> Expected {
    let value = |key: &str| key.split('|').nth(part).unwrap().to_owned();
    let mut sizes: BTreeMap<String, f64> = BTreeMap::new();
    for (key, row) in &expected.rows {
        *sizes.entry(value(key)).or_default() += row[0].number().unwrap();
    }
    let mut sizes: Vec<(String, f64)> = sizes.into_iter().collect();
    sizes.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let kept: BTreeSet<String> = sizes
        .into_iter()
        .take(limit)
        .map(|(name, _)| name)
        .collect();
    let mut rows: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (key, row) in &expected.rows {
        let mut parts: Vec<String> = key.split('|').map(str::to_owned).collect();
        if !kept.contains(&parts[part]) {
            "~other".clone_into(&mut parts[part]);
        }
        let sum = rows
            .entry(parts.join("|"))
            .or_insert_with(|| vec![Value::Number(0.0)]);
        sum[0] = Value::Number(sum[0].number().unwrap() + row[0].number().unwrap());
    }
    Expected { rows, ..expected }
}

pub(super) fn credits() -> Take {
    sum("credits_used")
}
pub(super) fn overage() -> Take {
    sum("overage_credits_used")
}
pub(super) fn messages() -> Take {
    sum("total_messages")
}
pub(super) fn conversations() -> Take {
    sum("chat_conversations")
}
pub(super) fn users() -> Take {
    distinct("user_id")
}
pub(super) fn active_days() -> Take {
    distinct("activity_date")
}
pub(super) fn in_plan() -> Take {
    sum("base_credits_used")
}
pub(super) fn is_new(row: &Row) -> bool {
    row.get("new_user") == Value::Flag(true)
}
pub(super) fn has_overage(row: &Row) -> bool {
    row.number("overage_credits_used") > 0.0
}
pub(super) fn has_overage_on(row: &Row) -> bool {
    row.get("overage_enabled") == Value::Flag(true)
}
pub(super) fn has_allowance(row: &Row) -> bool {
    !row.get("allowance").is_null()
}
pub(super) fn per_user() -> Take {
    divide(credits(), users())
}
pub(super) fn per_message() -> Take {
    divide(credits(), messages())
}
pub(super) fn is_no_former(row: &Row) -> bool {
    row.get("is_former") == Value::Flag(false)
}
/// Users of a month, without former ones.
pub(super) fn subscribers() -> Take {
    distinct_if("user_id", is_no_former)
}
pub(super) fn allowance() -> Take {
    sum_if("allowance", is_no_former)
}
pub(super) fn utilisation() -> Take {
    divide(sum_if("credits_used", has_allowance), allowance())
}
pub(super) fn forecast() -> Take {
    divide(sum_if("forecast_credits", has_allowance), allowance())
}
pub(super) fn of(a: &'static str, b: &'static str) -> Take {
    divide(sum(a), sum(b))
}
pub(super) fn sums(columns: &'static [&'static str]) -> Take {
    Box::new(move |rows| {
        Value::Number(
            columns
                .iter()
                .map(|column| sum(column)(rows).number().unwrap())
                .sum(),
        )
    })
}

/// Users by a name that their rows determine.
pub(super) fn by_user(rows: &[&Row], name: impl Fn(&[&Row]) -> &'static str) -> Expected {
    let mut counts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for rows in groups(rows, "user_id").values() {
        let count = counts
            .entry(name(rows).to_owned())
            .or_insert_with(|| vec![Value::Number(0.0)]);
        count[0] = Value::Number(count[0].number().unwrap() + 1.0);
    }
    Expected {
        shape: Shape::Table { keys: 1 },
        rows: counts,
        totals: None,
    }
}

pub(super) fn number(take: &Take, rows: &[&Row]) -> f64 {
    take(rows).number().unwrap_or(0.0)
}

pub(super) fn day() -> Key {
    by("activity_date")
}
pub(super) fn client() -> Key {
    by("client_type")
}
pub(super) fn user() -> Key {
    by("user_id")
}

/// The rows with one of these values.
pub(super) fn only(rows: &[&Row], field: &str, values: &[&'static str]) -> Vec<Row> {
    let known = rows.iter();
    let known = known.filter(|row| values.contains(&row.text(field).as_str()));
    known.map(|row| Row::clone(row)).collect()
}

/// The sum of every counter of the legacy report.
pub(super) fn counters() -> Vec<(&'static str, Take)> {
    let counters = CODE_COUNTERS.iter();
    counters
        .map(|counter| (counter.name, sum(counter.name)))
        .collect()
}
