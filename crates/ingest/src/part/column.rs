//! One column chunk being written.

use parquet::basic::Encoding;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescPtr;

use super::dictionary::Dictionary;
use super::levels::Levels;
use super::pages::{Chunk, DictionaryPage, Pages, Snappy};
use super::run_length::{bits_for, encode_codes, encode_deltas, encode_run};
use super::schema::{ColumnSpec, Plan, ValueType};

/// A dictionary larger than this is worth it only if most values repeat; one beyond the second never is.
const DICTIONARY_BYTES: usize = 1 << 20;
const MOST_DICTIONARY_BYTES: usize = 8 << 20;
/// Longer texts are no use as a minimum or maximum.
const MOST_STATISTICS_BYTES: usize = 64;
/// Counts below this find their code without hashing.
const SMALL_COUNTS: usize = 1024;
const NO_CODE: u32 = u32::MAX;

/// A column chunk being written, row by row.
pub(super) struct Column {
    spec: ColumnSpec,
    levels: Levels,
    values: Values,
    pages: Pages,
    missing: usize,
    page: Vec<u8>,
}

#[derive(Debug)]
enum Values {
    Coded(Box<Coded>),
    Plain(Vec<u8>),
    Climbing {
        numbers: Vec<i64>,
        range: Option<(i64, i64)>,
    },
    Bits(Vec<bool>),
}

#[derive(Debug)]
struct Coded {
    dictionary: Dictionary,
    codes: Vec<u32>,
    small_counts: Vec<u32>,
    values: usize,
    /// The dictionary grew too large: what follows is written plain.
    overflow: Option<Vec<u8>>,
}

impl Column {
    pub(super) fn new(spec: ColumnSpec) -> Self {
        let values = match (spec.plan, spec.value_type) {
            (_, ValueType::Boolean) => Values::Bits(Vec::new()),
            (Plan::Climbing, _) => Values::Climbing {
                numbers: Vec::new(),
                range: None,
            },
            (Plan::Plain, _) => Values::Plain(Vec::new()),
            (Plan::Coded | Plan::Constant(_), _) => {
                Values::Coded(Box::new(Coded::new(spec.value_type)))
            }
        };
        Self {
            spec,
            levels: Levels::default(),
            values,
            pages: Pages::default(),
            missing: 0,
            page: Vec::new(),
        }
    }

    pub(super) fn push_missing(&mut self) {
        self.levels.push(false);
    }

    pub(super) fn push_text(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    pub(super) fn push_bytes(&mut self, value: &[u8]) {
        self.levels.push(true);
        match &mut self.values {
            Values::Coded(coded) => coded.push(value, self.spec.value_type),
            Values::Plain(plain) => push_plain(plain, value, self.spec.value_type),
            Values::Climbing { .. } | Values::Bits(_) => {}
        }
    }

    /// The value of the row before once more, which must be a present one of the same page or an earlier one.
    pub(super) fn push_again(&mut self, value: &[u8]) {
        match &mut self.values {
            Values::Coded(coded) if coded.overflow.is_none() && !coded.codes.is_empty() => {
                self.levels.push(true);
                coded.codes.extend_from_within(coded.codes.len() - 1..);
            }
            _ => self.push_bytes(value),
        }
    }

    pub(super) fn push_count(&mut self, count: i64) {
        match &mut self.values {
            Values::Climbing { numbers, range } => {
                self.levels.push(true);
                *range = Some(range.map_or((count, count), |(least, most)| {
                    (least.min(count), most.max(count))
                }));
                numbers.push(count);
            }
            Values::Coded(coded) if coded.overflow.is_none() => {
                self.levels.push(true);
                coded.push_count(count);
            }
            _ => self.push_bytes(&count.to_le_bytes()),
        }
    }

    pub(super) fn push_boolean(&mut self, value: bool) {
        self.levels.push(true);
        if let Values::Bits(bits) = &mut self.values {
            bits.push(value);
        }
    }

    /// Bytes of memory, about, not counting the page in work.
    pub(super) fn bytes(&self) -> usize {
        let dictionary = if let Values::Coded(coded) = &self.values {
            coded.dictionary.bytes()
        } else {
            0
        };
        self.pages.compressed_bytes() + dictionary
    }

    /// Ends the page in work.
    pub(super) fn end_page(&mut self, snappy: &mut Snappy) -> Result<(), ParquetError> {
        if self.levels.rows() == 0 {
            return Ok(());
        }
        self.page.clear();
        if self.spec.nullable {
            self.levels.encode(&mut self.page);
        }
        let encoding = match &mut self.values {
            Values::Coded(coded) => coded.end_page(&mut self.page),
            Values::Plain(plain) => {
                self.page.append(plain);
                Encoding::PLAIN
            }
            Values::Climbing { numbers, .. } => {
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
        };
        self.pages
            .push(&self.page, self.levels.rows(), encoding, snappy)?;
        self.missing += self.levels.missing();
        self.levels.clear();
        Ok(())
    }

    /// Ends the chunk and makes the column ready for the next one.
    pub(super) fn end_chunk(
        &mut self,
        descriptor: &ColumnDescPtr,
        snappy: &mut Snappy,
    ) -> Result<Chunk, ParquetError> {
        self.end_page(snappy)?;
        let done = std::mem::replace(self, Self::new(self.spec));
        let statistics = done.statistics();
        let dictionary = match &done.values {
            Values::Coded(coded) if coded.dictionary.len() > 0 => {
                Some(coded.dictionary_page(done.spec.value_type))
            }
            _ => None,
        };
        done.pages
            .finish(descriptor, dictionary.as_ref(), statistics, snappy)
    }

    fn statistics(&self) -> Option<Statistics> {
        let missing = Some(self.missing as u64);
        match &self.values {
            Values::Coded(coded) if coded.overflow.is_none() => {
                coded.statistics(self.spec.value_type, missing)
            }
            Values::Climbing {
                range: Some((least, most)),
                ..
            } => Some(Statistics::int64(
                Some(*least),
                Some(*most),
                None,
                missing,
                false,
            )),
            _ => None,
        }
    }
}

/// A chunk whose every row has the same text.
pub(super) fn constant_chunk(
    text: &str,
    rows: usize,
    descriptor: &ColumnDescPtr,
    snappy: &mut Snappy,
) -> Result<Chunk, ParquetError> {
    let mut coded = Coded::new(ValueType::Text);
    coded.dictionary.intern(text.as_bytes());
    let mut page = vec![0];
    encode_run(0, rows, 0, &mut page);
    let mut pages = Pages::default();
    pages.push(&page, rows, Encoding::RLE_DICTIONARY, snappy)?;
    let statistics = coded.statistics(ValueType::Text, Some(0));
    pages.finish(
        descriptor,
        Some(&coded.dictionary_page(ValueType::Text)),
        statistics,
        snappy,
    )
}

impl Coded {
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
            // Nothing but missing values so far, and no dictionary to refer to.
            return Encoding::PLAIN;
        }
        let bits = bits_for(self.dictionary.len());
        page.extend_from_slice(&bits.to_le_bytes()[..1]);
        encode_codes(&self.codes, bits, page);
        self.values += self.codes.len();
        self.codes.clear();
        let bytes = self.dictionary.bytes();
        let repeats = self.values >= 2 * self.dictionary.len();
        if bytes > MOST_DICTIONARY_BYTES || (bytes > DICTIONARY_BYTES && !repeats) {
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

    fn statistics(&self, value_type: ValueType, missing: Option<u64>) -> Option<Statistics> {
        let values = || self.dictionary.values();
        match value_type {
            ValueType::Text => {
                let least = values().min()?;
                let most = values().max()?;
                let texts = [least, most].map(|text| Some(ByteArray::from(text.to_vec())));
                let [least_text, most_text] = texts;
                (least.len().max(most.len()) <= MOST_STATISTICS_BYTES)
                    .then(|| Statistics::byte_array(least_text, most_text, None, missing, false))
            }
            ValueType::Date => {
                let days =
                    || values().filter_map(|day| Some(i32::from_le_bytes(day.try_into().ok()?)));
                Some(Statistics::int32(
                    days().min(),
                    days().max(),
                    None,
                    missing,
                    false,
                ))
            }
            ValueType::Count => {
                let counts = || {
                    values().filter_map(|count| Some(i64::from_le_bytes(count.try_into().ok()?)))
                };
                Some(Statistics::int64(
                    counts().min(),
                    counts().max(),
                    None,
                    missing,
                    false,
                ))
            }
            ValueType::Amount => {
                let amounts = || {
                    values().filter_map(|amount| Some(f64::from_le_bytes(amount.try_into().ok()?)))
                };
                let least = amounts().min_by(f64::total_cmp);
                Some(Statistics::double(
                    least,
                    amounts().max_by(f64::total_cmp),
                    None,
                    missing,
                    false,
                ))
            }
            ValueType::Boolean => None,
        }
    }
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
