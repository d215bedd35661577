//! Order, search and page of a table, applied to all of its rows.

use kiro_dashboard::spec::Order;

use super::model::{Figure, FigureColumn};
use crate::column::ColumnRole;
use crate::table_view::TableView;
use crate::value::Value;

/// Searches, sorts and cuts the rows of a table; totals stay those of all rows.
pub(super) fn apply_view(view: &TableView, figure: &mut Figure) {
    let needle = view.search.trim().to_lowercase();
    if !needle.is_empty() {
        let searched: Vec<usize> =
            positions(&figure.columns, |column| column.role != ColumnRole::Hidden);
        figure.rows.retain(|row| {
            searched
                .iter()
                .filter_map(|index| row.get(*index))
                .any(|value| {
                    matches!(value, Value::Text(_) | Value::Date(_))
                        && value.plain().to_lowercase().contains(&needle)
                })
        });
    }
    if let Some((name, order)) = &view.sort
        && let Some(index) = figure
            .columns
            .iter()
            .position(|column| column.name == *name)
    {
        sort_rows(&mut figure.rows, index, *order);
    }
    figure.total_rows = figure.rows.len();
    cut_page(view, figure);
}

/// Keeps the rows of the page.
pub(super) fn cut_page(view: &TableView, figure: &mut Figure) {
    let offset = usize::try_from(view.offset)
        .unwrap_or(usize::MAX)
        .min(figure.rows.len());
    figure.rows.drain(..offset);
    if let Some(limit) = view.limit {
        figure
            .rows
            .truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
}

fn positions(columns: &[FigureColumn], keep: impl Fn(&FigureColumn) -> bool) -> Vec<usize> {
    columns
        .iter()
        .enumerate()
        .filter(|(_, column)| keep(column))
        .map(|(index, _)| index)
        .collect()
}

/// Sorts by one column, empty cells last in both directions; equal rows keep their order.
fn sort_rows(rows: &mut [Vec<Value>], index: usize, order: Order) {
    let null = Value::Null;
    rows.sort_by(|a, b| {
        let (a, b) = (a.get(index).unwrap_or(&null), b.get(index).unwrap_or(&null));
        a.is_null().cmp(&b.is_null()).then_with(|| match order {
            Order::Asc => a.compare(b),
            Order::Desc => b.compare(a),
        })
    });
}
