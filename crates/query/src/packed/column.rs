//! One column of one block.

use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringViewArray, new_null_array,
};
use arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};

use super::codes::Codes;
use super::decimals::PackedDecimals;
use super::packed_ints::PackedInts;

/// The packed values of a column.
#[derive(Debug, PartialEq)]
enum Values {
    /// Every value is NULL.
    Null,
    Text(Codes),
    /// Offsets from `min`.
    Bigint {
        min: i64,
        max: i64,
        offsets: PackedInts,
    },
    /// Offsets from `min`, in days.
    Date {
        min: i32,
        max: i32,
        offsets: PackedInts,
    },
    Decimal(PackedDecimals),
    /// The bits of doubles: columns are equal where these are.
    Double(ScalarBuffer<u64>),
    Boolean(BooleanBuffer),
}

/// A packed column and its NULLs.
#[derive(Debug, PartialEq)]
pub(super) struct PackedColumn {
    values: Values,
    nulls: Option<NullBuffer>,
}

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
    pub(super) fn text(codes: &[u32], nulls: Option<NullBuffer>) -> Self {
        Self::new(Values::Text(Codes::pack(codes)), nulls, codes.len())
    }

    pub(super) fn bigint(values: &[i64], nulls: Option<NullBuffer>) -> Self {
        let valid = || valid_values(values, nulls.as_ref());
        let (min, max) = (valid().min().unwrap_or(0), valid().max().unwrap_or(0));
        let offsets = values
            .iter()
            .map(|value| value.clamp(&min, &max).wrapping_sub(min).cast_unsigned());
        let offsets = PackedInts::pack(offsets, max.wrapping_sub(min).cast_unsigned());
        Self::new(Values::Bigint { min, max, offsets }, nulls, values.len())
    }

    pub(super) fn date(values: &[i32], nulls: Option<NullBuffer>) -> Self {
        let valid = || valid_values(values, nulls.as_ref());
        let (min, max) = (valid().min().unwrap_or(0), valid().max().unwrap_or(0));
        let offsets = values
            .iter()
            .map(|value| u64::from(value.clamp(&min, &max).abs_diff(min)));
        let offsets = PackedInts::pack(offsets, u64::from(max.abs_diff(min)));
        Self::new(Values::Date { min, max, offsets }, nulls, values.len())
    }

    pub(super) fn double(values: &[f64], nulls: Option<NullBuffer>) -> Self {
        let packed = match PackedDecimals::pack(values, nulls.as_ref()) {
            Some(decimals) => Values::Decimal(decimals),
            None => Values::Double(values.iter().map(|value| value.to_bits()).collect()),
        };
        Self::new(packed, nulls, values.len())
    }

    pub(super) fn boolean(values: BooleanBuffer, nulls: Option<NullBuffer>) -> Self {
        let rows = values.len();
        Self::new(Values::Boolean(values), nulls, rows)
    }

    /// Returns the minimum and the maximum of a column of dates or integers.
    pub(super) fn bounds(&self) -> Option<(ScalarValue, ScalarValue)> {
        match &self.values {
            Values::Date { min, max, .. } => Some((
                ScalarValue::Date32(Some(*min)),
                ScalarValue::Date32(Some(*max)),
            )),
            Values::Bigint { min, max, .. } => Some((
                ScalarValue::Int64(Some(*min)),
                ScalarValue::Int64(Some(*max)),
            )),
            Values::Null
            | Values::Text(_)
            | Values::Decimal(_)
            | Values::Double(_)
            | Values::Boolean(_) => None,
        }
    }

    /// Returns true if any value is NULL.
    pub(super) fn has_nulls(&self) -> bool {
        self.nulls.is_some() || matches!(self.values, Values::Null)
    }

    /// Returns the rows of a text column whose code is true in `selected`, and those that are NULL if `null` is true.
    pub(super) fn select_codes(
        &self,
        range: Range<usize>,
        selected: &[bool],
        null: bool,
    ) -> BooleanBuffer {
        let (start, rows) = (range.start, range.len());
        let Values::Text(codes) = &self.values else {
            return BooleanBuffer::collect_bool(rows, |_| null);
        };
        let selection = codes.select(range, selected);
        let Some(nulls) = &self.nulls else {
            return selection;
        };
        let valid = nulls.slice(start, rows).into_inner();
        if null {
            &selection | &!&valid
        } else {
            &selection & &valid
        }
    }

    /// Returns the memory of the column in bytes.
    pub(super) fn bytes(&self) -> usize {
        let values = match &self.values {
            Values::Null => 0,
            Values::Text(codes) => codes.bytes(),
            Values::Bigint { offsets, .. } | Values::Date { offsets, .. } => offsets.bytes(),
            Values::Decimal(decimals) => decimals.bytes(),
            Values::Double(values) => values.inner().capacity(),
            Values::Boolean(values) => values.inner().capacity(),
        };
        let nulls = self.nulls.as_ref();
        size_of::<Self>() + values + nulls.map_or(0, |nulls| nulls.buffer().capacity())
    }

    /// Returns the values of the rows of `range` as an array of `data_type`. A text column needs its dictionary.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an offset of a date fits 32 bits"
    )]
    pub(super) fn unpack(
        &self,
        range: Range<usize>,
        data_type: &DataType,
        dictionary: Option<&StringViewArray>,
    ) -> Result<ArrayRef> {
        let (start, rows) = (range.start, range.len());
        let nulls = self.nulls.as_ref().map(|nulls| nulls.slice(start, rows));
        Ok(match (&self.values, dictionary) {
            (Values::Text(codes), Some(dictionary)) => codes.unpack(range, nulls, dictionary)?,
            (Values::Null | Values::Text(_), _) => new_null_array(data_type, rows),
            (Values::Bigint { min, offsets, .. }, _) => {
                let values =
                    offsets.unpack(start, rows, |offset| min.wrapping_add_unsigned(offset));
                Arc::new(Int64Array::new(values.into(), nulls))
            }
            (Values::Date { min, offsets, .. }, _) => {
                let values = offsets.unpack(start, rows, |offset| {
                    min.wrapping_add_unsigned(offset as u32)
                });
                Arc::new(Date32Array::new(values.into(), nulls))
            }
            (Values::Decimal(decimals), _) => {
                Arc::new(Float64Array::new(decimals.unpack(range).into(), nulls))
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
            Values::Null => {}
            Values::Text(codes) => codes.hash(state),
            Values::Date { min, offsets, .. } => (min, offsets).hash(state),
            Values::Bigint { min, offsets, .. } => (min, offsets).hash(state),
            Values::Decimal(decimals) => decimals.hash(state),
            Values::Double(values) => values.inner().as_slice().hash(state),
            Values::Boolean(values) => values
                .bit_chunks()
                .iter_padded()
                .for_each(|bits| bits.hash(state)),
        }
        self.nulls.as_ref().map(NullBuffer::null_count).hash(state);
    }
}

/// Iterates over the values that are not NULL.
pub(super) fn valid_values<'a, T: Copy>(
    values: &'a [T],
    nulls: Option<&'a NullBuffer>,
) -> impl Iterator<Item = T> + 'a {
    values
        .iter()
        .enumerate()
        .filter(move |(row, _)| nulls.is_none_or(|nulls| nulls.is_valid(*row)))
        .map(|(_, &value)| value)
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
