//! Restricts all relations to some users: before any view is computed, and in no view afterwards.

use std::collections::{BTreeSet, HashSet};

use arrow::datatypes::{DataType, Schema};
use datafusion::logical_expr::{Expr, col, lit};
use kiro_catalog::{Catalogue, Relation, Source};

/// The columns of external tables that say whose row it is.
const USER_COLUMNS: [&str; 2] = ["user_id", "idc_user_id"];

/// Views that say which rows count, by parts and exports. They are computed from the rows of all users, as a newer export
/// without rows of a user replaces an older one with some. No statement can read them.
const BOOKKEEPING: [&str; 4] = [
    "superseded",
    "part_days",
    "export_parts",
    "replaced_exports",
];

/// Views about viewers. They have no rows for a restricted viewer.
const ABOUT_VIEWERS: [&str; 1] = ["row_rules"];

/// Views over bookkeeping that have rows of the users only, or days only.
const RESTRICTED: [&str; 4] = [
    "report_facts",
    "report_models",
    "report_code",
    "data_window",
];

/// The users whose rows the relations have.
#[derive(Debug)]
pub(crate) struct Restriction {
    users: BTreeSet<String>,
    /// Relations about all exports. A statement sees them without rows.
    hidden: HashSet<String>,
}

/// What a statement, or a view that is computed, sees of a relation.
pub(crate) enum Access {
    All,
    /// The rows that this filter keeps.
    Filtered(Expr),
    Nothing,
}

impl Restriction {
    pub(crate) fn new(users: BTreeSet<String>, catalogue: &Catalogue) -> Self {
        let mut hidden: HashSet<String> = HashSet::new();
        // Each after those that it reads.
        for relation in catalogue.relations() {
            let is_hidden = match &relation.source {
                Source::Parts { .. } => false,
                Source::View { .. } if BOOKKEEPING.contains(&relation.name.as_str()) => true,
                Source::View { .. } if ABOUT_VIEWERS.contains(&relation.name.as_str()) => true,
                Source::View { .. } if RESTRICTED.contains(&relation.name.as_str()) => false,
                Source::View { .. } => relation.depends_on.iter().any(|name| hidden.contains(name)),
            };
            if is_hidden {
                hidden.insert(relation.name.clone());
            }
        }
        Self { users, hidden }
    }

    /// What a statement sees of a relation.
    pub(crate) fn of_statement(&self, relation: &Relation, schema: &Schema) -> Access {
        match relation.source {
            Source::Parts { .. } => self.of_table(schema),
            Source::View { .. } if self.hidden.contains(&relation.name) => Access::Nothing,
            Source::View { .. } => Access::All,
        }
    }

    /// What a view sees of an external table.
    pub(crate) fn of_view(&self, view: &str, schema: &Schema) -> Access {
        if BOOKKEEPING.contains(&view) {
            Access::All
        } else {
            self.of_table(schema)
        }
    }

    /// A table without a column of users is about exports.
    fn of_table(&self, schema: &Schema) -> Access {
        let has_column = |name: &&&str| {
            let field = schema.field_with_name(name);
            field.is_ok_and(|field| field.data_type() == &DataType::Utf8View)
        };
        let Some(column) = USER_COLUMNS.iter().find(has_column) else {
            return Access::Nothing;
        };
        let users = self.users.iter().map(|user| lit(user.as_str()));
        // A row without a user belongs to no person, and is left out.
        Access::Filtered(col(*column).in_list(users.collect(), false))
    }
}

#[cfg(test)]
mod tests {
    use kiro_catalog::RenderOptions;

    use super::*;

    #[test]
    fn every_named_view_is_in_the_catalogue() {
        let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
        for name in [&BOOKKEEPING[..], &ABOUT_VIEWERS, &RESTRICTED].concat() {
            let relation = catalogue.relation(name);
            let is_view = relation.is_some_and(|one| matches!(one.source, Source::View { .. }));
            assert!(is_view, "`{name}`");
        }
    }
}
