//! From a visual and a selection to SQL: the columns, the rows, the days, the order.

mod condition;
mod expression;
mod facet;
mod faceted_query;
mod filter;
mod plan;
mod select;
mod statements;
mod visual_query;

pub(crate) use expression::flat_expression;
pub use facet::Facet;
pub use faceted_query::{FacetedQuery, FacetedResults, FacetedStatement, faceted_query};
pub(crate) use plan::{PlanColumn, Source, VisualPlan};
pub use visual_query::visual_query;
