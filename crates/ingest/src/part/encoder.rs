//! One part, from rows to the bytes of a Parquet file.

use std::sync::Arc;

use bytes::Bytes;
use chrono::NaiveDate;
use kiro_report::{Dataset, ValueType};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;

use super::column::Column;
use super::pages::Snappy;
use super::schema::{PartMetadata, parquet_schema};

/// A page ends after this many rows, or this many bytes of text.
const PAGE_ROWS: usize = 16_384;
const PAGE_BYTES: usize = 2 << 20;
/// A row group ends, at the end of a page, after this many rows or bytes of memory.
const GROUP_ROWS: usize = 1 << 19;
const GROUP_BYTES: usize = 8 << 20;

/// Writes one part. Fetch finished row groups with [`Self::take_output`].
pub(crate) struct PartEncoder {
    columns: Vec<Column>,
    file: SerializedFileWriter<Vec<u8>>,
    snappy: Snappy,
    page_rows: usize,
    page_bytes: usize,
    group_rows: usize,
}

/// The cells of one row. Fill every column once, but those that are constant or repeated.
///
/// A column is named by its index in its dataset. A value of another type than the column's is not written, and the page
/// fails for the missing cell.
pub(crate) struct RowCells<'a> {
    columns: &'a mut [Column],
    bytes: &'a mut usize,
}

impl PartEncoder {
    pub(crate) fn new(dataset: Dataset, metadata: &PartMetadata) -> Result<Self, ParquetError> {
        let properties = WriterProperties::builder()
            .set_created_by(format!("kiro-analytics {}", env!("CARGO_PKG_VERSION")))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        let file = SerializedFileWriter::new(
            Vec::new(),
            Arc::new(parquet_schema(dataset)?),
            Arc::new(properties),
        )?;
        Ok(Self {
            columns: dataset
                .columns()
                .map(|column| Column::new(column, metadata))
                .collect(),
            file,
            snappy: Snappy::new(),
            page_rows: 0,
            page_bytes: 0,
            group_rows: 0,
        })
    }

    /// Sets the text of a column in this and all later rows, until it is set anew. Does nothing where the part knows the text
    /// before its first row.
    pub(crate) fn set_repeated(&mut self, column: usize, text: &str) {
        if let Some(column) = self.columns.get_mut(column) {
            column.set_repeated(text, self.page_rows);
        }
    }

    /// Appends a row.
    pub(crate) fn push(
        &mut self,
        fill: impl FnOnce(&mut RowCells<'_>),
    ) -> Result<(), ParquetError> {
        fill(&mut RowCells {
            columns: &mut self.columns,
            bytes: &mut self.page_bytes,
        });
        self.page_rows += 1;
        self.group_rows += 1;
        if self.page_rows >= PAGE_ROWS || self.page_bytes >= PAGE_BYTES {
            self.end_page()?;
        }
        Ok(())
    }

    /// The finished bytes since the last call, often none.
    pub(crate) fn take_output(&mut self) -> Result<Bytes, ParquetError> {
        self.file.flush()?;
        Ok(Bytes::from(std::mem::take(self.file.inner_mut())))
    }

    /// Ends the file, and returns the last bytes.
    pub(crate) fn finish(mut self) -> Result<Bytes, ParquetError> {
        if self.group_rows > 0 {
            self.end_group()?;
        }
        Ok(Bytes::from(self.file.into_inner()?))
    }

    fn end_page(&mut self) -> Result<(), ParquetError> {
        for column in &mut self.columns {
            column.end_page(self.page_rows, &mut self.snappy)?;
        }
        self.page_rows = 0;
        self.page_bytes = 0;
        let group_bytes: usize = self.columns.iter().map(Column::bytes).sum();
        if self.group_rows >= GROUP_ROWS || group_bytes >= GROUP_BYTES {
            self.end_group()?;
        }
        Ok(())
    }

    fn end_group(&mut self) -> Result<(), ParquetError> {
        let descriptors = self.file.schema_descr().columns().to_vec();
        let mut group = self.file.next_row_group()?;
        for (column, descriptor) in self.columns.iter_mut().zip(&descriptors) {
            column.end_page(self.page_rows, &mut self.snappy)?;
            let chunk = column.end_chunk(self.group_rows, descriptor, &mut self.snappy)?;
            group.append_column(&chunk.bytes, chunk.close)?;
        }
        group.close()?;
        self.page_rows = 0;
        self.page_bytes = 0;
        self.group_rows = 0;
        Ok(())
    }
}

impl RowCells<'_> {
    pub(crate) fn date(&mut self, column: usize, day: NaiveDate) {
        self.set(column, ValueType::Date, Some(day), |column, day| {
            column.push_bytes(&day.to_epoch_days().to_le_bytes());
        });
    }

    pub(crate) fn text<'t>(&mut self, column: usize, text: impl Into<Option<&'t str>>) {
        let text = text.into();
        *self.bytes += text.map_or(0, str::len);
        self.set(column, ValueType::Text, text, |column, text| {
            column.push_bytes(text.as_bytes());
        });
    }

    pub(crate) fn count(&mut self, column: usize, count: impl Into<Option<i64>>) {
        self.set(column, ValueType::Count, count.into(), Column::push_count);
    }

    pub(crate) fn amount(&mut self, column: usize, amount: Option<f64>) {
        self.set(column, ValueType::Amount, amount, |column, amount| {
            column.push_bytes(&amount.to_le_bytes());
        });
    }

    pub(crate) fn boolean(&mut self, column: usize, value: impl Into<Option<bool>>) {
        self.set(
            column,
            ValueType::Boolean,
            value.into(),
            Column::push_boolean,
        );
    }

    #[inline]
    fn set<Value>(
        &mut self,
        column: usize,
        value_type: ValueType,
        value: Option<Value>,
        push: impl FnOnce(&mut Column, Value),
    ) {
        let Some(column) = self.columns.get_mut(column) else {
            return;
        };
        if column.value_type() != value_type {
            return;
        }
        match value {
            Some(value) => push(column, value),
            None => column.push_null(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Dataset, PartEncoder, PartMetadata, RowCells};

    const KIND: usize = Dataset::Issues.index_of("kind");
    const COLUMN_NAME: usize = Dataset::Issues.index_of("column_name");
    const ROW_REJECTED: usize = Dataset::Issues.index_of("row_rejected");
    const LINE: usize = Dataset::Issues.index_of("line");

    fn write(fill: impl Fn(&mut RowCells<'_>)) -> Result<(), String> {
        let text = || "x".to_owned();
        let metadata = PartMetadata {
            source_account: text(),
            source_region: text(),
            source_path: text(),
            export_time: text(),
            part_id: text(),
            processed_time: text(),
            modified_time: text(),
        };
        let mut encoder = PartEncoder::new(Dataset::Issues, &metadata).unwrap();
        encoder.push(&fill).unwrap();
        encoder.push(&fill).unwrap();
        encoder
            .finish()
            .map(drop)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_row_with_every_cell_is_written() {
        let written = write(|cells| {
            cells.count(LINE, 7);
            cells.boolean(ROW_REJECTED, true);
            cells.text(COLUMN_NAME, None::<&str>);
            cells.text(KIND, "bad_value");
        });
        assert_eq!(written, Ok(()));
    }

    #[test]
    fn a_cell_of_another_type_or_a_missing_or_repeated_one_is_an_error() {
        let row = |kind: fn(&mut RowCells<'_>)| {
            write(|cells| {
                kind(cells);
                cells.count(LINE, None::<i64>);
                cells.boolean(ROW_REJECTED, true);
                cells.text(COLUMN_NAME, "date");
            })
        };
        let error = |cells: usize| {
            Err(format!(
                "Parquet error: column `kind` has {cells} cells in a page of 2 rows"
            ))
        };
        assert_eq!(row(|cells| cells.text(KIND, "bad_date")), Ok(()));
        assert_eq!(row(|cells| cells.count(KIND, 1)), error(0));
        assert_eq!(row(|cells| cells.boolean(KIND, true)), error(0));
        assert_eq!(row(|cells| cells.text(KIND, None::<&str>)), error(0));
        assert_eq!(row(|_| {}), error(0));
        let twice = row(|cells| {
            cells.text(KIND, "bad_date");
            cells.text(KIND, "bad_date");
        });
        assert_eq!(twice, error(4));
    }
}
