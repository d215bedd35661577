//! One part, from rows to the bytes of a Parquet file.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{Datelike, NaiveDate};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;

use super::column::{Column, constant_chunk};
use super::pages::Snappy;
use super::schema::{ColumnSpec, Constants, Dataset, Plan, columns, parquet_schema};

/// A page ends after so many rows, or so many bytes of text.
const PAGE_ROWS: usize = 16_384;
const PAGE_BYTES: usize = 2 << 20;
/// A row group ends, at the end of a page, after so many rows or so many bytes of memory.
const GROUP_ROWS: usize = 1 << 19;
const GROUP_BYTES: usize = 8 << 20;
/// Days from the first of January of year 1 to the epoch.
const EPOCH_DAY: i32 = 719_163;

/// Writes one part. Finished row groups are to be fetched with [`Self::take_output`].
pub(crate) struct PartEncoder {
    specs: Vec<ColumnSpec>,
    constants: Arc<Constants>,
    /// Those that are not constant.
    columns: Vec<Column>,
    file: SerializedFileWriter<Vec<u8>>,
    snappy: Snappy,
    page_rows: usize,
    page_bytes: usize,
    group_rows: usize,
}

/// The cells of one row, to be filled in the order of the columns, constants left out.
pub(crate) struct RowCells<'a> {
    columns: std::slice::IterMut<'a, Column>,
    bytes: &'a mut usize,
}

impl PartEncoder {
    pub(crate) fn new(dataset: Dataset, constants: &Arc<Constants>) -> Result<Self, ParquetError> {
        let specs = columns(dataset);
        let properties = WriterProperties::builder()
            .set_created_by(format!("kiro-analytics {}", env!("CARGO_PKG_VERSION")))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        let file = SerializedFileWriter::new(
            Vec::new(),
            Arc::new(parquet_schema(&specs)?),
            Arc::new(properties),
        )?;
        let varying = specs
            .iter()
            .filter(|spec| !matches!(spec.plan, Plan::Constant(_)));
        Ok(Self {
            columns: varying.map(|spec| Column::new(*spec)).collect(),
            specs,
            constants: Arc::clone(constants),
            file,
            snappy: Snappy::new(),
            page_rows: 0,
            page_bytes: 0,
            group_rows: 0,
        })
    }

    /// Appends a row.
    pub(crate) fn push(
        &mut self,
        fill: impl FnOnce(&mut RowCells<'_>),
    ) -> Result<(), ParquetError> {
        fill(&mut RowCells {
            columns: self.columns.iter_mut(),
            bytes: &mut self.page_bytes,
        });
        self.page_rows += 1;
        self.group_rows += 1;
        if self.page_rows >= PAGE_ROWS || self.page_bytes >= PAGE_BYTES {
            self.end_page()?;
        }
        Ok(())
    }

    /// The bytes that have been finished since the last call, often none.
    pub(crate) fn take_output(&mut self) -> Result<Bytes, ParquetError> {
        self.file.flush()?;
        Ok(Bytes::from(std::mem::take(self.file.inner_mut())))
    }

    /// The last bytes.
    pub(crate) fn finish(mut self) -> Result<Bytes, ParquetError> {
        if self.group_rows > 0 {
            self.end_group()?;
        }
        Ok(Bytes::from(self.file.into_inner()?))
    }

    fn end_page(&mut self) -> Result<(), ParquetError> {
        for column in &mut self.columns {
            column.end_page(&mut self.snappy)?;
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
        let mut varying = self.columns.iter_mut();
        for (spec, descriptor) in self.specs.iter().zip(&descriptors) {
            let chunk = if let Plan::Constant(constant) = spec.plan {
                constant_chunk(
                    self.constants.get(constant),
                    self.group_rows,
                    descriptor,
                    &mut self.snappy,
                )?
            } else if let Some(column) = varying.next() {
                column.end_chunk(descriptor, &mut self.snappy)?
            } else {
                return Err(ParquetError::General(
                    "fewer columns than the schema has".to_owned(),
                ));
            };
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
    pub(crate) fn date(&mut self, day: NaiveDate) {
        let day = day.num_days_from_ce() - EPOCH_DAY;
        self.fill(|column| column.push_bytes(&day.to_le_bytes()));
    }

    pub(crate) fn text(&mut self, text: &str) {
        *self.bytes += text.len();
        self.fill(|column| column.push_text(text));
    }

    /// The text of the row before once more: nothing is compared.
    pub(crate) fn text_again(&mut self, text: &str) {
        *self.bytes += text.len();
        self.fill(|column| column.push_again(text.as_bytes()));
    }

    /// The day of the row before once more.
    pub(crate) fn date_again(&mut self, day: NaiveDate) {
        let day = day.num_days_from_ce() - EPOCH_DAY;
        self.fill(|column| column.push_again(&day.to_le_bytes()));
    }

    pub(crate) fn count(&mut self, count: i64) {
        self.fill(|column| column.push_count(count));
    }

    pub(crate) fn boolean(&mut self, value: bool) {
        self.fill(|column| column.push_boolean(value));
    }

    pub(crate) fn maybe_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.missing(),
        }
    }

    pub(crate) fn maybe_count(&mut self, count: Option<i64>) {
        match count {
            Some(count) => self.count(count),
            None => self.missing(),
        }
    }

    pub(crate) fn maybe_amount(&mut self, amount: Option<f64>) {
        match amount {
            Some(amount) => self.fill(|column| column.push_bytes(&amount.to_le_bytes())),
            None => self.missing(),
        }
    }

    pub(crate) fn maybe_boolean(&mut self, value: Option<bool>) {
        match value {
            Some(value) => self.boolean(value),
            None => self.missing(),
        }
    }

    fn missing(&mut self) {
        self.fill(Column::push_missing);
    }

    fn fill(&mut self, push: impl FnOnce(&mut Column)) {
        if let Some(column) = self.columns.next() {
            push(column);
        }
    }
}
