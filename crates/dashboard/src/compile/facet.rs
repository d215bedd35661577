//! One question for many choices at once: the pickers' values become further keys of the rows, so that one statement
//! answers a visual for every plan, or for every person.

use std::collections::HashMap;

use crate::compile::{Plan, Role, Statement};
use crate::error::RequestError;
use crate::load::Spec;
use crate::request::Request;
use crate::spec::{Kind, Visual};
use crate::sql;
use crate::table::TableView;
use crate::value::{ResultSet, Value};

/// Values of a picker that are asked for together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    pub picker: String,
    pub values: Vec<String>,
    /// Whether the figure without a choice is asked for, too.
    pub with_all: bool,
}

/// The statements of a visual for all combinations of the facets' values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetedQuery {
    pub statements: Vec<FacetedStatement>,
    keys: usize,
}

/// A statement whose rows begin with the values that they belong to; no value where there is no choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetedStatement {
    pub sql: String,
    /// What gives the one row of a choice without data, for a statement that always has a row.
    pub nothing: Option<String>,
    /// So many rows of each choice count.
    limit: Option<usize>,
}

/// What stands in the place of a value where nothing is chosen.
const ALL: &str = "~all";

impl Spec {
    /// The statements of a visual for every combination of these facets, of which it takes those that act on it. None:
    /// this visual has to be asked choice by choice.
    pub fn faceted_query(
        &self,
        visual_id: &str,
        request: &Request,
        facets: &[Facet],
    ) -> Result<Option<FacetedQuery>, RequestError> {
        let visual = self.visual(visual_id)?;
        let takes_the_first_keys = visual.by.len() > 1
            && visual.limit.is_some()
            && !visual.rest
            && visual.kind.value != Kind::Pivot;
        if takes_the_first_keys || self.chosen_span(request).is_none() {
            return Ok(None);
        }
        // A page of a pivot is cut out afterwards: its first rows differ from choice to choice.
        let request = Request {
            view: TableView::default(),
            ..request.clone()
        };
        let mut plan = Plan::new(self, visual, &request)?;
        for (place, facet) in facets.iter().enumerate() {
            let picker = self.picker(&facet.picker)?;
            let Some(column) = self.acting_column(visual, picker) else {
                continue;
            };
            plan.facets.push(PlanFacet {
                key: if facet.with_all {
                    format!("CASE WHEN facet_{place} = 1 THEN {column} ELSE '{ALL}' END")
                } else {
                    column.to_owned()
                },
                condition: if facet.with_all {
                    format!("(facet_{place} = 0 OR {})", one_of(column, &facet.values))
                } else {
                    one_of(column, &facet.values)
                },
                switch: facet.with_all.then(|| format!("facet_{place}")),
            });
        }
        let faceted = plan.query()?.statements;
        let keys = std::mem::take(&mut plan.facets).len();
        plan.is_about_nothing = true;
        let nothing = plan.query()?.statements;
        let statements = faceted
            .into_iter()
            .zip(nothing)
            .map(|(statement, nothing)| FacetedStatement {
                nothing: has_always_a_row(visual, &nothing).then_some(nothing.sql),
                limit: row_limit(visual, statement.role),
                sql: statement.sql,
            })
            .collect();
        Ok(Some(FacetedQuery { statements, keys }))
    }
}

impl FacetedStatement {
    /// The rows of each choice, without the values that they began with.
    fn split(&self, result: ResultSet, keys: usize) -> HashMap<Vec<Option<String>>, ResultSet> {
        let columns: Vec<String> = result.columns.into_iter().skip(keys).collect();
        let mut parts: HashMap<Vec<Option<String>>, ResultSet> = HashMap::new();
        for mut row in result.rows {
            let rest = row.split_off(keys.min(row.len()));
            let choice = row
                .into_iter()
                .map(|value| match value {
                    Value::Text(text) if text != ALL => Some(text),
                    _ => None,
                })
                .collect();
            let part = parts.entry(choice).or_insert_with(|| ResultSet {
                columns: columns.clone(),
                rows: Vec::new(),
            });
            if self.limit.is_none_or(|limit| part.rows.len() < limit) {
                part.rows.push(rest);
            }
        }
        parts
    }
}

impl FacetedQuery {
    /// The results of every choice; `nothing` are those of [`FacetedStatement::nothing`], for what has none.
    pub fn split(&self, results: Vec<ResultSet>, nothing: Vec<ResultSet>) -> FacetedResults {
        let parts = self.statements.iter().zip(results);
        FacetedResults {
            parts: parts
                .map(|(statement, result)| statement.split(result, self.keys))
                .collect(),
            nothing,
        }
    }
}

/// The answers to a [`FacetedQuery`].
#[derive(Debug, Clone, Default)]
pub struct FacetedResults {
    parts: Vec<HashMap<Vec<Option<String>>, ResultSet>>,
    nothing: Vec<ResultSet>,
}

impl FacetedResults {
    /// The results of one combination of the acting facets' values, for [`Spec::figure`].
    pub fn take(&mut self, choice: &[Option<String>]) -> Vec<ResultSet> {
        self.parts
            .iter_mut()
            .zip(&self.nothing)
            .map(|(parts, nothing)| parts.remove(choice).unwrap_or_else(|| nothing.clone()))
            .collect()
    }
}

/// A facet of a plan, as SQL.
pub(crate) struct PlanFacet {
    pub(crate) key: String,
    pub(crate) condition: String,
    /// The column that says whether a row stands for its own value (1) or for all of them (0).
    pub(crate) switch: Option<String>,
}

impl Plan<'_> {
    /// Every row once for each way to have a choice or none; empty without such facets.
    pub(crate) fn switches(&self) -> String {
        let names: Vec<&str> = self
            .facets
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
}

fn one_of(column: &str, values: &[String]) -> String {
    if values.is_empty() {
        return "1 = 0".to_owned();
    }
    let values: Vec<String> = values.iter().map(|value| sql::text(value)).collect();
    format!("{column} IN ({})", values.join(", "))
}

/// A statement without keys has one row, whether there is data or not.
fn has_always_a_row(visual: &Visual, statement: &Statement) -> bool {
    match statement.role {
        Role::Current | Role::Previous => visual.by.is_empty(),
        Role::Totals => true,
        Role::Trend | Role::Cells | Role::ColumnTotals => false,
    }
}

/// How many rows of each choice a statement is cut to.
fn row_limit(visual: &Visual, role: Role) -> Option<usize> {
    let is_cut = matches!(role, Role::Current | Role::Previous) && visual.by.len() == 1;
    let limit = visual.limit.as_ref().filter(|_| is_cut && !visual.rest)?;
    usize::try_from(limit.value).ok()
}
