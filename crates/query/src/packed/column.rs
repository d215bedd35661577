//! One column of one block.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringViewArray, UInt8Array,
    UInt16Array, UInt32Array, new_null_array,
};
use arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow::compute::take;
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};

use super::narrow::Narrow;

/// The codes of a text column.
#[derive(Debug, PartialEq)]
pub(crate) enum Codes {
    /// The first text, or NULL, everywhere.
    First,
    U8(ScalarBuffer<u8>),
    U16(ScalarBuffer<u16>),
    U32(ScalarBuffer<u32>),
}

/// The values of a block's column, packed.
#[derive(Debug, PartialEq)]
pub(crate) enum Values {
    /// Nothing but NULL.
    Null,
    Text(Codes),
    /// Offsets from the smallest number.
    Bigint {
        smallest: i64,
        largest: i64,
        offsets: Narrow,
    },
    /// Offsets from the earliest day.
    Date {
        earliest: i32,
        latest: i32,
        offsets: Narrow,
    },
    /// Decimals with few digits: offsets from the smallest, in units of one over `unit`. Sums of such are doubles a few
    /// steps away, and how many `steps` stands beside them.
    Decimal {
        smallest: i64,
        unit: f64,
        offsets: Narrow,
        steps: Option<Box<[i8]>>,
    },
    /// The bits of doubles: columns are equal where these are.
    Double(ScalarBuffer<u64>),
    Boolean(BooleanBuffer),
}

/// A packed column and its NULLs.
#[derive(Debug, PartialEq)]
pub(crate) struct PackedColumn {
    values: Values,
    nulls: Option<NullBuffer>,
}

/// What `1/unit` a decimal may count.
const UNITS: [f64; 4] = [1.0, 100.0, 10_000.0, 1_000_000.0];

/// Whole numbers up to here, and their quotients by a unit, are exact doubles.
const LARGEST_EXACT: u64 = 1 << 53;

impl PackedColumn {
    fn new(values: Values, nulls: Option<NullBuffer>, rows: usize) -> Self {
        let nulls = nulls.filter(|nulls| nulls.null_count() > 0);
        if rows > 0
            && nulls
                .as_ref()
                .is_some_and(|nulls| nulls.null_count() == rows)
        {
            return Self {
                values: Values::Null,
                nulls: None,
            };
        }
        Self { values, nulls }
    }

    /// Packs codes into a dictionary.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the width is chosen so that the largest code fits"
    )]
    pub(crate) fn text(codes: &[u32], nulls: Option<NullBuffer>) -> Self {
        let largest = codes.iter().copied().max().unwrap_or(0);
        let packed = if largest == 0 {
            Codes::First
        } else if u8::try_from(largest).is_ok() {
            Codes::U8(codes.iter().map(|&code| code as u8).collect())
        } else if u16::try_from(largest).is_ok() {
            Codes::U16(codes.iter().map(|&code| code as u16).collect())
        } else {
            Codes::U32(codes.iter().copied().collect())
        };
        Self::new(Values::Text(packed), nulls, codes.len())
    }

    pub(crate) fn bigint(values: &[i64], nulls: Option<NullBuffer>) -> Self {
        let valid = || valid(values, nulls.as_ref());
        let (smallest, largest) = (valid().min().unwrap_or(0), valid().max().unwrap_or(0));
        let clamped = values.iter().map(|value| {
            value
                .clamp(&smallest, &largest)
                .wrapping_sub(smallest)
                .cast_unsigned()
        });
        let offsets = Narrow::pack(clamped, largest.wrapping_sub(smallest).cast_unsigned());
        Self::new(
            Values::Bigint {
                smallest,
                largest,
                offsets,
            },
            nulls,
            values.len(),
        )
    }

    pub(crate) fn date(values: &[i32], nulls: Option<NullBuffer>) -> Self {
        let valid = || valid(values, nulls.as_ref());
        let (earliest, latest) = (valid().min().unwrap_or(0), valid().max().unwrap_or(0));
        let clamped = values
            .iter()
            .map(|value| u64::from(value.clamp(&earliest, &latest).abs_diff(earliest)));
        let offsets = Narrow::pack(clamped, u64::from(latest.abs_diff(earliest)));
        Self::new(
            Values::Date {
                earliest,
                latest,
                offsets,
            },
            nulls,
            values.len(),
        )
    }

    pub(crate) fn double(values: &[f64], nulls: Option<NullBuffer>) -> Self {
        let packed = UNITS
            .into_iter()
            .find_map(|unit| decimal(values, nulls.as_ref(), unit, 0))
            .or_else(|| {
                UNITS
                    .into_iter()
                    .find_map(|unit| decimal(values, nulls.as_ref(), unit, i8::MAX))
            });
        Self::new(
            packed.unwrap_or_else(|| {
                Values::Double(values.iter().map(|value| value.to_bits()).collect())
            }),
            nulls,
            values.len(),
        )
    }

    pub(crate) fn boolean(values: BooleanBuffer, nulls: Option<NullBuffer>) -> Self {
        let rows = values.len();
        Self::new(Values::Boolean(values), nulls, rows)
    }

    /// The smallest and largest value of a column of days or whole numbers.
    pub(crate) fn bounds(&self) -> Option<(ScalarValue, ScalarValue)> {
        match &self.values {
            Values::Date {
                earliest, latest, ..
            } => Some((
                ScalarValue::Date32(Some(*earliest)),
                ScalarValue::Date32(Some(*latest)),
            )),
            Values::Bigint {
                smallest, largest, ..
            } => Some((
                ScalarValue::Int64(Some(*smallest)),
                ScalarValue::Int64(Some(*largest)),
            )),
            Values::Null
            | Values::Text(_)
            | Values::Decimal { .. }
            | Values::Double(_)
            | Values::Boolean(_) => None,
        }
    }

    /// Whether any value is NULL.
    pub(crate) fn has_nulls(&self) -> bool {
        self.nulls.is_some() || matches!(self.values, Values::Null)
    }

    /// For which rows of a text column something holds that is known of each code, and of NULL.
    pub(crate) fn holds(
        &self,
        range: std::ops::Range<usize>,
        codes: &[bool],
        null: bool,
    ) -> BooleanBuffer {
        let of = |code: usize| codes.get(code).copied().unwrap_or(false);
        let (start, rows) = (range.start, range.len());
        let held = match &self.values {
            Values::Text(Codes::U8(codes)) => {
                BooleanBuffer::collect_bool(rows, |row| of(codes[start + row].into()))
            }
            Values::Text(Codes::U16(codes)) => {
                BooleanBuffer::collect_bool(rows, |row| of(codes[start + row].into()))
            }
            Values::Text(Codes::U32(codes)) => {
                BooleanBuffer::collect_bool(rows, |row| of(codes[start + row] as usize))
            }
            Values::Text(Codes::First) => BooleanBuffer::collect_bool(rows, |_| of(0)),
            _ => return BooleanBuffer::collect_bool(rows, |_| null),
        };
        let Some(nulls) = &self.nulls else {
            return held;
        };
        let valid = nulls.slice(start, rows).into_inner();
        if null {
            &held | &!&valid
        } else {
            &held & &valid
        }
    }

    /// How much memory the column takes.
    pub(crate) fn bytes(&self) -> usize {
        let values = match &self.values {
            Values::Null | Values::Text(Codes::First) => 0,
            Values::Text(Codes::U8(codes)) => codes.inner().capacity(),
            Values::Text(Codes::U16(codes)) => codes.inner().capacity(),
            Values::Text(Codes::U32(codes)) => codes.inner().capacity(),
            Values::Bigint { offsets, .. } | Values::Date { offsets, .. } => offsets.bytes(),
            Values::Decimal { offsets, steps, .. } => {
                offsets.bytes() + steps.as_ref().map_or(0, |steps| steps.len())
            }
            Values::Double(values) => values.inner().capacity(),
            Values::Boolean(values) => values.inner().capacity(),
        };
        let nulls = self.nulls.as_ref();
        size_of::<Self>() + values + nulls.map_or(0, |nulls| nulls.buffer().capacity())
    }

    /// Unpacks `rows` values from `start` on.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "only what fits was packed"
    )]
    pub(crate) fn unpack(
        &self,
        range: std::ops::Range<usize>,
        data_type: &DataType,
        dictionary: Option<&StringViewArray>,
    ) -> Result<ArrayRef> {
        let (start, rows) = (range.start, range.len());
        let nulls = self.nulls.as_ref().map(|nulls| nulls.slice(start, rows));
        Ok(match (&self.values, dictionary) {
            (Values::Text(codes), Some(dictionary)) => match codes {
                Codes::First => take(
                    dictionary,
                    &UInt8Array::new(vec![0; rows].into(), nulls),
                    None,
                )?,
                Codes::U8(codes) => take(
                    dictionary,
                    &UInt8Array::new(codes.slice(start, rows), nulls),
                    None,
                )?,
                Codes::U16(codes) => take(
                    dictionary,
                    &UInt16Array::new(codes.slice(start, rows), nulls),
                    None,
                )?,
                Codes::U32(codes) => take(
                    dictionary,
                    &UInt32Array::new(codes.slice(start, rows), nulls),
                    None,
                )?,
            },
            (Values::Null | Values::Text(_), _) => new_null_array(data_type, rows),
            (
                Values::Bigint {
                    smallest, offsets, ..
                },
                _,
            ) => {
                let values =
                    offsets.unpack(start, rows, |offset| smallest.wrapping_add_unsigned(offset));
                Arc::new(Int64Array::new(values.into(), nulls))
            }
            (
                Values::Date {
                    earliest, offsets, ..
                },
                _,
            ) => {
                let values = offsets.unpack(start, rows, |offset| {
                    earliest.wrapping_add_unsigned(offset as u32)
                });
                Arc::new(Date32Array::new(values.into(), nulls))
            }
            (
                Values::Decimal {
                    smallest,
                    unit,
                    offsets,
                    steps,
                },
                _,
            ) => {
                let mut values = offsets.unpack(start, rows, |offset| {
                    smallest.wrapping_add_unsigned(offset) as f64 / unit
                });
                if let Some(steps) = steps {
                    for (value, &steps) in values.iter_mut().zip(&steps[start..start + rows]) {
                        *value = f64::from_bits(value.to_bits().wrapping_add_signed(steps.into()));
                    }
                }
                Arc::new(Float64Array::new(values.into(), nulls))
            }
            (Values::Double(values), _) => {
                let values = ScalarBuffer::new(values.inner().clone(), start, rows);
                Arc::new(Float64Array::new(values, nulls))
            }
            (Values::Boolean(values), _) => {
                Arc::new(BooleanArray::new(values.slice(start, rows), nulls))
            }
        })
    }
}

impl Hash for PackedColumn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(&self.values).hash(state);
        match &self.values {
            Values::Null | Values::Text(Codes::First) => {}
            Values::Text(Codes::U8(codes)) => codes.inner().as_slice().hash(state),
            Values::Text(Codes::U16(codes)) => codes.inner().as_slice().hash(state),
            Values::Text(Codes::U32(codes)) => codes.inner().as_slice().hash(state),
            Values::Date {
                earliest, offsets, ..
            } => (earliest, offsets).hash(state),
            Values::Bigint {
                smallest, offsets, ..
            }
            | Values::Decimal {
                smallest, offsets, ..
            } => (smallest, offsets).hash(state),
            Values::Double(values) => values.inner().as_slice().hash(state),
            Values::Boolean(values) => values
                .bit_chunks()
                .iter_padded()
                .for_each(|bits| bits.hash(state)),
        }
        self.nulls.as_ref().map(NullBuffer::null_count).hash(state);
    }
}

fn valid<'a, T: Copy>(
    values: &'a [T],
    nulls: Option<&'a NullBuffer>,
) -> impl Iterator<Item = T> + 'a {
    values
        .iter()
        .enumerate()
        .filter(move |(row, _)| nulls.is_none_or(|nulls| nulls.is_valid(*row)))
        .map(|(_, &value)| value)
}

/// The values as decimals of that unit, if every one of them is at most so many steps (doubles in between) away from
/// the double nearest to a decimal.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "checked to be exact"
)]
fn decimal(
    values: &[f64],
    nulls: Option<&NullBuffer>,
    unit: f64,
    most_steps: i8,
) -> Option<Values> {
    let counted = |value: f64| (value * unit).round() as i64;
    let steps = |value: f64| {
        let decimal = counted(value) as f64 / unit;
        let steps = value
            .to_bits()
            .wrapping_sub(decimal.to_bits())
            .cast_signed();
        i8::try_from(steps)
            .ok()
            .filter(|steps| steps.unsigned_abs() <= most_steps.unsigned_abs())
    };
    let (mut smallest, mut largest) = (i64::MAX, i64::MIN);
    for value in valid(values, nulls) {
        let count = counted(value);
        if count.unsigned_abs() >= LARGEST_EXACT || steps(value).is_none() {
            return None;
        }
        smallest = smallest.min(count);
        largest = largest.max(count);
    }
    let (smallest, largest) = if smallest > largest {
        (0, 0)
    } else {
        (smallest, largest)
    };
    let range = largest.abs_diff(smallest);
    if range > u64::from(u32::MAX) {
        return None;
    }
    let offsets = values
        .iter()
        .map(|&value| counted(value).clamp(smallest, largest).abs_diff(smallest));
    let offsets = Narrow::pack(offsets, range);
    let steps = (most_steps > 0).then(|| {
        let steps = values.iter().map(|&value| steps(value).unwrap_or(0));
        steps.collect()
    });
    Some(Values::Decimal {
        smallest,
        unit,
        offsets,
        steps,
    })
}

#[cfg(test)]
mod tests {
    use arrow::array::Array;

    use super::*;

    fn nulls(valid: &[bool]) -> NullBuffer {
        NullBuffer::from(valid.to_vec())
    }

    #[test]
    fn doubles_come_back_bit_for_bit() {
        for values in [
            vec![0.0, 1.5, 12.34, 1e-3],
            vec![0.1 + 0.2, 1.0 / 3.0, f64::MAX],
            vec![0.1 + 0.2, 0.7 + 0.1, 12.34 + 56.78 + 0.05, 0.0],
            vec![f64::MIN_POSITIVE, 5e-324, 0.29],
            vec![-0.0, 0.0],
            vec![f64::NAN, f64::INFINITY],
            vec![-12.25, 1e12],
            vec![0.000_001, 4_000_000.0],
        ] {
            let packed = PackedColumn::double(&values, None);
            let read = packed
                .unpack(0..values.len(), &DataType::Float64, None)
                .unwrap();
            let read = read.as_any().downcast_ref::<Float64Array>().unwrap();
            let bits = |values: &[f64]| {
                values
                    .iter()
                    .map(|value| value.to_bits())
                    .collect::<Vec<_>>()
            };
            assert_eq!(bits(read.values()), bits(&values));
        }
    }

    #[test]
    fn sums_of_decimals_take_less_than_doubles() {
        let sums: Vec<f64> = (0..1000).map(|n| 0.1 * f64::from(n) + 0.2).collect();
        assert!(PackedColumn::double(&sums, None).bytes() < 4 * sums.len());
    }

    #[test]
    fn extreme_numbers_and_nulls_come_back() {
        let values = [i64::MIN, 99, i64::MAX, 0];
        let packed = PackedColumn::bigint(&values, Some(nulls(&[true, false, true, true])));
        let read = packed.unpack(0..4, &DataType::Int64, None).unwrap();
        let expected = Int64Array::from(vec![Some(i64::MIN), None, Some(i64::MAX), Some(0)]);
        assert_eq!(read.as_ref(), &expected as &dyn Array);

        let packed = PackedColumn::date(&[20_000, -1, 20_005], Some(nulls(&[true, false, true])));
        let read = packed.unpack(1..3, &DataType::Date32, None).unwrap();
        assert_eq!(
            read.as_ref(),
            &Date32Array::from(vec![None, Some(20_005)]) as &dyn Array
        );
        assert_eq!(
            packed.bounds().unwrap().0,
            ScalarValue::Date32(Some(20_000))
        );
    }

    #[test]
    fn a_column_of_nulls_comes_back_as_nulls() {
        let packed = PackedColumn::text(&[0, 0], Some(nulls(&[false, false])));
        let read = packed.unpack(0..2, &DataType::Utf8View, None).unwrap();
        assert_eq!(read.null_count(), 2);
        assert_eq!(read.data_type(), &DataType::Utf8View);
    }
}
