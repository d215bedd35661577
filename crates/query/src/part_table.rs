//! Parts on disk as row sources.

use std::fs::File;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringViewArray, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use crate::error::QueryError;
use crate::footer::{ACTIVITY_DATE, DayRange, Footer};
use crate::parts::Part;
use crate::source::{Batches, RowSource};
use crate::source_table::SourceTable;

/// The partition column of every external table.
const EXPORT_DATE: &str = "export_date";

/// Returns a table of `schema` over parts with their footers.
pub(crate) fn part_table<'a>(
    schema: &SchemaRef,
    parts: impl Iterator<Item = (&'a Arc<Part>, Footer)>,
) -> SourceTable {
    let sources = parts.map(|(part, footer)| {
        Arc::new(PartSource {
            part: Arc::clone(part),
            footer,
            schema: Arc::clone(schema),
        }) as Arc<dyn RowSource>
    });
    SourceTable::new(Arc::clone(schema), sources.collect())
}

/// Returns the columns that a part's file has: all but the partition column, which is in its path.
pub(crate) fn stored_schema(schema: &Schema) -> Schema {
    let fields = schema
        .fields()
        .iter()
        .filter(|field| field.name() != EXPORT_DATE);
    Schema::new(fields.cloned().collect::<Vec<_>>())
}

/// The rows of one part as a source.
#[derive(Debug)]
struct PartSource {
    part: Arc<Part>,
    footer: Footer,
    schema: SchemaRef,
}

impl PartSource {
    fn damaged(&self, source: parquet::errors::ParquetError) -> DataFusionError {
        DataFusionError::External(Box::new(QueryError::DamagedPart {
            path: self.part.path.clone(),
            source,
        }))
    }

    fn export_date(&self) -> Option<String> {
        self.part
            .export_date
            .map(|date| date.format("%Y-%m-%d").to_string())
    }
}

impl RowSource for PartSource {
    fn rows(&self) -> usize {
        self.footer.rows
    }

    fn bounds(&self, column: usize) -> Option<(ScalarValue, ScalarValue)> {
        match (self.schema.field(column).name().as_str(), self.footer.days) {
            (ACTIVITY_DATE, DayRange::Between(first, last)) => Some((
                ScalarValue::Date32(Some(first)),
                ScalarValue::Date32(Some(last)),
            )),
            (EXPORT_DATE, _) => {
                let date = ScalarValue::Utf8View(Some(self.export_date()?));
                Some((date.clone(), date))
            }
            _ => None,
        }
    }

    fn read(&self, projection: &[usize], max_rows: usize) -> Result<Batches> {
        let file = File::open(&self.part.path).map_err(|error| self.damaged(error.into()))?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
            .map_err(|e| self.damaged(e))?;
        let as_views = ArrowReaderOptions::new().with_schema(with_string_views(metadata.schema()));
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), as_views)
            .map_err(|error| self.damaged(error))?;
        let in_file: Vec<Option<usize>> = projection
            .iter()
            .map(|&column| {
                metadata
                    .schema()
                    .index_of(self.schema.field(column).name())
                    .ok()
            })
            .collect();
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        let mask =
            ProjectionMask::roots(builder.parquet_schema(), in_file.iter().copied().flatten());
        let reader = builder
            .with_projection(mask)
            .with_batch_size(max_rows)
            .build()
            .map_err(|error| self.damaged(error))?;
        let mut read: Vec<usize> = in_file.iter().copied().flatten().collect();
        read.sort_unstable();
        read.dedup();
        let adapter = BatchAdapter {
            schema: Arc::new(self.schema.project(projection)?),
            positions: in_file
                .iter()
                .map(|column| column.and_then(|column| read.binary_search(&column).ok()))
                .collect(),
            export_date: self.export_date(),
        };
        let path = self.part.path.clone();
        Ok(Box::new(reader.map(move |batch| {
            let batch = batch.map_err(|error| {
                let source = parquet::errors::ParquetError::ArrowError(error.to_string());
                DataFusionError::External(Box::new(QueryError::DamagedPart {
                    path: path.clone(),
                    source,
                }))
            })?;
            adapter.adapt(&batch)
        })))
    }
}

/// Returns the schema of a file with its strings as views.
fn with_string_views(schema: &Schema) -> SchemaRef {
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 => {
                field.as_ref().clone().with_data_type(DataType::Utf8View)
            }
            _ => field.as_ref().clone(),
        })
        .collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// Turns batches of a file into batches of the table.
struct BatchAdapter {
    schema: SchemaRef,
    /// By column of the table: its index in the batch. None if the file does not have it.
    positions: Vec<Option<usize>>,
    export_date: Option<String>,
}

impl BatchAdapter {
    fn adapt(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let rows = batch.num_rows();
        let columns = self
            .schema
            .fields()
            .iter()
            .zip(&self.positions)
            .map(|(field, position)| -> Result<ArrayRef> {
                Ok(match position {
                    Some(position) if batch.column(*position).data_type() == field.data_type() => {
                        Arc::clone(batch.column(*position))
                    }
                    Some(position) => cast(batch.column(*position), field.data_type())?,
                    None if field.name() == EXPORT_DATE => Arc::new(
                        std::iter::repeat_n(self.export_date.as_deref(), rows)
                            .collect::<StringViewArray>(),
                    ),
                    None => new_null_array(field.data_type(), rows),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(
            Arc::clone(&self.schema),
            columns,
            &options,
        )?)
    }
}
