//! The external tables (`report_*_raw`, `identity_map`) over one listing of parts.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::LogicalPlanBuilder;
use kiro_catalog::{Relation, Source};

use crate::date_range::{DateRange, has_activity_date};
use crate::error::{QueryError, view_error};
use crate::footer::{Footer, read_footer};
use crate::part_table::{part_table, stored_schema};
use crate::parts::{Part, PartListing};
use crate::relations::Relations;
use crate::restriction::Access;
use crate::source_table::SourceTable;

/// Makes tables over the parts of `listing`.
pub(crate) struct ExternalTables<'a> {
    pub(crate) relations: &'a Relations,
    pub(crate) listing: &'a PartListing,
    /// The days that the tables show.
    pub(crate) range: DateRange,
}

impl<'a> ExternalTables<'a> {
    /// Returns the footers of all parts with activity days.
    pub(crate) fn activity_footers(&self) -> Result<Vec<Footer>, QueryError> {
        let mut footers = Vec::new();
        for relation in self.relations.tables() {
            let schema = self.relations.schema(&relation.name)?;
            if has_activity_date(&schema) {
                let parts = self.parts(relation, &schema)?;
                footers.extend(parts.into_iter().map(|(_, footer)| footer));
            }
        }
        Ok(footers)
    }

    /// Returns the number of rows of a table; none if `range` may exclude some of them.
    pub(crate) fn rows(&self, relation: &Relation) -> Result<Option<usize>, QueryError> {
        let schema = self.relations.schema(&relation.name)?;
        if has_activity_date(&schema) && self.range != DateRange::default() {
            return Ok(None);
        }
        Ok(Some(self.unfiltered_table(relation, self.range)?.rows()))
    }

    /// Returns a table with the rows of `range` that `access` allows: it leaves out parts by their footers, and filters the
    /// rows where a part crosses an end of the range.
    pub(crate) fn table(
        &self,
        relation: &Relation,
        range: DateRange,
        access: Access,
    ) -> Result<Arc<dyn TableProvider>, QueryError> {
        let schema = self.relations.schema(&relation.name)?;
        let of_users = match access {
            Access::All => None,
            Access::Filtered(filter) => Some(filter),
            Access::Nothing => return Ok(Arc::new(SourceTable::new(schema, Vec::new()))),
        };
        let table: Arc<dyn TableProvider> = Arc::new(self.unfiltered_table(relation, range)?);
        let is_inside = self
            .parts(relation, &schema)?
            .iter()
            .filter(|(_, footer)| range.overlaps(*footer))
            .all(|(_, footer)| range.contains(*footer));
        let of_days = range
            .to_filter()
            .filter(|_| has_activity_date(&schema) && !is_inside);
        let filter = match (of_days, of_users) {
            (Some(days), Some(users)) => Some(days.and(users)),
            (days, users) => days.or(users),
        };
        let Some(filter) = filter else {
            return Ok(table);
        };
        let plan =
            LogicalPlanBuilder::scan(relation.name.as_str(), provider_as_source(table), None)
                .and_then(|plan| plan.filter(filter))
                .and_then(LogicalPlanBuilder::build)
                .map_err(|source| view_error(&relation.name, source))?;
        Ok(Arc::new(ViewTable::new(plan, None)))
    }

    /// Returns a table of the parts that may have rows in `range`.
    fn unfiltered_table(
        &self,
        relation: &Relation,
        range: DateRange,
    ) -> Result<SourceTable, QueryError> {
        let schema = self.relations.schema(&relation.name)?;
        let by_activity = has_activity_date(&schema);
        let parts = self.parts(relation, &schema)?;
        let parts = parts.into_iter().filter(|(part, footer)| {
            if by_activity {
                range.overlaps(*footer)
            } else {
                self.range.contains_export(part)
            }
        });
        Ok(part_table(&schema, parts))
    }

    fn parts(
        &self,
        relation: &Relation,
        schema: &SchemaRef,
    ) -> Result<Vec<(&'a Arc<Part>, Footer)>, QueryError> {
        let Source::Parts { dataset, .. } = &relation.source else {
            return Ok(Vec::new());
        };
        let declared = stored_schema(schema);
        let parts = self.listing.parts(dataset).iter();
        parts
            .map(|part| Ok((part, read_footer(part, &relation.name, &declared)?)))
            .collect()
    }
}
