//! A packed result: blocks of rows, and one dictionary per text column.

use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanBufferBuilder, RecordBatch, StringViewArray};
use arrow::buffer::NullBuffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, SchemaRef};
use datafusion::common::{Result, not_impl_err};

use super::block::Block;
use super::column::PackedColumn;
use super::dictionary::DictionaryBuilder;
use super::pool::Pool;
use crate::source::RowSource;

/// Rows per block. More rows pack better; fewer rows let a range of days skip more blocks.
const BLOCK_ROWS: usize = 1 << 16;

/// The packed rows of one computation.
#[derive(Debug)]
pub(crate) struct PackedRows {
    schema: SchemaRef,
    dictionaries: Arc<[Option<StringViewArray>]>,
    blocks: Vec<Arc<[Arc<PackedColumn>]>>,
    block_rows: Vec<usize>,
}

impl PackedRows {
    /// Returns the number of distinct texts of a column.
    pub(crate) fn distinct_texts(&self, column: usize) -> Option<usize> {
        self.dictionaries.get(column)?.as_ref().map(Array::len)
    }

    /// Returns the memory of the rows in bytes, including what other results share.
    pub(crate) fn bytes(&self) -> usize {
        let columns = self.blocks.iter().flat_map(|block| block.iter());
        let dictionaries = self.dictionaries.iter().flatten();
        columns.map(|column| column.bytes()).sum::<usize>()
            + dictionaries
                .map(Array::get_array_memory_size)
                .sum::<usize>()
    }

    /// Returns the blocks as sources of a table.
    pub(crate) fn sources(&self) -> impl Iterator<Item = Arc<dyn RowSource>> + '_ {
        self.blocks
            .iter()
            .zip(&self.block_rows)
            .map(|(columns, &rows)| {
                Arc::new(Block {
                    schema: Arc::clone(&self.schema),
                    dictionaries: Arc::clone(&self.dictionaries),
                    columns: Arc::clone(columns),
                    rows,
                }) as Arc<dyn RowSource>
            })
    }
}

/// Packs batches.
pub(crate) struct PackedBuilder {
    schema: SchemaRef,
    pool: Arc<Pool>,
    dictionaries: Vec<DictionaryBuilder>,
    /// The columns of the block that is not full yet.
    columns: Vec<ColumnBuilder>,
    column_rows: usize,
    blocks: Vec<Arc<[Arc<PackedColumn>]>>,
    block_rows: Vec<usize>,
}

impl PackedBuilder {
    /// Creates an empty result of `schema`, which has only `Utf8View`, `Int64`, `Float64`, `Boolean` and `Date32` columns.
    pub(crate) fn new(schema: SchemaRef, pool: Arc<Pool>) -> Result<Self> {
        let columns = schema
            .fields()
            .iter()
            .map(|field| ColumnBuilder::new(field.data_type()))
            .collect::<Result<_>>()?;
        let dictionaries = schema
            .fields()
            .iter()
            .map(|_| DictionaryBuilder::default())
            .collect();
        Ok(Self {
            schema,
            pool,
            dictionaries,
            columns,
            column_rows: 0,
            blocks: Vec::new(),
            block_rows: Vec::new(),
        })
    }

    /// Packs one batch. Casts its columns to the types of the schema.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        let arrays = batch
            .columns()
            .iter()
            .zip(self.schema.fields())
            .map(|(array, field)| cast(array, field.data_type()))
            .collect::<Result<Vec<_>, _>>()?;
        let mut start = 0;
        while start < batch.num_rows() {
            let rows = (batch.num_rows() - start).min(BLOCK_ROWS - self.column_rows);
            for ((column, dictionary), array) in self
                .columns
                .iter_mut()
                .zip(&mut self.dictionaries)
                .zip(&arrays)
            {
                column.push(array.slice(start, rows).as_ref(), dictionary);
            }
            self.column_rows += rows;
            start += rows;
            if self.column_rows == BLOCK_ROWS {
                self.finish_block();
            }
        }
        Ok(())
    }

    /// Returns the packed rows.
    pub(crate) fn finish(mut self) -> PackedRows {
        if self.column_rows > 0 {
            self.finish_block();
        }
        let dictionaries = self
            .schema
            .fields()
            .iter()
            .zip(self.dictionaries)
            .map(|(field, dictionary)| {
                (field.data_type() == &DataType::Utf8View)
                    .then(|| dictionary.finish(&self.pool.texts))
            })
            .collect();
        PackedRows {
            schema: self.schema,
            dictionaries,
            blocks: self.blocks,
            block_rows: self.block_rows,
        }
    }

    fn finish_block(&mut self) {
        let columns = self.columns.iter_mut().map(ColumnBuilder::finish);
        let columns = columns.map(|column| self.pool.column(column));
        self.blocks.push(columns.collect());
        self.block_rows.push(self.column_rows);
        self.column_rows = 0;
    }
}

/// Collects the values of a column of one block.
struct ColumnBuilder {
    values: ColumnValues,
    valid: BooleanBufferBuilder,
}

enum ColumnValues {
    Text(Vec<u32>),
    Bigint(Vec<i64>),
    Date(Vec<i32>),
    Double(Vec<f64>),
    Boolean(BooleanBufferBuilder),
}

impl ColumnBuilder {
    fn new(data_type: &DataType) -> Result<Self> {
        let values = match data_type {
            DataType::Utf8View => ColumnValues::Text(Vec::new()),
            DataType::Int64 => ColumnValues::Bigint(Vec::new()),
            DataType::Date32 => ColumnValues::Date(Vec::new()),
            DataType::Float64 => ColumnValues::Double(Vec::new()),
            DataType::Boolean => ColumnValues::Boolean(BooleanBufferBuilder::new(0)),
            other => return not_impl_err!("a packed column of type {other}"),
        };
        Ok(Self {
            values,
            valid: BooleanBufferBuilder::new(0),
        })
    }

    fn push(&mut self, array: &dyn Array, dictionary: &mut DictionaryBuilder) {
        match array.nulls() {
            Some(nulls) => self.valid.append_buffer(nulls.inner()),
            None => self.valid.append_n(array.len(), true),
        }
        match &mut self.values {
            ColumnValues::Text(codes) => dictionary.encode(array.as_string_view(), codes),
            ColumnValues::Bigint(values) => {
                values.extend_from_slice(array.as_primitive::<Int64Type>().values());
            }
            ColumnValues::Date(values) => {
                values.extend_from_slice(array.as_primitive::<Date32Type>().values());
            }
            ColumnValues::Double(values) => {
                values.extend_from_slice(array.as_primitive::<Float64Type>().values());
            }
            ColumnValues::Boolean(values) => values.append_buffer(array.as_boolean().values()),
        }
    }

    /// Packs the values and starts the next block.
    fn finish(&mut self) -> PackedColumn {
        let nulls = Some(NullBuffer::new(self.valid.finish()));
        match &mut self.values {
            ColumnValues::Text(codes) => PackedColumn::text(&std::mem::take(codes), nulls),
            ColumnValues::Bigint(values) => PackedColumn::bigint(&std::mem::take(values), nulls),
            ColumnValues::Date(values) => PackedColumn::date(&std::mem::take(values), nulls),
            ColumnValues::Double(values) => PackedColumn::double(&std::mem::take(values), nulls),
            ColumnValues::Boolean(values) => PackedColumn::boolean(values.finish(), nulls),
        }
    }
}
