//! The statements of a visual for many choices at once: one statement answers it for every plan, or for every user.

use std::collections::HashMap;

use kiro_dashboard::Spec;
use kiro_dashboard::spec::{Kind, Visual};

use super::facet::{ALL, Facet, PlanFacet};
use super::plan::VisualPlan;
use super::statements::statements;
use crate::error::RequestError;
use crate::query::{Role, Statement};
use crate::request::Request;
use crate::table_view::TableView;
use crate::value::{ResultSet, Value};

/// The statements of a visual for all combinations of the facets' values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetedQuery {
    pub statements: Vec<FacetedStatement>,
    /// The number of columns before the statement's own.
    keys: usize,
}

/// A statement whose rows begin with the values that they belong to; `~all` where nothing is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetedStatement {
    pub sql: String,
    /// The statement for the row of a choice without data, where the statement of one choice always returns a row.
    pub nothing: Option<String>,
    /// Maximum rows per choice.
    limit: Option<usize>,
}

/// The results of a [`FacetedQuery`].
#[derive(Debug, Clone, Default)]
pub struct FacetedResults {
    parts: Vec<HashMap<Vec<Option<String>>, ResultSet>>,
    nothing: Vec<ResultSet>,
}

/// The statements of a visual for every combination of the facets that act on it; none if the visual needs a query per
/// choice.
pub fn faceted_query(
    spec: &Spec,
    visual_id: &str,
    request: &Request,
    facets: &[Facet],
) -> Result<Option<FacetedQuery>, RequestError> {
    let visual = spec.visual(visual_id)?;
    let keeps_top_keys = visual.by.len() > 1
        && visual.limit.is_some()
        && !visual.rest
        && visual.kind.value != Kind::Pivot;
    if keeps_top_keys || request.chosen_span(spec).is_none() {
        return Ok(None);
    }
    // A pivot's page is cut from the results: its first rows differ by choice.
    let request = Request {
        view: TableView::default(),
        ..request.clone()
    };
    let mut plan = VisualPlan::new(spec, visual, &request)?;
    for (index, facet) in facets.iter().enumerate() {
        let picker = spec.picker(&facet.picker)?;
        if let Some(column) = spec.acting_column(visual, picker) {
            plan.facets.push(PlanFacet::new(facet, index, column));
        }
    }
    let faceted = statements(&plan)?.statements;
    let keys = std::mem::take(&mut plan.facets).len();
    plan.matches_nothing = true;
    let nothing = statements(&plan)?.statements;
    let statements = faceted
        .into_iter()
        .zip(nothing)
        .map(|(statement, nothing)| FacetedStatement {
            nothing: always_returns_a_row(visual, &nothing).then_some(nothing.sql),
            limit: row_limit(visual, statement.role),
            sql: statement.sql,
        })
        .collect();
    Ok(Some(FacetedQuery { statements, keys }))
}

impl FacetedQuery {
    /// The results of every choice; `nothing` are those of [`FacetedStatement::nothing`], for choices without rows.
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

impl FacetedStatement {
    /// The rows of each choice, without the columns of the choice.
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

impl FacetedResults {
    /// Takes the results of one combination of the acting facets' values, for [`build_figure`](crate::build_figure).
    pub fn take(&mut self, choice: &[Option<String>]) -> Vec<ResultSet> {
        self.parts
            .iter_mut()
            .zip(&self.nothing)
            .map(|(parts, nothing)| parts.remove(choice).unwrap_or_else(|| nothing.clone()))
            .collect()
    }
}

/// A statement without keys returns one row, with or without data.
fn always_returns_a_row(visual: &Visual, statement: &Statement) -> bool {
    match statement.role {
        Role::Current | Role::Previous => visual.by.is_empty(),
        Role::Totals => true,
        Role::Trend | Role::Cells | Role::ColumnTotals => false,
    }
}

/// The maximum rows per choice of a statement.
fn row_limit(visual: &Visual, role: Role) -> Option<usize> {
    let is_cut = matches!(role, Role::Current | Role::Previous) && visual.by.len() == 1;
    let limit = visual.limit.as_ref().filter(|_| is_cut && !visual.rest)?;
    usize::try_from(limit.value).ok()
}
