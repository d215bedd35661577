//! From a visual and a selection to SQL: what is selected, from where, for which days, in which order.

mod condition;
mod expression;
mod facet;
mod filter;
mod plan;
mod select;
mod statement;

pub(crate) use condition::{ResolvedCondition, operator, resolve_threshold};
pub use facet::{Facet, FacetedQuery, FacetedResults, FacetedStatement};
pub use plan::ColumnRole;
pub(crate) use plan::{Plan, PlanColumn, Source};

use crate::error::RequestError;
use crate::load::Spec;
use crate::request::Request;
use crate::spec::{Kind, Show};

/// The statements that answer one visual, in the order in which [`Spec::figure`] takes their results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalQuery {
    pub statements: Vec<Statement>,
}

impl LocalQuery {
    /// One statement whose rows are taken as they are.
    pub(crate) fn of(sql: String) -> Self {
        let role = Role::Current;
        Self {
            statements: vec![Statement { role, sql }],
        }
    }
}

/// One SELECT in the subset that Athena and the embedded engine share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub role: Role,
    pub sql: String,
}

/// What the rows of a statement are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The visual's rows; the row keys of a pivot.
    Current,
    /// The same for the period before.
    Previous,
    /// The number per day, below a headline.
    Trend,
    /// One row for everything.
    Totals,
    /// A pivot's cells: row key, column, value.
    Cells,
    /// A pivot's column totals.
    ColumnTotals,
}

impl Spec {
    /// The SQL of a visual for a selection. No statements: there is nothing to ask (no data yet, no user chosen).
    pub fn query(&self, visual_id: &str, request: &Request) -> Result<LocalQuery, RequestError> {
        let visual = self.visual(visual_id)?;
        if visual.kind.value == Kind::Text {
            return Err(RequestError::NoData {
                visual: visual_id.to_owned(),
            });
        }
        let span = self.chosen_span(request);
        let hidden = match visual.show {
            Show::Always => false,
            Show::User => request.selection.user.is_none(),
            Show::NoUser => request.selection.user.is_some(),
        };
        if span.is_none() || hidden {
            return Ok(LocalQuery::default());
        }
        Plan::new(self, visual, request)?.query()
    }
}
