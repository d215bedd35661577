//! A table over Parquet parts, or a view over other relations.

use crate::column::Column;

/// A table or view of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub name: String,
    /// One line, for people.
    pub meaning: String,
    pub columns: Vec<Column>,
    pub source: Source,
    /// Names of the relations that the SQL reads, each once, in alphabetical order.
    pub depends_on: Vec<String>,
    /// The database that the statements name.
    pub database: String,
}

/// Where the rows of a relation come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Parquet files in the folder `<destination>/<dataset>/`, with `export_date=YYYY-MM-DD/` folders below it where
    /// `partitioned`; the last column is then `export_date`. A missing folder is an empty table.
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

    /// The statement that makes or replaces the view in Athena; none for a table of parts.
    pub fn create_statement(&self) -> Option<String> {
        match &self.source {
            Source::View { sql } => Some(format!(
                "CREATE OR REPLACE VIEW {}.{} AS\n{sql}",
                self.database, self.name
            )),
            Source::Parts { .. } => None,
        }
    }

    /// The statement that makes the external table over `location` (`s3://bucket/prefix/dataset/`) in Athena, with
    /// partition projection from `first_day` (`YYYY-MM-DD`); none for a view.
    pub fn create_table_statement(&self, location: &str, first_day: &str) -> Option<String> {
        let Source::Parts { partitioned, .. } = &self.source else {
            return None;
        };
        let stored = self
            .columns
            .iter()
            .filter(|column| !(*partitioned && column.name == "export_date"));
        let columns: Vec<String> = stored
            .map(|column| format!("  {} {}", column.name, column.column_type.hive_name()))
            .collect();
        let location = location.trim_end_matches('/');
        let columns = columns.join(",\n");
        let (partition, projection) = if *partitioned {
            let projection = [
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
            ];
            let properties = projection
                .map(|(name, value)| format!("  '{name}' = '{value}'"))
                .join(",\n");
            (
                "PARTITIONED BY (export_date string)\n",
                format!("\nTBLPROPERTIES (\n{properties}\n)"),
            )
        } else {
            ("", String::new())
        };
        Some(format!(
            "CREATE EXTERNAL TABLE IF NOT EXISTS {}.{} (\n{columns}\n)\n{partition}STORED AS PARQUET\nLOCATION '{location}/'{projection}",
            self.database, self.name
        ))
    }
}
