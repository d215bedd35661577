//! Values of pickers as further keys of a statement's rows.

use crate::literal;

/// Values of a picker that one statement answers together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    pub picker: String,
    pub values: Vec<String>,
    /// Whether the rows without a choice are needed, too.
    pub with_all: bool,
}

/// The value of a facet's key on rows without a choice.
pub(super) const ALL: &str = "~all";

/// A facet of a plan, as SQL.
pub(super) struct PlanFacet {
    pub(super) key: String,
    pub(super) condition: String,
    /// The column that is 1 on rows with a choice and 0 on rows without; none if all rows have a choice.
    switch: Option<String>,
}

impl PlanFacet {
    /// The facet with that index, which filters by `column`.
    pub(super) fn new(facet: &Facet, index: usize, column: &str) -> Self {
        let chosen = one_of(column, &facet.values);
        if !facet.with_all {
            return Self {
                key: column.to_owned(),
                condition: chosen,
                switch: None,
            };
        }
        Self {
            key: format!("CASE WHEN facet_{index} = 1 THEN {column} ELSE '{ALL}' END"),
            condition: format!("(facet_{index} = 0 OR {chosen})"),
            switch: Some(format!("facet_{index}")),
        }
    }
}

/// The join that repeats every row for each combination of choice and no choice; empty without such facets.
pub(super) fn cross_join(facets: &[PlanFacet]) -> String {
    let names: Vec<&str> = facets
        .iter()
        .filter_map(|facet| facet.switch.as_deref())
        .collect();
    if names.is_empty() {
        return String::new();
    }
    let rows: Vec<String> = (0..1_u32 << names.len())
        .map(|row| {
            let cells: Vec<String> = (0..names.len())
                .map(|bit| (row >> bit & 1).to_string())
                .collect();
            format!("({})", cells.join(", "))
        })
        .collect();
    format!(
        "\nCROSS JOIN (VALUES {}) AS facets ({})",
        rows.join(", "),
        names.join(", ")
    )
}

fn one_of(column: &str, values: &[String]) -> String {
    if values.is_empty() {
        return "1 = 0".to_owned();
    }
    let values: Vec<String> = values.iter().map(|value| literal::text(value)).collect();
    format!("{column} IN ({})", values.join(", "))
}
