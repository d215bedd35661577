//! Doubles with few decimal digits, packed as integers.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use arrow::buffer::NullBuffer;

use super::column::valid_values;
use super::packed_ints::PackedInts;

/// Decimals: `(min + offset) / scale`. A sum of decimals is often a double next to the nearest one of a decimal; its
/// distance in ulps (steps between neighbouring doubles) is then stored as well.
#[derive(Debug, PartialEq)]
pub(super) struct PackedDecimals {
    min: i64,
    scale: f64,
    offsets: PackedInts,
    ulps: Option<Box<[i8]>>,
}

/// The scales to try, in this order: 0, 2, 4 or 6 decimal digits.
const SCALES: [f64; 4] = [1.0, 100.0, 10_000.0, 1_000_000.0];

/// Integers below this, and their quotients by a scale, are exact doubles.
const EXACT_LIMIT: u64 = 1 << 53;

impl PackedDecimals {
    /// Packs doubles without loss. Returns none if their digits or their range are too many.
    pub(super) fn pack(values: &[f64], nulls: Option<&NullBuffer>) -> Option<Self> {
        [0, i8::MAX].into_iter().find_map(|max_ulps| {
            let mut scales = SCALES.into_iter();
            scales.find_map(|scale| Self::with_scale(values, nulls, scale, max_ulps))
        })
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "checked to be exact"
    )]
    fn with_scale(
        values: &[f64],
        nulls: Option<&NullBuffer>,
        scale: f64,
        max_ulps: i8,
    ) -> Option<Self> {
        let scaled = |value: f64| (value * scale).round() as i64;
        let ulps = |value: f64| {
            let decimal = scaled(value) as f64 / scale;
            let ulps = value
                .to_bits()
                .wrapping_sub(decimal.to_bits())
                .cast_signed();
            i8::try_from(ulps)
                .ok()
                .filter(|ulps| ulps.unsigned_abs() <= max_ulps.unsigned_abs())
        };
        let (mut min, mut max) = (i64::MAX, i64::MIN);
        for value in valid_values(values, nulls) {
            let integer = scaled(value);
            if integer.unsigned_abs() >= EXACT_LIMIT || ulps(value).is_none() {
                return None;
            }
            min = min.min(integer);
            max = max.max(integer);
        }
        let (min, max) = if min > max { (0, 0) } else { (min, max) };
        let range = max.abs_diff(min);
        if range > u64::from(u32::MAX) {
            return None;
        }
        let offsets = values
            .iter()
            .map(|&value| scaled(value).clamp(min, max).abs_diff(min));
        let offsets = PackedInts::pack(offsets, range);
        let ulps = (max_ulps > 0).then(|| {
            let ulps = values.iter().map(|&value| ulps(value).unwrap_or(0));
            ulps.collect()
        });
        Some(Self {
            min,
            scale,
            offsets,
            ulps,
        })
    }

    /// Returns the doubles of the rows of `range`.
    #[expect(clippy::cast_precision_loss, reason = "checked by `with_scale`")]
    pub(super) fn unpack(&self, range: Range<usize>) -> Vec<f64> {
        let mut values = self.offsets.unpack(range.start, range.len(), |offset| {
            self.min.wrapping_add_unsigned(offset) as f64 / self.scale
        });
        if let Some(ulps) = &self.ulps {
            for (value, &ulps) in values.iter_mut().zip(&ulps[range]) {
                *value = f64::from_bits(value.to_bits().wrapping_add_signed(ulps.into()));
            }
        }
        values
    }

    /// Returns the memory of the decimals in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.offsets.bytes() + self.ulps.as_ref().map_or(0, |ulps| ulps.len())
    }
}

impl Hash for PackedDecimals {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.min, &self.offsets).hash(state);
    }
}
