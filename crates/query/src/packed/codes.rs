//! The values of a text column: indices into the dictionary of the column.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use arrow::array::{ArrayRef, StringViewArray, UInt8Array, UInt16Array, UInt32Array};
use arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow::compute::take;
use datafusion::common::Result;

/// Codes in the smallest width that holds the largest.
#[derive(Debug, PartialEq)]
pub(super) enum Codes {
    /// Every code is zero.
    Zero,
    U8(ScalarBuffer<u8>),
    U16(ScalarBuffer<u16>),
    U32(ScalarBuffer<u32>),
}

impl Codes {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the width is chosen so that the largest code fits"
    )]
    pub(super) fn pack(codes: &[u32]) -> Self {
        let max = codes.iter().copied().max().unwrap_or(0);
        if max == 0 {
            Self::Zero
        } else if u8::try_from(max).is_ok() {
            Self::U8(codes.iter().map(|&code| code as u8).collect())
        } else if u16::try_from(max).is_ok() {
            Self::U16(codes.iter().map(|&code| code as u16).collect())
        } else {
            Self::U32(codes.iter().copied().collect())
        }
    }

    /// Returns the rows of `range` whose code is true in `selected`.
    pub(super) fn select(&self, range: Range<usize>, selected: &[bool]) -> BooleanBuffer {
        let is_selected = |code: usize| selected.get(code).copied().unwrap_or(false);
        let (start, rows) = (range.start, range.len());
        match self {
            Self::Zero => BooleanBuffer::collect_bool(rows, |_| is_selected(0)),
            Self::U8(codes) => {
                BooleanBuffer::collect_bool(rows, |row| is_selected(codes[start + row].into()))
            }
            Self::U16(codes) => {
                BooleanBuffer::collect_bool(rows, |row| is_selected(codes[start + row].into()))
            }
            Self::U32(codes) => {
                BooleanBuffer::collect_bool(rows, |row| is_selected(codes[start + row] as usize))
            }
        }
    }

    /// Returns the texts of the rows of `range`.
    pub(super) fn unpack(
        &self,
        range: Range<usize>,
        nulls: Option<NullBuffer>,
        dictionary: &StringViewArray,
    ) -> Result<ArrayRef> {
        let (start, rows) = (range.start, range.len());
        Ok(match self {
            Self::Zero => {
                let codes = UInt8Array::new(vec![0; rows].into(), nulls);
                take(dictionary, &codes, None)?
            }
            Self::U8(codes) => {
                let codes = UInt8Array::new(codes.slice(start, rows), nulls);
                take(dictionary, &codes, None)?
            }
            Self::U16(codes) => {
                let codes = UInt16Array::new(codes.slice(start, rows), nulls);
                take(dictionary, &codes, None)?
            }
            Self::U32(codes) => {
                let codes = UInt32Array::new(codes.slice(start, rows), nulls);
                take(dictionary, &codes, None)?
            }
        })
    }

    /// Returns the memory of the codes in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Zero => 0,
            Self::U8(codes) => codes.inner().capacity(),
            Self::U16(codes) => codes.inner().capacity(),
            Self::U32(codes) => codes.inner().capacity(),
        }
    }
}

impl Hash for Codes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Zero => {}
            Self::U8(codes) => codes.inner().as_slice().hash(state),
            Self::U16(codes) => codes.inner().as_slice().hash(state),
            Self::U32(codes) => codes.inner().as_slice().hash(state),
        }
    }
}
