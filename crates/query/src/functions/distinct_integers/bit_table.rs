//! The sets of all groups as one table of bits, for integers that are close to each other.

use arrow::array::Int64Array;
use arrow::compute::{max, min};

use super::bits;
use super::integer_set::IntegerSet;

/// Maximum words of a table. A larger one is replaced by one set per group.
const MAX_WORDS: usize = 1 << 18;

/// One row of words per group.
#[derive(Debug, Default)]
pub(super) struct BitTable {
    /// The index of the first word of every row.
    first: usize,
    /// Words per row.
    stride: usize,
    words: Vec<u64>,
    groups: usize,
}

impl BitTable {
    /// Extends the table to these integers and this number of groups. Returns false, without a change, if the table would
    /// be too large or an integer has no bit.
    pub(super) fn extend_to(&mut self, integers: &Int64Array, groups: usize) -> bool {
        let (mut first, mut end) = (self.first, self.first + self.stride);
        if let (Some(smallest), Some(largest)) = (min(integers), max(integers)) {
            let (Some((smallest, _)), Some((largest, _))) =
                (bits::word_and_bit(smallest), bits::word_and_bit(largest))
            else {
                return false;
            };
            let is_new = self.stride == 0;
            first = if is_new {
                smallest
            } else {
                first.min(smallest)
            };
            end = end.max(largest + 1);
        }
        let stride = end - first;
        if stride.saturating_mul(groups) > MAX_WORDS {
            return false;
        }
        if stride != self.stride {
            let mut words = vec![0; stride * self.groups];
            for (group, row) in self.rows().enumerate() {
                let start = group * stride + self.first.saturating_sub(first);
                words[start..start + row.len()].copy_from_slice(row);
            }
            (self.first, self.stride, self.words) = (first, stride, words);
        }
        self.words.resize(stride * groups, 0);
        self.groups = groups;
        true
    }

    /// Adds an integer to a group. The table must have been extended to both.
    pub(super) fn insert(&mut self, group: usize, integer: i64) {
        if let Some((word, bit)) = bits::word_and_bit(integer) {
            self.words[group * self.stride + word - self.first] |= bit;
        }
    }

    /// Removes the first groups and returns them.
    pub(super) fn take(&mut self, groups: usize) -> Self {
        let rest = self.words.split_off(groups * self.stride);
        let words = std::mem::replace(&mut self.words, rest);
        self.groups -= groups;
        Self {
            words,
            groups,
            ..*self
        }
    }

    /// Returns the number of integers of each group.
    pub(super) fn counts(&self) -> Vec<i64> {
        self.rows().map(bits::count).collect()
    }

    /// Appends the integers of each group and returns their numbers.
    pub(super) fn append_to(&self, integers: &mut Vec<i64>) -> Vec<usize> {
        let lengths = self.rows().map(|row| {
            let before = integers.len();
            bits::append_integers(row, self.first, integers);
            integers.len() - before
        });
        lengths.collect()
    }

    /// Returns one set per group.
    pub(super) fn sets(&self) -> Vec<IntegerSet> {
        let mut integers = Vec::new();
        let lengths = self.append_to(&mut integers);
        let mut integers = integers.into_iter();
        let sets = lengths.into_iter().map(|length| {
            let mut set = IntegerSet::default();
            (integers.by_ref().take(length)).for_each(|integer| set.insert(integer));
            set
        });
        sets.collect()
    }

    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }

    fn rows(&self) -> impl Iterator<Item = &[u64]> {
        (0..self.groups).map(|group| &self.words[group * self.stride..(group + 1) * self.stride])
    }
}
