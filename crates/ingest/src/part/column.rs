//! A column chunk, from values to pages.

use kiro_report::{ColumnEncoding, DatasetColumn, ValueType};
use parquet::basic::Encoding;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescPtr;

use super::dictionary::Dictionary;
use super::levels::Levels;
use super::pages::{Chunk, DictionaryPage, Pages, Snappy};
use super::run_length::{bits_for, encode_codes, encode_deltas, encode_run};
use super::schema::PartMetadata;

/// A larger dictionary is kept only if most values repeat, up to a maximum size.
const DICTIONARY_BYTES: usize = 1 << 20;
const MAX_DICTIONARY_BYTES: usize = 8 << 20;
/// Maximum length of a text in the statistics.
const MAX_STATISTICS_BYTES: usize = 64;
/// Smaller counts find their code without hashing.
const SMALL_COUNTS: usize = 1024;
const NO_CODE: u32 = u32::MAX;

/// A column chunk, filled row by row.
pub(super) struct Column {
    declaration: &'static DatasetColumn,
    levels: Levels,
    values: Values,
    pages: Pages,
    nulls: usize,
    page: Vec<u8>,
}

#[derive(Debug)]
enum Values {
    Dictionary(Box<DictionaryValues>),
    Plain(Vec<u8>),
    Delta {
        numbers: Vec<i64>,
        range: Option<(i64, i64)>,
    },
    Bits(Vec<bool>),
    /// The same text in every row.
    Constant(String),
    Repeated(Box<RepeatedValues>),
}

/// A text that stays the same from row to row until it is set anew.
#[derive(Debug)]
struct RepeatedValues {
    values: DictionaryValues,
    /// The ended runs of the page: code and number of rows.
    runs: Vec<(u32, usize)>,
    /// The rows of `runs`.
    rows: usize,
    current: Option<u32>,
}

#[derive(Debug)]
struct DictionaryValues {
    dictionary: Dictionary,
    codes: Vec<u32>,
    small_counts: Vec<u32>,
    values: usize,
    /// Values after the dictionary grew too large, encoded plain.
    overflow: Option<Vec<u8>>,
}

impl Column {
    pub(super) fn new(column: &'static DatasetColumn, metadata: &PartMetadata) -> Self {
        let values = match column.encoding {
            ColumnEncoding::Constant(field) => Values::Constant(metadata.get(field).to_owned()),
            ColumnEncoding::ConstantIfKnown(field) if !metadata.get(field).is_empty() => {
                Values::Constant(metadata.get(field).to_owned())
            }
            _ => Values::new(column),
        };
        Self::with_values(column, values)
    }

    fn with_values(column: &'static DatasetColumn, values: Values) -> Self {
        Self {
            declaration: column,
            levels: Levels::default(),
            values,
            pages: Pages::default(),
            nulls: 0,
            page: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn value_type(&self) -> ValueType {
        self.declaration.value_type
    }

    /// Sets the text of all rows from `page_row` on, counted from the beginning of the page. Does nothing in a constant column.
    pub(super) fn set_repeated(&mut self, text: &str, page_row: usize) {
        if let Values::Repeated(repeated) = &mut self.values {
            repeated.set(text, page_row);
        }
    }

    pub(super) fn push_null(&mut self) {
        if self.declaration.nullable {
            self.levels.push(false);
        }
    }

    /// Appends the bytes of a text, a day or an amount.
    pub(super) fn push_bytes(&mut self, value: &[u8]) {
        match &mut self.values {
            Values::Dictionary(values) => values.push(value, self.declaration.value_type),
            Values::Plain(plain) => push_plain(plain, value, self.declaration.value_type),
            Values::Delta { .. } | Values::Bits(_) | Values::Constant(_) | Values::Repeated(_) => {
                return;
            }
        }
        self.levels.push(true);
    }

    pub(super) fn push_count(&mut self, count: i64) {
        match &mut self.values {
            Values::Delta { numbers, range } => {
                *range = Some(range.map_or((count, count), |(least, most)| {
                    (least.min(count), most.max(count))
                }));
                numbers.push(count);
            }
            Values::Dictionary(values) if values.overflow.is_none() => values.push_count(count),
            _ => return self.push_bytes(&count.to_le_bytes()),
        }
        self.levels.push(true);
    }

    pub(super) fn push_boolean(&mut self, value: bool) {
        if let Values::Bits(bits) = &mut self.values {
            bits.push(value);
            self.levels.push(true);
        }
    }

    /// Approximate bytes of memory, without the current page.
    pub(super) fn bytes(&self) -> usize {
        let dictionary = match &self.values {
            Values::Dictionary(values) => values.dictionary.bytes(),
            Values::Repeated(repeated) => repeated.values.dictionary.bytes(),
            _ => 0,
        };
        self.pages.compressed_bytes() + dictionary
    }

    /// Ends the current page, which has `rows` rows.
    ///
    /// # Errors
    ///
    /// If the column was not filled once per row.
    pub(super) fn end_page(
        &mut self,
        rows: usize,
        snappy: &mut Snappy,
    ) -> Result<(), ParquetError> {
        if matches!(self.values, Values::Constant(_)) {
            return Ok(());
        }
        if let Values::Repeated(repeated) = &mut self.values {
            repeated.end_run(rows);
            self.levels.set_present(repeated.rows);
        }
        if self.levels.rows() != rows {
            return Err(ParquetError::General(format!(
                "column `{}` has {} cells in a page of {rows} rows",
                self.declaration.name,
                self.levels.rows()
            )));
        }
        if rows == 0 {
            return Ok(());
        }
        self.page.clear();
        if self.declaration.nullable {
            self.levels.encode(&mut self.page);
        }
        let encoding = match &mut self.values {
            Values::Dictionary(values) => values.end_page(&mut self.page),
            Values::Plain(plain) => {
                self.page.append(plain);
                Encoding::PLAIN
            }
            Values::Delta { numbers, .. } => {
                encode_deltas(numbers, &mut self.page);
                numbers.clear();
                Encoding::DELTA_BINARY_PACKED
            }
            Values::Bits(bits) => {
                let octets = bits.chunks(8).map(|bits| {
                    bits.iter()
                        .enumerate()
                        .fold(0, |octet, (place, bit)| octet | (u8::from(*bit) << place))
                });
                self.page.extend(octets);
                bits.clear();
                Encoding::PLAIN
            }
            Values::Repeated(repeated) => repeated.end_page(&mut self.page),
            Values::Constant(_) => return Ok(()),
        };
        self.pages.push(&self.page, rows, encoding, snappy)?;
        self.nulls += self.levels.nulls();
        self.levels.clear();
        Ok(())
    }

    /// Ends the chunk, which has `rows` rows and whose last page has ended, and makes the column ready for the next one.
    pub(super) fn end_chunk(
        &mut self,
        rows: usize,
        descriptor: &ColumnDescPtr,
        snappy: &mut Snappy,
    ) -> Result<Chunk, ParquetError> {
        if let Values::Constant(text) = &self.values {
            return constant_chunk(text, rows, descriptor, snappy);
        }
        let next = match &self.values {
            Values::Repeated(repeated) => Values::Repeated(Box::new(repeated.next_chunk())),
            _ => Values::new(self.declaration),
        };
        let next = Self::with_values(self.declaration, next);
        let done = std::mem::replace(self, next);
        let statistics = done.statistics();
        let dictionary = (done.values.dictionary())
            .filter(|values| values.dictionary.len() > 0)
            .map(|values| values.dictionary_page(done.declaration.value_type));
        done.pages
            .finish(descriptor, dictionary.as_ref(), statistics, snappy)
    }

    fn statistics(&self) -> Option<Statistics> {
        let nulls = Some(self.nulls as u64);
        if let Values::Delta { range, .. } = &self.values {
            return range.map(|(least, most)| {
                Statistics::int64(Some(least), Some(most), None, nulls, false)
            });
        }
        (self.values.dictionary())
            .filter(|values| values.overflow.is_none())
            .and_then(|values| values.statistics(self.declaration.value_type, nulls))
    }
}

impl Values {
    /// The values of a column that is not constant, none yet.
    fn new(column: &DatasetColumn) -> Self {
        match (column.value_type, column.encoding) {
            (ValueType::Boolean, _) => Self::Bits(Vec::new()),
            (_, ColumnEncoding::Delta) => Self::Delta {
                numbers: Vec::new(),
                range: None,
            },
            (_, ColumnEncoding::Plain) => Self::Plain(Vec::new()),
            (_, ColumnEncoding::ConstantIfKnown(_)) => {
                Self::Repeated(Box::new(RepeatedValues::new()))
            }
            (value_type, ColumnEncoding::Dictionary | ColumnEncoding::Constant(_)) => {
                Self::Dictionary(Box::new(DictionaryValues::new(value_type)))
            }
        }
    }

    fn dictionary(&self) -> Option<&DictionaryValues> {
        match self {
            Self::Dictionary(values) => Some(values),
            Self::Repeated(repeated) => Some(&repeated.values),
            _ => None,
        }
    }
}

impl RepeatedValues {
    fn new() -> Self {
        Self {
            values: DictionaryValues::new(ValueType::Text),
            runs: Vec::new(),
            rows: 0,
            current: None,
        }
    }

    fn set(&mut self, text: &str, page_row: usize) {
        let code = self.values.dictionary.intern(text.as_bytes());
        if self.current != Some(code) {
            self.end_run(page_row);
            self.current = Some(code);
        }
    }

    /// Ends the current run before `page_row`. Rows before the first text have none.
    fn end_run(&mut self, page_row: usize) {
        if let Some(code) = self.current
            && page_row > self.rows
        {
            self.runs.push((code, page_row - self.rows));
            self.rows = page_row;
        }
    }

    fn end_page(&mut self, page: &mut Vec<u8>) -> Encoding {
        let bits = bits_for(self.values.dictionary.len());
        page.extend_from_slice(&bits.to_le_bytes()[..1]);
        for (code, rows) in self.runs.drain(..) {
            encode_run(code, rows, bits, page);
        }
        self.rows = 0;
        Encoding::RLE_DICTIONARY
    }

    /// The values of the next chunk: the text stays as it is.
    fn next_chunk(&self) -> Self {
        let mut next = Self::new();
        next.current = (self.current).map(|code| {
            next.values
                .dictionary
                .intern(self.values.dictionary.value(code))
        });
        next
    }
}

/// A chunk whose every row has the same text.
fn constant_chunk(
    text: &str,
    rows: usize,
    descriptor: &ColumnDescPtr,
    snappy: &mut Snappy,
) -> Result<Chunk, ParquetError> {
    let mut values = DictionaryValues::new(ValueType::Text);
    values.dictionary.intern(text.as_bytes());
    let mut page = vec![0];
    encode_run(0, rows, 0, &mut page);
    let mut pages = Pages::default();
    pages.push(&page, rows, Encoding::RLE_DICTIONARY, snappy)?;
    let statistics = values.statistics(ValueType::Text, Some(0));
    pages.finish(
        descriptor,
        Some(&values.dictionary_page(ValueType::Text)),
        statistics,
        snappy,
    )
}

impl DictionaryValues {
    fn new(value_type: ValueType) -> Self {
        let small_counts = if value_type == ValueType::Count {
            vec![NO_CODE; SMALL_COUNTS]
        } else {
            Vec::new()
        };
        Self {
            dictionary: Dictionary::new(),
            codes: Vec::new(),
            small_counts,
            values: 0,
            overflow: None,
        }
    }

    fn push(&mut self, value: &[u8], value_type: ValueType) {
        match &mut self.overflow {
            None => self.codes.push(self.dictionary.intern(value)),
            Some(plain) => push_plain(plain, value, value_type),
        }
    }

    fn push_count(&mut self, count: i64) {
        let small = usize::try_from(count)
            .ok()
            .and_then(|small| self.small_counts.get_mut(small));
        let code = match small {
            Some(code) => {
                if *code == NO_CODE {
                    *code = self.dictionary.intern(&count.to_le_bytes());
                }
                *code
            }
            None => self.dictionary.intern(&count.to_le_bytes()),
        };
        self.codes.push(code);
    }

    fn end_page(&mut self, page: &mut Vec<u8>) -> Encoding {
        if let Some(plain) = &mut self.overflow {
            page.append(plain);
            return Encoding::PLAIN;
        }
        if self.dictionary.len() == 0 {
            // Nothing but NULL so far, and no dictionary to refer to.
            return Encoding::PLAIN;
        }
        let bits = bits_for(self.dictionary.len());
        page.extend_from_slice(&bits.to_le_bytes()[..1]);
        encode_codes(&self.codes, bits, page);
        self.values += self.codes.len();
        self.codes.clear();
        let bytes = self.dictionary.bytes();
        let repeats = self.values >= 2 * self.dictionary.len();
        if bytes > MAX_DICTIONARY_BYTES || (bytes > DICTIONARY_BYTES && !repeats) {
            self.overflow = Some(Vec::new());
        }
        Encoding::RLE_DICTIONARY
    }

    fn dictionary_page(&self, value_type: ValueType) -> DictionaryPage {
        let mut content = Vec::new();
        self.dictionary
            .values()
            .for_each(|value| push_plain(&mut content, value, value_type));
        DictionaryPage {
            content,
            values: self.dictionary.len(),
        }
    }

    fn statistics(&self, value_type: ValueType, nulls: Option<u64>) -> Option<Statistics> {
        let values = || self.dictionary.values();
        match value_type {
            ValueType::Text => {
                let (least, most) = (values().min()?, values().max()?);
                let text = |text: &[u8]| Some(ByteArray::from(text.to_vec()));
                (least.len().max(most.len()) <= MAX_STATISTICS_BYTES)
                    .then(|| Statistics::byte_array(text(least), text(most), None, nulls, false))
            }
            ValueType::Date => {
                let days = || numbers(values(), i32::from_le_bytes);
                let (least, most) = (days().min(), days().max());
                Some(Statistics::int32(least, most, None, nulls, false))
            }
            ValueType::Count => {
                let counts = || numbers(values(), i64::from_le_bytes);
                let (least, most) = (counts().min(), counts().max());
                Some(Statistics::int64(least, most, None, nulls, false))
            }
            ValueType::Amount => {
                let amounts = || numbers(values(), f64::from_le_bytes);
                let least = amounts().min_by(f64::total_cmp);
                let most = amounts().max_by(f64::total_cmp);
                Some(Statistics::double(least, most, None, nulls, false))
            }
            ValueType::Boolean => None,
        }
    }
}

/// Values of a fixed size, read from their bytes.
fn numbers<'a, Number, const BYTES: usize>(
    values: impl Iterator<Item = &'a [u8]>,
    read: fn([u8; BYTES]) -> Number,
) -> impl Iterator<Item = Number> {
    values.filter_map(move |value| Some(read(value.try_into().ok()?)))
}

fn push_plain(plain: &mut Vec<u8>, value: &[u8], value_type: ValueType) {
    if value_type == ValueType::Text {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a text is shorter than a record, which is bounded"
        )]
        plain.extend_from_slice(&(value.len() as u32).to_le_bytes());
    }
    plain.extend_from_slice(value);
}
