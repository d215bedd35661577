//! The tables over Parquet parts: the raw datasets, and the identity map.

use kiro_report::{Dataset, ValueType};

use crate::column::{Column, ColumnType};
use crate::relation::{Relation, Source};

/// Name and meaning of the columns of the identity map, all of them texts.
const IDENTITY: [(&str, &str); 5] = [
    ("idc_user_id", "canonical user id"),
    ("idc_username", "user name in the directory"),
    ("idc_display_name", "display name in the directory"),
    ("idc_email", "primary address in the directory"),
    ("team", "team, cost centre or whatever groups people"),
];

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
    let columns = IDENTITY
        .into_iter()
        .map(|(name, meaning)| Column::new(name, ColumnType::Varchar, meaning));
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
