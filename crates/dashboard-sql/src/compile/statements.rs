//! The statements of a plan.

use kiro_dashboard::spec::{Dimension, Grain, Kind, Level, Order, Window};
use kiro_dashboard::{LookupError, column_alias};

use super::plan::{PlanColumn, Source, VisualPlan};
use super::select::{
    Select, dimension_sql, facet_columns, number_of, ordinals, select_sql, source,
};
use crate::literal;
use crate::query::{LocalQuery, Role, Statement};
use crate::span::Span;

/// Maximum rows of a statement: protects the page, and is more than any table shows.
const MAX_ROWS: u64 = 200_000;

/// The statements of a plan, in the order in which a figure takes their results.
pub(super) fn statements(plan: &VisualPlan<'_>) -> Result<LocalQuery, LookupError> {
    if plan.is_pivot() {
        return pivot(plan);
    }
    let mut statements = vec![Statement {
        role: Role::Current,
        sql: current(plan, plan.covered)?,
    }];
    if plan.is_compared() {
        statements.push(Statement {
            role: Role::Previous,
            sql: current(plan, plan.compared)?,
        });
    }
    if plan.visual.trend
        && let Some(sql) = trend(plan)?
    {
        statements.push(Statement {
            role: Role::Trend,
            sql,
        });
    }
    if plan.visual.totals {
        statements.push(Statement {
            role: Role::Totals,
            sql: select_sql(plan, &select_of(plan, PlanColumn::is_measure))?,
        });
    }
    Ok(LocalQuery { statements })
}

/// A SELECT of the columns that `keep` returns true for.
fn select_of<'p, 'a>(
    plan: &'p VisualPlan<'a>,
    keep: impl Fn(&PlanColumn<'a>) -> bool,
) -> Select<'p, 'a> {
    Select {
        columns: plan.columns.iter().filter(|column| keep(column)).collect(),
        span: plan.covered,
        extra: Vec::new(),
        order: Vec::new(),
        limit: None,
    }
}

/// The visual's own rows.
fn current(plan: &VisualPlan<'_>, span: Option<Span>) -> Result<String, LookupError> {
    let mut select = select_of(plan, |_| true);
    select.span = span;
    if plan.visual.by.is_empty() {
        return select_sql(plan, &select);
    }
    select.order = order(plan);
    select.limit = Some(MAX_ROWS);
    if let Some(limit) = plan.visual.limit.as_ref().filter(|_| !plan.visual.rest) {
        if plan.visual.by.len() == 1 {
            select.limit = Some(u64::from(limit.value));
        } else {
            select
                .extra
                .push(top_keys(plan, u64::from(limit.value), span, &[])?);
        }
    }
    select_sql(plan, &select)
}

/// `key IN (the first keys in the visual's order)`.
fn top_keys(
    plan: &VisualPlan<'_>,
    limit: u64,
    span: Option<Span>,
    extra: &[String],
) -> Result<String, LookupError> {
    let key = plan.columns.first().ok_or_else(|| plan.unresolved())?;
    let mut select = select_of(plan, |column| {
        column.name == key.name || !matches!(column.source, Source::Dimension(_))
    });
    select
        .columns
        .retain(|column| !matches!(column.source, Source::Detail(_)));
    select.span = span;
    select.extra = extra.to_vec();
    select.order = order(plan);
    select.limit = Some(limit);
    let Source::Dimension(dimension) = key.source else {
        return Err(plan.unresolved());
    };
    let number = number_of(plan, dimension).map(|(_, number)| PlanColumn {
        source: Source::Label(number),
        name: column_alias(number),
        ..key.clone()
    });
    select.columns.extend(&number);
    let (expression, name) = match &number {
        Some(PlanColumn {
            source: Source::Label(number),
            name,
            ..
        }) => ((*number).to_owned(), name),
        _ => (dimension_sql(plan, dimension)?, &key.name),
    };
    let top = select_sql(plan, &select)?;
    Ok(format!(
        "{expression} IN (SELECT {name} FROM (\n{top}\n) AS top_keys)"
    ))
}

fn trend(plan: &VisualPlan<'_>) -> Result<Option<String>, LookupError> {
    let Some(time) = &plan.dataset.time else {
        return Ok(None);
    };
    let measure = plan
        .columns
        .iter()
        .find(|column| column.is_measure())
        .ok_or_else(|| plan.unresolved())?;
    let level = match measure.source {
        Source::Measure(name) => plan.spec.level_of_measure(name)?,
        _ => None,
    };
    if level == Some(Level::Time) {
        return inner_trend(plan, measure, &time.column.value).map(Some);
    }
    let dimension = Dimension {
        column: Some(time.column.clone()),
        bucket: None,
        grain: None,
        meaning: None,
        limit: None,
    };
    let column = PlanColumn {
        source: Source::Dimension(&dimension),
        name: column_alias(&time.column),
        ..measure.clone()
    };
    let mut select = select_of(plan, |_| false);
    select.span = trend_span(plan);
    select.columns = vec![&column, measure];
    select.order = vec![(column.name.clone(), Order::Asc)];
    select_sql(plan, &select).map(Some)
}

/// The trend of a mean per day: the number of each day. Its SQL equals that of the number's own headline, so that both
/// share one cached result.
fn inner_trend(
    plan: &VisualPlan<'_>,
    measure: &PlanColumn<'_>,
    time: &str,
) -> Result<String, LookupError> {
    let Source::Measure(name) = measure.source else {
        return Err(plan.unresolved());
    };
    let parts = plan.spec.measure(name)?.parts();
    let part = &parts.first().ok_or_else(|| plan.unresolved())?.value;
    let expression = plan.expressions.flat(part)?;
    let mut items = facet_columns(plan, |_, facet| facet.key.clone());
    items.push(format!("{time} AS {time}"));
    let keys = ordinals(items.len());
    items.push(format!("{expression} AS {}", column_alias(part)));
    Ok(format!(
        "SELECT {}\n{}\nGROUP BY {}\nORDER BY {} ASC NULLS LAST",
        items.join(", "),
        source(plan, trend_span(plan), &[]),
        keys.join(", "),
        keys.len(),
    ))
}

/// The days of a trend. A line needs several months: the trend of monthly data covers twelve.
fn trend_span(plan: &VisualPlan<'_>) -> Option<Span> {
    let monthly = plan
        .dataset
        .time
        .as_ref()
        .is_some_and(|time| time.grain == Grain::Month);
    match plan.request.chosen_span(plan.spec) {
        Some(chosen) if monthly => chosen.covered(Window::Year),
        _ => plan.covered,
    }
}

fn pivot(plan: &VisualPlan<'_>) -> Result<LocalQuery, LookupError> {
    let view = &plan.request.view;
    let search = search_condition(plan);
    let is_row = |column: &PlanColumn<'_>| !matches!(column.source, Source::Dimension(dimension) if is_column_axis(plan, dimension));
    let mut rows = select_of(plan, is_row);
    rows.extra.clone_from(&search);
    rows.order = order(plan);
    rows.limit = Some(MAX_ROWS);
    let mut cells = select_of(plan, |column| {
        !matches!(column.source, Source::Label(_) | Source::Detail(_))
    });
    cells.extra = match view.limit {
        Some(limit) => vec![top_keys(plan, view.offset + limit, plan.covered, &search)?],
        None => search,
    };
    cells.limit = None;
    let mut columns = select_of(plan, |column| {
        column.is_measure()
            || matches!(column.source, Source::Dimension(dimension) if is_column_axis(plan, dimension))
    });
    columns.order = columns
        .columns
        .first()
        .map(|column| (column.name.clone(), Order::Asc))
        .into_iter()
        .collect();
    Ok(LocalQuery {
        statements: vec![
            Statement {
                role: Role::Current,
                sql: select_sql(plan, &rows)?,
            },
            Statement {
                role: Role::Cells,
                sql: select_sql(plan, &cells)?,
            },
            Statement {
                role: Role::ColumnTotals,
                sql: select_sql(plan, &columns)?,
            },
            Statement {
                role: Role::Totals,
                sql: select_sql(plan, &select_of(plan, PlanColumn::is_measure))?,
            },
        ],
    })
}

fn is_column_axis(plan: &VisualPlan<'_>, dimension: &Dimension) -> bool {
    plan.visual
        .by
        .last()
        .is_some_and(|last| std::ptr::eq(last, dimension))
}

fn search_condition(plan: &VisualPlan<'_>) -> Vec<String> {
    let needle = plan.request.view.search.trim().to_lowercase();
    let user = plan.dataset.user.as_ref().filter(|_| !needle.is_empty());
    let Some(user) = user else {
        return Vec::new();
    };
    let needle = literal::text(&needle);
    vec![format!(
        "(strpos(lower({}), {needle}) > 0 OR strpos(lower({}), {needle}) > 0)",
        user.label.value, user.id.value
    )]
}

/// The order of the rows: the page's, else the file's, else by time, else descending by the first measure.
fn order(plan: &VisualPlan<'_>) -> Vec<(String, Order)> {
    let known = |name: &str| plan.columns.iter().any(|column| column.name == name);
    let mut order: Vec<(String, Order)> = Vec::new();
    if plan.is_pivot()
        && let Some((by, direction)) = &plan.request.view.sort
        && known(by)
    {
        order.push((by.clone(), *direction));
    }
    let sorts = plan
        .visual
        .sort
        .iter()
        .map(|sort| (column_alias(&sort.by), sort.order));
    order.extend(sorts.filter(|(name, _)| known(name)));
    let tabular = matches!(plan.visual.kind.value, Kind::Table | Kind::Pivot);
    if order.is_empty()
        && (tabular
            || !plan
                .visual
                .by
                .iter()
                .any(|dimension| plan.is_time(dimension)))
    {
        let measure = plan.columns.iter().find(|column| column.is_measure());
        order.extend(measure.map(|measure| (measure.name.clone(), Order::Desc)));
    }
    let dimensions = plan
        .columns
        .iter()
        .filter(|column| matches!(column.source, Source::Dimension(_)));
    for dimension in dimensions {
        if !order.iter().any(|(name, _)| *name == dimension.name) {
            order.push((dimension.name.clone(), Order::Asc));
        }
    }
    order
}
