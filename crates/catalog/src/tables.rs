//! The tables over Parquet parts: the raw datasets, and the identity map.

use kiro_report::{Dataset, IDENTITY_MAP_COLUMNS, ValueType};

use crate::column::{Column, ColumnType};
use crate::relation::{Relation, Source};

/// Every table of parts.
pub(crate) fn all(database: &str) -> Vec<Relation> {
    Dataset::ALL
        .into_iter()
        .map(|dataset| raw_table(dataset, database))
        .chain([identity_map(database)])
        .collect()
}

fn raw_table(dataset: Dataset, database: &str) -> Relation {
    let stored = dataset.columns().map(|column| {
        let column_type = match column.value_type {
            ValueType::Text => ColumnType::Varchar,
            ValueType::Date => ColumnType::Date,
            ValueType::Count => ColumnType::Bigint,
            ValueType::Amount => ColumnType::Double,
            ValueType::Boolean => ColumnType::Boolean,
        };
        Column::new(column.name, column_type, column.meaning)
    });
    let partition = Column::new(
        "export_date",
        ColumnType::Varchar,
        "partition: day of the export, YYYY-MM-DD",
    );
    Relation {
        name: format!("report_{}_raw", dataset.folder()),
        meaning: dataset.meaning().to_owned(),
        columns: stored.chain([partition]).collect(),
        source: Source::Parts {
            dataset: dataset.folder(),
            partitioned: true,
        },
        depends_on: Vec::new(),
        by_day: false,
        database: database.to_owned(),
    }
}

fn identity_map(database: &str) -> Relation {
    let columns = IDENTITY_MAP_COLUMNS
        .iter()
        .map(|column| Column::new(column.name, ColumnType::Varchar, column.meaning));
    Relation {
        name: "identity_map".to_owned(),
        meaning: "names, addresses and teams by user id; empty unless identity mapping is on"
            .to_owned(),
        columns: columns.collect(),
        source: Source::Parts {
            dataset: "identity",
            partitioned: false,
        },
        depends_on: Vec::new(),
        by_day: false,
        database: database.to_owned(),
    }
}
