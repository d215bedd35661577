//! From the results of a visual's statements to its figure.

use kiro_dashboard::Spec;
use kiro_dashboard::spec::Kind;

use super::empty::{matches_nothing, why_empty, why_no_query};
use super::fold::{accumulate, fold_rest, fold_series};
use super::model::{Empty, Figure, FigureColumn, FigurePart};
use super::note::Note;
use super::paging::apply_view;
use super::pivot::fill_pivot;
use super::threshold_notes::threshold_notes;
use super::transpose::{fold_zero_columns, transpose};
use crate::column::ColumnRole;
use crate::compile::{VisualPlan, visual_query};
use crate::error::RequestError;
use crate::query::{LocalQuery, Role};
use crate::request::Request;
use crate::value::{ResultSet, Value};

/// The figure of a visual, from the results of [`visual_query`]'s statements in their order.
///
/// # Errors
///
/// An unknown visual, or another number of results than statements.
pub fn build_figure(
    spec: &Spec,
    visual_id: &str,
    request: &Request,
    results: Vec<ResultSet>,
) -> Result<Figure, RequestError> {
    let visual = spec.visual(visual_id)?;
    let query = visual_query(spec, visual_id, request)?;
    if query.statements.len() != results.len() {
        return Err(RequestError::Results {
            visual: visual_id.to_owned(),
            expected: query.statements.len(),
            found: results.len(),
        });
    }
    let plan = VisualPlan::new(spec, visual, request)?;
    let mut figure = empty_figure(&plan);
    if query.statements.is_empty() {
        figure.empty = Some(why_no_query(&plan));
        return Ok(figure);
    }
    if plan.is_pivot() {
        fill_pivot(&plan, &mut figure, results);
    } else {
        fill(&plan, &mut figure, &query, results);
    }
    figure.notes.extend(threshold_notes(&plan)?);
    Ok(figure)
}

fn empty_figure(plan: &VisualPlan<'_>) -> Figure {
    Figure {
        id: plan.visual.id.value.clone(),
        kind: plan.visual.kind.value,
        columns: plan.columns.iter().map(FigureColumn::from).collect(),
        rows: Vec::new(),
        total_rows: 0,
        totals: None,
        previous: None,
        trend: None,
        window: plan.covered,
        grain: plan
            .visual
            .by
            .iter()
            .find_map(|dimension| plan.grain(dimension)),
        empty: None,
        notes: Vec::new(),
    }
}

fn fill(plan: &VisualPlan<'_>, figure: &mut Figure, query: &LocalQuery, results: Vec<ResultSet>) {
    let visual = plan.visual;
    for (statement, result) in query.statements.iter().zip(results) {
        match statement.role {
            Role::Current => figure.rows = result.rows,
            Role::Previous => {
                figure.previous = Some(FigurePart {
                    rows: result.rows,
                    window: plan.compared,
                });
            }
            Role::Trend => {
                figure.trend = Some(FigurePart {
                    rows: result.rows,
                    window: None,
                });
            }
            Role::Totals => figure.totals = Some(totals_row(plan, result)),
            Role::Cells | Role::ColumnTotals => {}
        }
    }
    if visual.compare && figure.previous.is_none() && plan.compared.is_some() {
        figure.notes.push(Note::new("no_previous"));
    }
    let is_nothing = matches_nothing(plan, &figure.rows);
    if visual.transpose || (visual.by.is_empty() && visual.kind.value == Kind::Donut) {
        transpose(plan, figure);
    } else if visual.fold_zero {
        fold_zero_columns(figure);
    }
    fold_series(plan, figure);
    fold_rest(plan, figure);
    if visual.cumulative {
        accumulate(plan, &mut figure.rows);
        if let Some(previous) = &mut figure.previous {
            accumulate(plan, &mut previous.rows);
        }
    }
    if is_nothing {
        figure.empty = Some(why_empty(plan));
    } else if figure.rows.is_empty()
        || figure
            .columns
            .iter()
            .all(|column| column.role != ColumnRole::Value)
            && !plan.visual.measures.is_empty()
    {
        figure.empty = Some(Empty::because("all_zero"));
    }
    figure.total_rows = figure.rows.len();
    if visual.kind.value == Kind::Table {
        apply_view(&plan.request.view, figure);
    }
}

/// The totals of the measures, in the order of the columns.
fn totals_row(plan: &VisualPlan<'_>, result: ResultSet) -> Vec<Value> {
    let mut values = result
        .rows
        .into_iter()
        .next()
        .unwrap_or_default()
        .into_iter();
    let columns = plan.columns.iter();
    columns
        .map(|column| {
            if column.is_measure() {
                values.next().unwrap_or_default()
            } else {
                Value::Null
            }
        })
        .collect()
}
