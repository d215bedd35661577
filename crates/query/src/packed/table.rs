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

/// Rows per block: enough to pack well, few enough that a range of days skips most blocks.
const BLOCK_ROWS: usize = 1 << 16;

/// Rows of one computation, packed.
#[derive(Debug)]
pub(crate) struct PackedRows {
    schema: SchemaRef,
    dictionaries: Arc<[Option<StringViewArray>]>,
    blocks: Vec<Arc<[Arc<PackedColumn>]>>,
    block_rows: Vec<usize>,
}

impl PackedRows {
    /// How many distinct texts a column has.
    pub(crate) fn distinct_texts(&self, column: usize) -> Option<usize> {
        self.dictionaries.get(column)?.as_ref().map(Array::len)
    }

    /// How much memory the rows take, with what they share with others.
    pub(crate) fn bytes(&self) -> usize {
        let columns = self.blocks.iter().flat_map(|block| block.iter());
        let dictionaries = self.dictionaries.iter().flatten();
        columns.map(|column| column.bytes()).sum::<usize>()
            + dictionaries
                .map(Array::get_array_memory_size)
                .sum::<usize>()
    }

    /// The blocks, as sources of a table.
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

/// Packs batches as they come.
pub(crate) struct PackedBuilder {
    schema: SchemaRef,
    pool: Arc<Pool>,
    dictionaries: Vec<DictionaryBuilder>,
    pending: Vec<Pending>,
    pending_rows: usize,
    blocks: Vec<Arc<[Arc<PackedColumn>]>>,
    block_rows: Vec<usize>,
}

impl PackedBuilder {
    /// An empty result of `schema`, which has text as views, bigint, double, boolean and date columns only.
    pub(crate) fn new(schema: SchemaRef, pool: Arc<Pool>) -> Result<Self> {
        let pending = schema
            .fields()
            .iter()
            .map(|field| Pending::new(field.data_type()))
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
            pending,
            pending_rows: 0,
            blocks: Vec::new(),
            block_rows: Vec::new(),
        })
    }

    /// Packs one batch; its columns are of the builder's types or of ones that mean the same.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        let arrays = batch
            .columns()
            .iter()
            .zip(self.schema.fields())
            .map(|(array, field)| cast(array, field.data_type()))
            .collect::<Result<Vec<_>, _>>()?;
        let mut start = 0;
        while start < batch.num_rows() {
            let rows = (batch.num_rows() - start).min(BLOCK_ROWS - self.pending_rows);
            for ((pending, dictionary), array) in self
                .pending
                .iter_mut()
                .zip(&mut self.dictionaries)
                .zip(&arrays)
            {
                pending.push(array.slice(start, rows).as_ref(), dictionary);
            }
            self.pending_rows += rows;
            start += rows;
            if self.pending_rows == BLOCK_ROWS {
                self.close_block();
            }
        }
        Ok(())
    }

    /// The packed rows.
    pub(crate) fn finish(mut self) -> PackedRows {
        if self.pending_rows > 0 {
            self.close_block();
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

    fn close_block(&mut self) {
        let columns = self.pending.iter_mut().map(Pending::pack);
        let columns = columns.map(|column| self.pool.column(column));
        self.blocks.push(columns.collect());
        self.block_rows.push(self.pending_rows);
        self.pending_rows = 0;
    }
}

/// The values of a block that is not full yet.
struct Pending {
    values: PendingValues,
    valid: BooleanBufferBuilder,
}

enum PendingValues {
    Text(Vec<u32>),
    Bigint(Vec<i64>),
    Date(Vec<i32>),
    Double(Vec<f64>),
    Boolean(BooleanBufferBuilder),
}

impl Pending {
    fn new(data_type: &DataType) -> Result<Self> {
        let values = match data_type {
            DataType::Utf8View => PendingValues::Text(Vec::new()),
            DataType::Int64 => PendingValues::Bigint(Vec::new()),
            DataType::Date32 => PendingValues::Date(Vec::new()),
            DataType::Float64 => PendingValues::Double(Vec::new()),
            DataType::Boolean => PendingValues::Boolean(BooleanBufferBuilder::new(0)),
            other => return not_impl_err!("a kept column of type {other}"),
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
            PendingValues::Text(codes) => dictionary.encode(array.as_string_view(), codes),
            PendingValues::Bigint(values) => {
                values.extend_from_slice(array.as_primitive::<Int64Type>().values());
            }
            PendingValues::Date(values) => {
                values.extend_from_slice(array.as_primitive::<Date32Type>().values());
            }
            PendingValues::Double(values) => {
                values.extend_from_slice(array.as_primitive::<Float64Type>().values());
            }
            PendingValues::Boolean(values) => values.append_buffer(array.as_boolean().values()),
        }
    }

    fn pack(&mut self) -> PackedColumn {
        let nulls = Some(NullBuffer::new(self.valid.finish()));
        match &mut self.values {
            PendingValues::Text(codes) => PackedColumn::text(&std::mem::take(codes), nulls),
            PendingValues::Bigint(values) => PackedColumn::bigint(&std::mem::take(values), nulls),
            PendingValues::Date(values) => PackedColumn::date(&std::mem::take(values), nulls),
            PendingValues::Double(values) => PackedColumn::double(&std::mem::take(values), nulls),
            PendingValues::Boolean(values) => PackedColumn::boolean(values.finish(), nulls),
        }
    }
}
