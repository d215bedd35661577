//! Order, search and page of a table, worked out over all of its rows.

use crate::compile::ColumnRole;
use crate::figure::{Figure, FigureColumn};
use crate::spec::Order;
use crate::value::Value;

/// The part of a table that a page shows. The default is the whole table in its own order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableView {
    /// A column's name.
    pub sort: Option<(String, Order)>,
    /// Rows that contain this in any text, regardless of case.
    pub search: String,
    pub offset: u64,
    /// None: all rows.
    pub limit: Option<u64>,
}

impl TableView {
    /// Reads `sort=column:asc`, `search`, `offset`, `limit` out of a query's pairs; what cannot be read is left out.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut view = Self::default();
        for (key, value) in pairs {
            match key {
                "sort" => {
                    let (column, order) = value.split_once(':').unwrap_or((value, "desc"));
                    let order = if order == "asc" {
                        Order::Asc
                    } else {
                        Order::Desc
                    };
                    view.sort = Some((column.to_owned(), order)).filter(|_| !column.is_empty());
                }
                "search" => {
                    view.search = value
                        .chars()
                        .filter(|c| !c.is_control())
                        .take(200)
                        .collect();
                }
                "offset" => view.offset = value.parse().unwrap_or(0),
                "limit" => view.limit = value.parse().ok(),
                _ => {}
            }
        }
        view
    }

    /// Narrows a table to this view; totals stay those of everything.
    pub(crate) fn apply(&self, figure: &mut Figure) {
        let needle = self.search.trim().to_lowercase();
        if !needle.is_empty() {
            let searched: Vec<usize> =
                positions(&figure.columns, |column| column.role != ColumnRole::Hidden);
            figure.rows.retain(|row| {
                searched
                    .iter()
                    .filter_map(|place| row.get(*place))
                    .any(|value| {
                        matches!(value, Value::Text(_) | Value::Date(_))
                            && value.plain().to_lowercase().contains(&needle)
                    })
            });
        }
        if let Some((name, order)) = &self.sort
            && let Some(place) = figure
                .columns
                .iter()
                .position(|column| column.name == *name)
        {
            sort_rows(&mut figure.rows, place, *order);
        }
        figure.total_rows = figure.rows.len();
        self.cut(figure);
    }

    /// Keeps the rows of the page.
    pub(crate) fn cut(&self, figure: &mut Figure) {
        let offset = usize::try_from(self.offset)
            .unwrap_or(usize::MAX)
            .min(figure.rows.len());
        figure.rows.drain(..offset);
        if let Some(limit) = self.limit {
            figure
                .rows
                .truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        }
    }
}

fn positions(columns: &[FigureColumn], keep: impl Fn(&FigureColumn) -> bool) -> Vec<usize> {
    columns
        .iter()
        .enumerate()
        .filter(|(_, column)| keep(column))
        .map(|(place, _)| place)
        .collect()
}

/// Sorts by one column, empty cells last in both directions; equal rows keep their order.
fn sort_rows(rows: &mut [Vec<Value>], place: usize, order: Order) {
    let null = Value::Null;
    rows.sort_by(|a, b| {
        let (a, b) = (a.get(place).unwrap_or(&null), b.get(place).unwrap_or(&null));
        a.is_null().cmp(&b.is_null()).then_with(|| match order {
            Order::Asc => a.compare(b),
            Order::Desc => b.compare(a),
        })
    });
}
