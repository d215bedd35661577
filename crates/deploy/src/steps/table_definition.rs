//! The definition of a table of Parquet parts in Glue's catalogue. The call and the file of `synth` use the same value.

use std::collections::BTreeMap;

use aws_sdk_glue::error::BuildError;
use aws_sdk_glue::types::{Column, SerDeInfo, StorageDescriptor, TableInput};
use kiro_catalog::{Relation, Source};
use serde::Serialize;
use serde_json::Value;

use crate::digest::short_hash;

/// The table parameter that holds the hash of its definition.
pub(crate) const DDL_HASH_PARAMETER: &str = "kiro_analytics_ddl";

/// The table with names of users.
pub(crate) const IDENTITY_TABLE: &str = "identity_map";

const TABLE_TYPE: &str = "EXTERNAL_TABLE";
const PARQUET_INPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
const PARQUET_OUTPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat";
const PARQUET_SERDE: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
/// Maximum length of a comment in Glue.
const MAX_COMMENT_CHARACTERS: usize = 255;

/// A table over the parts of one dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TableDefinition {
    pub(crate) name: String,
    description: String,
    table_type: &'static str,
    pub(crate) parameters: BTreeMap<String, String>,
    partition_keys: Vec<ColumnDefinition>,
    storage_descriptor: Storage,
}

/// A column with its Hive type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ColumnDefinition {
    pub(crate) name: String,
    #[serde(rename = "Type")]
    pub(crate) hive_type: String,
    comment: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Storage {
    columns: Vec<ColumnDefinition>,
    location: String,
    input_format: &'static str,
    output_format: &'static str,
    serde_info: Serde,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Serde {
    serialization_library: &'static str,
    parameters: BTreeMap<&'static str, &'static str>,
}

impl TableDefinition {
    /// The table of a relation; `None` for a view. `map_location` is that of the table `identity_map` if identity mapping is
    /// on; without it, the table is over an empty location. `first_day` (`YYYY-MM-DD`) is the first partition.
    pub(crate) fn of(
        relation: &Relation,
        results_bucket: &str,
        map_location: Option<&str>,
        first_day: &str,
    ) -> Option<Self> {
        let Source::Parts { dataset, .. } = &relation.source else {
            return None;
        };
        let location = match map_location {
            Some(location) if relation.name == IDENTITY_TABLE => location.to_owned(),
            _ => format!("s3://{results_bucket}/normalized/{dataset}/"),
        };
        let own = [("EXTERNAL", "TRUE"), ("classification", "parquet")];
        let own = own.map(|(name, value)| (name, value.to_owned()));
        let parameters = own
            .into_iter()
            .chain(relation.projection(&location, first_day));
        let mut table = Self {
            name: relation.name.clone(),
            description: relation.meaning.clone(),
            table_type: TABLE_TYPE,
            parameters: parameters
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            partition_keys: relation
                .partition_keys()
                .map(ColumnDefinition::of)
                .collect(),
            storage_descriptor: Storage {
                columns: relation
                    .stored_columns()
                    .map(ColumnDefinition::of)
                    .collect(),
                location,
                input_format: PARQUET_INPUT,
                output_format: PARQUET_OUTPUT,
                serde_info: Serde {
                    serialization_library: PARQUET_SERDE,
                    parameters: [("serialization.format", "1")].into(),
                },
            },
        };
        let hash = short_hash(table.to_json().to_string());
        table.parameters.insert(DDL_HASH_PARAMETER.to_owned(), hash);
        Some(table)
    }

    pub(crate) fn location(&self) -> &str {
        &self.storage_descriptor.location
    }

    /// The hash of everything else in the definition.
    pub(crate) fn hash(&self) -> &str {
        self.parameters
            .get(DDL_HASH_PARAMETER)
            .map_or("", String::as_str)
    }

    pub(crate) fn columns(&self) -> &[ColumnDefinition] {
        &self.storage_descriptor.columns
    }

    /// As JSON with the member names of Glue's API.
    pub(crate) fn to_json(&self) -> Value {
        // Texts and lists of texts can always be serialized.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// # Errors
    ///
    /// If a required member is missing, which cannot happen.
    pub(crate) fn to_input(&self) -> Result<TableInput, BuildError> {
        let storage = &self.storage_descriptor;
        let serde = SerDeInfo::builder().serialization_library(PARQUET_SERDE);
        let serde = storage
            .serde_info
            .parameters
            .iter()
            .fold(serde, |serde, (name, value)| {
                serde.parameters(*name, *value)
            });
        let descriptor = StorageDescriptor::builder()
            .set_columns(Some(columns(&storage.columns)?))
            .location(&storage.location)
            .input_format(storage.input_format)
            .output_format(storage.output_format)
            .serde_info(serde.build());
        TableInput::builder()
            .name(&self.name)
            .description(&self.description)
            .table_type(self.table_type)
            .set_parameters(Some(self.parameters.clone().into_iter().collect()))
            .set_partition_keys(Some(columns(&self.partition_keys)?))
            .storage_descriptor(descriptor.build())
            .build()
    }
}

impl ColumnDefinition {
    fn of(column: &kiro_catalog::Column) -> Self {
        Self {
            name: column.name.clone(),
            hive_type: column.column_type.hive_name().to_owned(),
            comment: column
                .meaning
                .chars()
                .take(MAX_COMMENT_CHARACTERS)
                .collect(),
        }
    }
}

fn columns(definitions: &[ColumnDefinition]) -> Result<Vec<Column>, BuildError> {
    let columns = definitions.iter().map(|column| {
        Column::builder()
            .name(&column.name)
            .r#type(&column.hive_type)
            .comment(&column.comment)
            .build()
    });
    columns.collect()
}

#[cfg(test)]
mod tests {
    use kiro_catalog::{Catalogue, RenderOptions};

    use super::*;

    #[test]
    fn the_call_and_the_file_have_the_same_content() {
        let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
        let facts = catalogue.relation("report_facts_raw").unwrap();
        let table = TableDefinition::of(facts, "example-results", None, "2026-01-01").unwrap();
        let (file, call) = (table.to_json(), table.to_input().unwrap());
        assert_eq!(file["Name"], call.name());
        let descriptor = call.storage_descriptor().unwrap();
        let written = &file["StorageDescriptor"];
        assert_eq!(written["Location"], descriptor.location().unwrap());
        let serde = descriptor.serde_info().unwrap();
        assert_eq!(
            written["SerdeInfo"]["SerializationLibrary"],
            serde.serialization_library().unwrap()
        );
        let columns = written["Columns"].as_array().unwrap();
        assert_eq!(columns.len(), descriptor.columns().len());
        assert_eq!(
            file["Parameters"][DDL_HASH_PARAMETER],
            call.parameters().unwrap()[DDL_HASH_PARAMETER]
        );
        assert_eq!(table.hash().len(), 16);
    }

    #[test]
    fn names_have_their_own_location_if_identity_mapping_is_on() {
        let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
        let location = |relation: &str, map: Option<&str>| {
            let relation = catalogue.relation(relation).unwrap();
            let table = TableDefinition::of(relation, "results", map, "2026-01-01").unwrap();
            table.location().to_owned()
        };
        let map = "s3://map/identity-map/";
        assert_eq!(location(IDENTITY_TABLE, Some(map)), map);
        assert_eq!(
            location(IDENTITY_TABLE, None),
            "s3://results/normalized/identity/"
        );
        assert_eq!(
            location("report_facts_raw", Some(map)),
            "s3://results/normalized/facts/"
        );
    }
}
