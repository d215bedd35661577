//! A table over Parquet parts, or a view over other relations.

use crate::column::Column;

/// A table or view of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub name: String,
    /// One line.
    pub meaning: String,
    pub columns: Vec<Column>,
    pub source: Source,
    /// Names of the relations that the SQL reads, each once, in alphabetical order.
    pub depends_on: Vec<String>,
    /// Whether the rows of one activity day can be computed without the raw rows of any other day. A view declares it in
    /// its header: `-- by day: yes`. Always false for a table.
    pub by_day: bool,
    /// The database that the statements name.
    pub database: String,
}

/// The source of a relation's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Parquet files in the folder `<destination>/<dataset>/`. If `partitioned`, they are in folders `export_date=YYYY-MM-DD/`
    /// below it, and the last column is `export_date`. A missing folder is an empty table.
    Parts {
        dataset: &'static str,
        partitioned: bool,
    },
    /// A SELECT, rendered, without comments and without a final semicolon.
    View { sql: String },
}

impl Relation {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The statement that creates or replaces the view in Athena; `None` for a table.
    pub fn create_statement(&self) -> Option<String> {
        match &self.source {
            Source::View { sql } => Some(format!(
                "CREATE OR REPLACE VIEW {}.{} AS\n{sql}",
                self.database, self.name
            )),
            Source::Parts { .. } => None,
        }
    }

    /// The columns of a part: all but the partition key.
    pub fn stored_columns(&self) -> impl Iterator<Item = &Column> {
        let columns = self.columns.iter();
        columns.filter(|column| !self.is_partition_key(column))
    }

    /// The columns that the name of a part's folder gives.
    pub fn partition_keys(&self) -> impl Iterator<Item = &Column> {
        let columns = self.columns.iter();
        columns.filter(|column| self.is_partition_key(column))
    }

    fn is_partition_key(&self, column: &Column) -> bool {
        let is_partitioned = matches!(
            self.source,
            Source::Parts {
                partitioned: true,
                ..
            }
        );
        is_partitioned && column.name == "export_date"
    }

    /// The table properties of Athena's partition projection for the table over `location`: one partition for each day from
    /// `first_day` (`YYYY-MM-DD`). Empty for a table without partitions.
    pub fn projection(&self, location: &str, first_day: &str) -> Vec<(&'static str, String)> {
        if self.partition_keys().next().is_none() {
            return Vec::new();
        }
        let location = location.trim_end_matches('/');
        vec![
            ("projection.enabled", "true".to_owned()),
            ("projection.export_date.type", "date".to_owned()),
            ("projection.export_date.format", "yyyy-MM-dd".to_owned()),
            (
                "projection.export_date.range",
                format!("{first_day},NOW+1DAYS"),
            ),
            ("projection.export_date.interval", "1".to_owned()),
            ("projection.export_date.interval.unit", "DAYS".to_owned()),
            (
                "storage.location.template",
                format!("{location}/export_date=${{export_date}}/"),
            ),
        ]
    }

    /// The statement that creates the external table over `location` (`s3://bucket/prefix/dataset/`) in Athena, with partition
    /// projection from `first_day` (`YYYY-MM-DD`); `None` for a view.
    pub fn create_table_statement(&self, location: &str, first_day: &str) -> Option<String> {
        let Source::Parts { .. } = &self.source else {
            return None;
        };
        let columns: Vec<String> = self
            .stored_columns()
            .map(|column| format!("  {} {}", column.name, column.column_type.hive_name()))
            .collect();
        let columns = columns.join(",\n");
        let location = location.trim_end_matches('/');
        let properties: Vec<String> = self
            .projection(location, first_day)
            .into_iter()
            .map(|(name, value)| format!("  '{name}' = '{value}'"))
            .collect();
        let (partition, projection) = if properties.is_empty() {
            ("", String::new())
        } else {
            (
                "PARTITIONED BY (export_date string)\n",
                format!("\nTBLPROPERTIES (\n{}\n)", properties.join(",\n")),
            )
        };
        Some(format!(
            "CREATE EXTERNAL TABLE IF NOT EXISTS {}.{} (\n{columns}\n)\n{partition}STORED AS PARQUET\nLOCATION '{location}/'{projection}",
            self.database, self.name
        ))
    }
}
