//! Unsigned integers in the smallest width that holds the largest.

/// Integers of one width.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) enum PackedInts {
    /// Every integer is zero.
    Zero,
    U8(Box<[u8]>),
    U16(Box<[u16]>),
    U32(Box<[u32]>),
    U64(Box<[u64]>),
}

impl PackedInts {
    /// Packs integers of which `max` is the largest.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the width is chosen so that the largest integer fits"
    )]
    pub(crate) fn pack(values: impl Iterator<Item = u64>, max: u64) -> Self {
        if max == 0 {
            Self::Zero
        } else if u8::try_from(max).is_ok() {
            Self::U8(values.map(|value| value as u8).collect())
        } else if u16::try_from(max).is_ok() {
            Self::U16(values.map(|value| value as u16).collect())
        } else if u32::try_from(max).is_ok() {
            Self::U32(values.map(|value| value as u32).collect())
        } else {
            Self::U64(values.collect())
        }
    }

    /// Returns the memory of the integers in bytes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Zero => 0,
            Self::U8(values) => size_of_val(values.as_ref()),
            Self::U16(values) => size_of_val(values.as_ref()),
            Self::U32(values) => size_of_val(values.as_ref()),
            Self::U64(values) => size_of_val(values.as_ref()),
        }
    }

    /// Returns `rows` integers from `start` on, each mapped by `map`.
    pub(crate) fn unpack<T: Clone>(
        &self,
        start: usize,
        rows: usize,
        map: impl Fn(u64) -> T,
    ) -> Vec<T> {
        let range = start..start + rows;
        match self {
            Self::Zero => vec![map(0); rows],
            Self::U8(values) => values[range]
                .iter()
                .map(|&value| map(u64::from(value)))
                .collect(),
            Self::U16(values) => values[range]
                .iter()
                .map(|&value| map(u64::from(value)))
                .collect(),
            Self::U32(values) => values[range]
                .iter()
                .map(|&value| map(u64::from(value)))
                .collect(),
            Self::U64(values) => values[range].iter().map(|&value| map(value)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_unpacks_what_was_packed() {
        for max in [
            0,
            1,
            255,
            256,
            65_535,
            65_536,
            u64::from(u32::MAX),
            1 << 32,
            u64::MAX,
        ] {
            let values = [0, max / 2, max];
            let packed = PackedInts::pack(values.into_iter(), max);
            assert_eq!(packed.unpack(0, 3, |value| value), values);
            assert_eq!(packed.unpack(1, 2, |value| value), &values[1..]);
        }
    }
}
