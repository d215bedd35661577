//! The catalogue's relations and columns, by name.

use std::collections::BTreeMap;

use kiro_catalog::{Catalogue, ColumnType};

/// Relation, then column, then type.
#[derive(Debug, Clone)]
pub(crate) struct Relations {
    pub(crate) database: String,
    relations: BTreeMap<String, BTreeMap<String, ColumnType>>,
}

impl From<&Catalogue> for Relations {
    fn from(catalogue: &Catalogue) -> Self {
        let database = catalogue
            .relations()
            .first()
            .map(|relation| relation.database.clone());
        let relations = catalogue.relations().iter().map(|relation| {
            let columns = relation
                .columns
                .iter()
                .map(|column| (column.name.clone(), column.column_type));
            (relation.name.clone(), columns.collect())
        });
        Self {
            database: database.unwrap_or_default(),
            relations: relations.collect(),
        }
    }
}

impl Relations {
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.relations.keys().map(String::as_str)
    }

    pub(crate) fn columns(&self, relation: &str) -> Option<&BTreeMap<String, ColumnType>> {
        self.relations.get(relation)
    }
}
