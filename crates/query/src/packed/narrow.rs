//! Whole numbers in as few bytes as a block of them needs.

/// Offsets from zero, all in the smallest width that holds the largest.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) enum Narrow {
    /// Every offset is zero.
    Zero,
    U8(Box<[u8]>),
    U16(Box<[u16]>),
    U32(Box<[u32]>),
    U64(Box<[u64]>),
}

impl Narrow {
    /// Packs `offsets`, of which `largest` is the largest.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the width is chosen so that the largest offset fits"
    )]
    pub(crate) fn pack(offsets: impl Iterator<Item = u64>, largest: u64) -> Self {
        if largest == 0 {
            Self::Zero
        } else if u8::try_from(largest).is_ok() {
            Self::U8(offsets.map(|offset| offset as u8).collect())
        } else if u16::try_from(largest).is_ok() {
            Self::U16(offsets.map(|offset| offset as u16).collect())
        } else if u32::try_from(largest).is_ok() {
            Self::U32(offsets.map(|offset| offset as u32).collect())
        } else {
            Self::U64(offsets.collect())
        }
    }

    /// How much memory the offsets take.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Zero => 0,
            Self::U8(offsets) => size_of_val(offsets.as_ref()),
            Self::U16(offsets) => size_of_val(offsets.as_ref()),
            Self::U32(offsets) => size_of_val(offsets.as_ref()),
            Self::U64(offsets) => size_of_val(offsets.as_ref()),
        }
    }

    /// Unpacks the offsets from `start` on, `rows` of them, each turned into a value.
    pub(crate) fn unpack<T: Clone>(
        &self,
        start: usize,
        rows: usize,
        value: impl Fn(u64) -> T,
    ) -> Vec<T> {
        let range = start..start + rows;
        match self {
            Self::Zero => vec![value(0); rows],
            Self::U8(offsets) => offsets[range]
                .iter()
                .map(|&offset| value(u64::from(offset)))
                .collect(),
            Self::U16(offsets) => offsets[range]
                .iter()
                .map(|&offset| value(u64::from(offset)))
                .collect(),
            Self::U32(offsets) => offsets[range]
                .iter()
                .map(|&offset| value(u64::from(offset)))
                .collect(),
            Self::U64(offsets) => offsets[range].iter().map(|&offset| value(offset)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_gives_back_what_was_packed() {
        for largest in [
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
            let offsets = [0, largest / 2, largest];
            let packed = Narrow::pack(offsets.into_iter(), largest);
            assert_eq!(packed.unpack(0, 3, |offset| offset), offsets);
            assert_eq!(packed.unpack(1, 2, |offset| offset), &offsets[1..]);
        }
    }
}
