//! Order, search and page of a table.

use kiro_dashboard::spec::Order;

/// The part of a table that the page shows. The default is the whole table in its own order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableView {
    /// A column's name.
    pub sort: Option<(String, Order)>,
    /// Rows that contain this in any text, regardless of case.
    pub search: String,
    pub offset: u64,
    /// Maximum rows; none: all rows.
    pub limit: Option<u64>,
}

impl TableView {
    /// Reads the pairs `sort=column:asc`, `search`, `offset` and `limit`; ignores others and invalid values.
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
}
