//! The identity map as Parquet.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use bytes::Bytes;
use kiro_report::IDENTITY_MAP_COLUMNS;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::map_row::MapRow;
use crate::person::{PersonSource, PersonStatus};

/// The content of `is_seat` for a person with a seat; NULL for all others.
const SEAT: &str = "yes";

/// Rows of a batch.
const BATCH_ROWS: usize = 8192;

/// Why a map cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    #[error("this is not readable Parquet")]
    Parquet(#[from] ParquetError),
    #[error("a batch of rows cannot be read or written")]
    Arrow(#[from] ArrowError),
    #[error("column `{column}` is missing or not a text")]
    Column { column: &'static str },
    #[error("row {row} has an unknown value in column `{column}`")]
    Value { column: &'static str, row: usize },
}

/// Writes rows as Parquet. The same rows give the same bytes.
///
/// # Errors
///
/// If they cannot be encoded.
pub fn write_map(rows: &[MapRow]) -> Result<Vec<u8>, MapError> {
    let schema = schema();
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    // Older readers do not know the types that the embedded Arrow schema would name.
    let options = ArrowWriterOptions::new()
        .with_properties(properties)
        .with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(&schema), options)?;
    for rows in rows.chunks(BATCH_ROWS) {
        writer.write(&to_batch(rows, &schema)?)?;
    }
    Ok(writer.into_inner()?)
}

/// Reads rows that [`write_map`] has written.
///
/// # Errors
///
/// If the bytes are anything else.
pub fn read_map(bytes: impl Into<Bytes>) -> Result<Vec<MapRow>, MapError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes.into())?
        .with_batch_size(BATCH_ROWS)
        .build()?;
    let mut rows = Vec::new();
    for batch in reader {
        read_batch(&batch?, &mut rows)?;
    }
    Ok(rows)
}

fn schema() -> SchemaRef {
    let fields = IDENTITY_MAP_COLUMNS.map(|column| Field::new(column.name, DataType::Utf8, true));
    Arc::new(Schema::new(fields.to_vec()))
}

fn to_batch(rows: &[MapRow], schema: &SchemaRef) -> Result<RecordBatch, MapError> {
    let attributes = rows.iter().map(|row| {
        (!row.attributes.is_empty())
            .then(|| serde_json::to_string(&row.attributes))
            .transpose()
    });
    let attributes: Vec<Option<String>> = attributes
        .collect::<Result<_, _>>()
        .map_err(|error| ArrowError::JsonError(error.to_string()))?;
    let texts = |text: fn(&MapRow) -> Option<&str>| -> ArrayRef {
        Arc::new(rows.iter().map(text).collect::<StringArray>())
    };
    let columns: [ArrayRef; IDENTITY_MAP_COLUMNS.len()] = [
        texts(|row| Some(&row.user_id)),
        texts(|row| row.username.as_deref()),
        texts(|row| row.display_name.as_deref()),
        texts(|row| row.email.as_deref()),
        texts(|row| row.team.as_deref()),
        texts(|row| row.cost_center.as_deref()),
        texts(|row| row.manager.as_deref()),
        texts(|row| Some(row.status.as_str())),
        texts(|row| Some(row.source.as_str())),
        texts(|row| row.is_seat.then_some(SEAT)),
        Arc::new(attributes.into_iter().collect::<StringArray>()),
    ];
    Ok(RecordBatch::try_new(Arc::clone(schema), columns.to_vec())?)
}

fn read_batch(batch: &RecordBatch, rows: &mut Vec<MapRow>) -> Result<(), MapError> {
    let mut columns = Vec::with_capacity(IDENTITY_MAP_COLUMNS.len());
    for column in IDENTITY_MAP_COLUMNS.map(|column| column.name) {
        let texts = batch
            .column_by_name(column)
            .and_then(|array| array.as_any().downcast_ref::<StringArray>())
            .ok_or(MapError::Column { column })?;
        columns.push(texts);
    }
    for index in 0..batch.num_rows() {
        let text = |column: usize| {
            let texts = columns[column];
            texts.is_valid(index).then(|| texts.value(index))
        };
        let owned = |column| text(column).map(str::to_owned);
        let wrong = |column: usize| MapError::Value {
            column: IDENTITY_MAP_COLUMNS[column].name,
            row: rows.len() + 1,
        };
        let attributes: BTreeMap<String, String> = match text(10) {
            Some(json) => serde_json::from_str(json).map_err(|_| wrong(10))?,
            None => BTreeMap::new(),
        };
        let row = MapRow {
            user_id: owned(0).ok_or_else(|| wrong(0))?,
            username: owned(1),
            display_name: owned(2),
            email: owned(3),
            team: owned(4),
            cost_center: owned(5),
            manager: owned(6),
            status: text(7)
                .and_then(PersonStatus::from_text)
                .ok_or_else(|| wrong(7))?,
            source: text(8)
                .and_then(PersonSource::from_text)
                .ok_or_else(|| wrong(8))?,
            is_seat: text(9) == Some(SEAT),
            attributes,
        };
        rows.push(row);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were() {
        let bare = MapRow::new(
            "u-1".to_owned(),
            PersonStatus::Forgotten,
            PersonSource::Forgotten,
        );
        let full = MapRow {
            user_id: "u-2".to_owned(),
            username: Some("DOMAIN\\ann".to_owned()),
            display_name: Some("Ann \"A\" Größe".to_owned()),
            email: Some("ann@example.com".to_owned()),
            team: Some("Payments".to_owned()),
            cost_center: Some("007".to_owned()),
            manager: Some("bob@example.com".to_owned()),
            status: PersonStatus::Left,
            source: PersonSource::RosterAndDirectory,
            is_seat: true,
            attributes: [("b", "2"), ("a", "1")]
                .map(|(name, content)| (name.to_owned(), content.to_owned()))
                .into(),
        };
        let many = vec![bare.clone(); BATCH_ROWS];
        for rows in [
            vec![],
            vec![bare, full.clone()],
            [many, vec![full]].concat(),
        ] {
            let bytes = write_map(&rows).unwrap();
            assert!(bytes == write_map(&rows).unwrap());
            assert!(read_map(bytes).unwrap() == rows);
        }
    }

    #[test]
    fn columns_are_nullable_texts() {
        let row = MapRow::new(
            "u".to_owned(),
            PersonStatus::Active,
            PersonSource::Directory,
        );
        let bytes = Bytes::from(write_map(&[row]).unwrap());
        let mut reader = ParquetRecordBatchReaderBuilder::try_new(bytes)
            .unwrap()
            .build()
            .unwrap();
        let batch = reader.next().unwrap().unwrap();
        assert_eq!(batch.schema().fields(), schema().fields());
        let nulls: Vec<usize> = batch.columns().iter().map(Array::null_count).collect();
        assert_eq!(nulls, [0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1]);
    }

    #[test]
    fn other_bytes_are_refused() {
        assert!(matches!(
            read_map(b"user_id,name\n".as_slice()),
            Err(MapError::Parquet(_))
        ));
    }
}
