//! Long cells into a wide table: one row per key, one column per value of the second dimension, totals of both.

use std::collections::HashMap;

use super::empty::why_empty;
use super::model::{Figure, FigureColumn};
use super::paging::cut_page;
use crate::column::ColumnRole;
use crate::compile::VisualPlan;
use crate::value::{ResultSet, Value};

/// Takes the results for rows, cells, column totals and the grand total, in this order.
pub(super) fn fill_pivot(plan: &VisualPlan<'_>, figure: &mut Figure, results: Vec<ResultSet>) {
    let mut results = results.into_iter().map(|result| result.rows);
    let mut next = || results.next().unwrap_or_default();
    let (rows, cells, columns, grand) = (next(), next(), next(), next());
    figure.total_rows = rows.len();
    figure.rows = rows;
    cut_page(&plan.request.view, figure);
    if figure.total_rows == 0 {
        figure.empty = Some(why_empty(plan));
    }
    let (Some(axis), Some(measure)) = (plan.columns.get(1), plan.columns.last()) else {
        return;
    };
    let indices: HashMap<String, usize> = columns
        .iter()
        .enumerate()
        .filter_map(|(index, row)| Some((row.first()?.plain(), index)))
        .collect();
    let mut wide: HashMap<String, Vec<Value>> = HashMap::new();
    for cell in &cells {
        let [key, column, value] = cell.as_slice() else {
            continue;
        };
        let row = wide
            .entry(key.plain())
            .or_insert_with(|| vec![Value::Null; columns.len()]);
        if let Some(cell) = indices
            .get(&column.plain())
            .and_then(|index| row.get_mut(*index))
        {
            *cell = value.clone();
        }
    }
    for row in &mut figure.rows {
        let total = row.pop().unwrap_or_default();
        let key = row.first().map(Value::plain).unwrap_or_default();
        row.extend(
            wide.remove(&key)
                .unwrap_or_else(|| vec![Value::Null; columns.len()]),
        );
        row.push(total);
    }
    let fixed: Vec<FigureColumn> = plan
        .columns
        .iter()
        .enumerate()
        .filter(|(index, column)| *index != 1 && column.role != ColumnRole::Value)
        .map(|(_, column)| FigureColumn::from(column))
        .collect();
    let mut totals = vec![Value::Null; fixed.len()];
    figure.columns = fixed;
    for column in columns {
        let label = column.first().map(Value::plain).unwrap_or_default();
        figure.columns.push(FigureColumn {
            name: label.clone(),
            label,
            label_format: Some(axis.format),
            ..FigureColumn::from(measure)
        });
        totals.push(column.get(1).cloned().unwrap_or_default());
    }
    figure.columns.push(FigureColumn {
        label: "column.period_total".to_owned(),
        ..FigureColumn::from(measure)
    });
    totals.push(
        grand
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next())
            .unwrap_or_default(),
    );
    figure.totals = Some(totals);
}
