//! One SELECT of a plan: its columns in one step or in two, its rows, its groups, its order.

use kiro_dashboard::LookupError;
use kiro_dashboard::spec::{Dimension, Grain, Level, Order};

use super::expression::InnerColumns;
use super::facet::{PlanFacet, cross_join};
use super::filter::{conditions, span_condition};
use super::plan::{PlanColumn, Source, VisualPlan};
use crate::span::Span;

/// One SELECT over the visual's dataset.
pub(super) struct Select<'p, 'a> {
    pub(super) columns: Vec<&'p PlanColumn<'a>>,
    pub(super) span: Option<Span>,
    pub(super) extra: Vec<String>,
    /// Column names and directions.
    pub(super) order: Vec<(String, Order)>,
    pub(super) limit: Option<u64>,
}

/// The parts of a SELECT with groups.
struct Parts {
    /// Expressions with their aliases.
    items: Vec<String>,
    from: String,
    /// Ordinals of `items`, or columns.
    keys: Vec<String>,
}

pub(super) fn select_sql<'a>(
    plan: &VisualPlan<'a>,
    select: &Select<'_, 'a>,
) -> Result<String, LookupError> {
    let Parts { items, from, keys } = match level(plan, select)? {
        None => one_step(plan, select)?,
        Some(level) => two_steps(plan, select, level)?,
    };
    let mut sql = format!("SELECT {}\n{from}", items.join(", "));
    if !keys.is_empty() {
        sql.push_str("\nGROUP BY ");
        sql.push_str(&keys.join(", "));
    }
    let ordinal = |name: &String| {
        let index = select
            .columns
            .iter()
            .position(|column| column.name == *name);
        index.map(|index| index + plan.facets.len() + 1)
    };
    let order: Vec<String> = select
        .order
        .iter()
        .filter_map(|(name, order)| {
            let direction = if *order == Order::Asc { "ASC" } else { "DESC" };
            ordinal(name).map(|ordinal| format!("{ordinal} {direction} NULLS LAST"))
        })
        .collect();
    if !order.is_empty() {
        sql.push_str("\nORDER BY ");
        sql.push_str(&order.join(", "));
    }
    // With facets, the rows of each choice are limited when the result is split.
    if let Some(limit) = select.limit.filter(|_| plan.facets.is_empty()) {
        sql.push_str("\nLIMIT ");
        sql.push_str(&limit.to_string());
    }
    Ok(sql)
}

/// The key of the inner step; none if one step is enough.
fn level<'a>(plan: &VisualPlan<'a>, select: &Select<'_, 'a>) -> Result<Option<Level>, LookupError> {
    for column in &select.columns {
        let level = match column.source {
            Source::Dimension(Dimension {
                bucket: Some(bucket),
                ..
            }) => Some(plan.spec.bucket(bucket)?.level.value),
            Source::Measure(measure) => plan.spec.level_of_measure(measure)?,
            _ => None,
        };
        if level.is_some() {
            return Ok(level);
        }
    }
    Ok(None)
}

fn one_step<'a>(plan: &VisualPlan<'a>, select: &Select<'_, 'a>) -> Result<Parts, LookupError> {
    let mut items = facet_columns(plan, |_, facet| facet.key.clone());
    let mut keys = ordinals(items.len());
    for column in &select.columns {
        let expression = match column.source {
            Source::Dimension(dimension) => {
                if let Some((id, number)) = number_of(plan, dimension) {
                    keys.push(number.to_owned());
                    plan.expressions.largest(id)
                } else {
                    keys.push((items.len() + 1).to_string());
                    dimension_sql(plan, dimension)?
                }
            }
            Source::Label(label) => plan.expressions.largest(label),
            Source::Detail(detail) => match (&detail.bucket, &detail.column) {
                (Some(bucket), _) => {
                    bucket_sql(plan, bucket, |measure| plan.expressions.flat(measure))?
                }
                (None, Some(detail)) => plan.expressions.largest(detail),
                (None, None) => return Err(plan.unresolved()),
            },
            Source::Measure(measure) => plan.expressions.flat(measure)?,
        };
        items.push(format!("{expression} AS {}", column.name));
    }
    Ok(Parts {
        items,
        from: source(plan, select.span, &select.extra),
        keys,
    })
}

fn two_steps<'a>(
    plan: &VisualPlan<'a>,
    select: &Select<'_, 'a>,
    level: Level,
) -> Result<Parts, LookupError> {
    let mut keys: Vec<String> = plan.facets.iter().map(|facet| facet.key.clone()).collect();
    let mut inner = InnerColumns::default();
    let mut items = facet_columns(plan, |index, _| format!("k{}", index + 1));
    let mut dimensions = plan.facets.len();
    for column in &select.columns {
        let expression = match column.source {
            Source::Dimension(dimension) => {
                dimensions += 1;
                if let Some(bucket) = &dimension.bucket {
                    bucket_sql(plan, bucket, |measure| {
                        Ok(inner.column(plan.expressions.flat(measure)?))
                    })?
                } else {
                    keys.push(dimension_sql(plan, dimension)?);
                    format!("k{}", keys.len())
                }
            }
            Source::Label(label) => {
                format!("MAX({})", inner.column(plan.expressions.largest(label)))
            }
            Source::Detail(detail) => {
                let detail = detail.column.as_ref().ok_or_else(|| plan.unresolved())?;
                format!("MAX({})", inner.column(plan.expressions.largest(detail)))
            }
            Source::Measure(measure) => plan.expressions.nested(measure, level, &mut inner)?,
        };
        items.push(format!("{expression} AS {}", column.name));
    }
    let mut columns: Vec<String> = keys
        .iter()
        .enumerate()
        .map(|(index, key)| format!("{key} AS k{}", index + 1))
        .collect();
    let level_column = plan.expressions.level_column(level)?;
    columns.push(format!(
        "{} AS k0",
        plan.expressions.counted_column(level_column)
    ));
    let grouped = ordinals(columns.len());
    columns.extend(
        inner
            .expressions
            .iter()
            .enumerate()
            .map(|(index, sql)| format!("{sql} AS v{index}")),
    );
    let from = format!(
        "FROM (\n  SELECT {}\n  {}\n  GROUP BY {}\n) AS per_key",
        columns.join(", "),
        source(plan, select.span, &select.extra).replace('\n', "\n  "),
        grouped.join(", ")
    );
    Ok(Parts {
        items,
        from,
        keys: ordinals(dimensions),
    })
}

pub(super) fn facet_columns(
    plan: &VisualPlan<'_>,
    key: impl Fn(usize, &PlanFacet) -> String,
) -> Vec<String> {
    let facets = plan.facets.iter().enumerate();
    facets
        .map(|(index, facet)| format!("{} AS choice_{index}", key(index, facet)))
        .collect()
}

/// The columns of the user's id and number, if the dimension is the user and has a number: it is faster to group by.
pub(super) fn number_of<'a>(
    plan: &VisualPlan<'a>,
    dimension: &Dimension,
) -> Option<(&'a str, &'a str)> {
    let user = plan.dataset.user.as_ref()?;
    let column = dimension.column.as_ref()?;
    let number = user.number.as_ref()?;
    (column.value == user.id.value).then_some((&user.id.value, &number.value))
}

fn bucket_sql(
    plan: &VisualPlan<'_>,
    bucket: &str,
    measure: impl FnMut(&str) -> Result<String, LookupError>,
) -> Result<String, LookupError> {
    let bucket = plan.spec.bucket(bucket)?;
    plan.expressions.conditions().bucket_case(bucket, measure)
}

pub(super) fn dimension_sql(
    plan: &VisualPlan<'_>,
    dimension: &Dimension,
) -> Result<String, LookupError> {
    let column = &dimension
        .column
        .as_ref()
        .ok_or_else(|| plan.unresolved())?
        .value;
    Ok(match plan.grain(dimension) {
        Some(Grain::Week) => format!("CAST(date_trunc('week', {column}) AS date)"),
        Some(Grain::Month) => format!("CAST(date_trunc('month', {column}) AS date)"),
        Some(Grain::Weekday) => format!("day_of_week({column})"),
        Some(Grain::Day | Grain::Auto) | None => column.clone(),
    })
}

/// FROM and WHERE.
pub(super) fn source(plan: &VisualPlan<'_>, span: Option<Span>, extra: &[String]) -> String {
    // Without a condition on the days, so that all requests share one text and one cached result.
    let span = span.filter(|_| !plan.matches_nothing);
    let mut all: Vec<String> = span_condition(plan.dataset, span).into_iter().collect();
    all.extend(conditions(plan.spec, plan.visual, &plan.request.selection));
    all.extend_from_slice(extra);
    all.extend(plan.facets.iter().map(|facet| facet.condition.clone()));
    if plan.matches_nothing {
        all.push("1 = 0".to_owned());
    }
    let mut sql = format!("FROM {}", plan.spec.qualified_name(&plan.dataset.relation));
    sql.push_str(&cross_join(&plan.facets));
    if !all.is_empty() {
        sql.push_str("\nWHERE ");
        sql.push_str(&all.join("\n  AND "));
    }
    sql
}

/// The first `count` ordinals of a select list.
pub(super) fn ordinals(count: usize) -> Vec<String> {
    (1..=count).map(|ordinal| ordinal.to_string()).collect()
}
