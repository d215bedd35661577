//! The Parquet schema of a part, and what all rows of a part have in common.

use std::sync::Arc;

use kiro_report::{Dataset, DatasetColumn, PartField, ValueType};
use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as PhysicalType};
use parquet::errors::ParquetError;
use parquet::schema::types::Type;

/// What all rows of a part have in common.
#[derive(Debug, Clone)]
pub(crate) struct PartMetadata {
    pub(crate) source_account: String,
    pub(crate) source_region: String,
    pub(crate) source_path: String,
    pub(crate) export_time: String,
    pub(crate) part_id: String,
    pub(crate) processed_time: String,
    pub(crate) modified_time: String,
}

impl PartMetadata {
    pub(super) fn get(&self, field: PartField) -> &str {
        match field {
            PartField::SourceAccount => &self.source_account,
            PartField::SourceRegion => &self.source_region,
            PartField::SourcePath => &self.source_path,
            PartField::ExportTime => &self.export_time,
            PartField::PartId => &self.part_id,
            PartField::ProcessedTime => &self.processed_time,
            PartField::ModifiedTime => &self.modified_time,
        }
    }
}

/// The Parquet schema of a dataset, of types that every engine reads.
pub(super) fn parquet_schema(dataset: Dataset) -> Result<Type, ParquetError> {
    let fields = dataset
        .columns()
        .map(|column| parquet_type(column).map(Arc::new))
        .collect::<Result<_, _>>()?;
    Type::group_type_builder("kiro").with_fields(fields).build()
}

fn parquet_type(column: &DatasetColumn) -> Result<Type, ParquetError> {
    let (physical, logical, converted) = match column.value_type {
        ValueType::Text => (
            PhysicalType::BYTE_ARRAY,
            Some(LogicalType::String),
            ConvertedType::UTF8,
        ),
        ValueType::Date => (
            PhysicalType::INT32,
            Some(LogicalType::Date),
            ConvertedType::DATE,
        ),
        ValueType::Count => (PhysicalType::INT64, None, ConvertedType::NONE),
        ValueType::Amount => (PhysicalType::DOUBLE, None, ConvertedType::NONE),
        ValueType::Boolean => (PhysicalType::BOOLEAN, None, ConvertedType::NONE),
    };
    Type::primitive_type_builder(column.name, physical)
        .with_logical_type(logical)
        .with_converted_type(converted)
        .with_repetition(if column.nullable {
            Repetition::OPTIONAL
        } else {
            Repetition::REQUIRED
        })
        .build()
}
