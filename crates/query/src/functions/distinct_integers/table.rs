//! The bits of many sets side by side: one place to touch per number, where all numbers are close to each other.

use arrow::array::Int64Array;
use arrow::compute::{max, min};

use super::bits;
use super::numbers::Numbers;

/// So many words, and the table is given up for sets that hold what they need.
const MOST_WORDS: usize = 1 << 18;

/// A row of words per group.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The word that every row begins with.
    first: usize,
    /// How many words a row has.
    stride: usize,
    words: Vec<u64>,
    groups: usize,
}

impl Table {
    /// Makes room for these numbers in so many groups; false, and nothing is changed, if that is too much.
    pub(super) fn fit(&mut self, numbers: &Int64Array, groups: usize) -> bool {
        let (mut first, mut end) = (self.first, self.first + self.stride);
        if let (Some(smallest), Some(largest)) = (min(numbers), max(numbers)) {
            let (Some((smallest, _)), Some((largest, _))) =
                (bits::place(smallest), bits::place(largest))
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
        if stride.saturating_mul(groups) > MOST_WORDS {
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

    /// Adds a number that there is room for.
    pub(super) fn insert(&mut self, group: usize, number: i64) {
        if let Some((word, bit)) = bits::place(number) {
            self.words[group * self.stride + word - self.first] |= bit;
        }
    }

    /// Takes the first groups out.
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

    /// How many numbers each group has.
    pub(super) fn counts(&self) -> Vec<i64> {
        self.rows().map(bits::count).collect()
    }

    /// Appends the numbers of each group, and says how many they are.
    pub(super) fn write_to(&self, numbers: &mut Vec<i64>) -> Vec<usize> {
        let lengths = self.rows().map(|row| {
            let before = numbers.len();
            bits::write(row, self.first, numbers);
            numbers.len() - before
        });
        lengths.collect()
    }

    /// The same as a set per group.
    pub(super) fn sets(&self) -> Vec<Numbers> {
        let mut numbers = Vec::new();
        let lengths = self.write_to(&mut numbers);
        let mut numbers = numbers.into_iter();
        let sets = lengths.into_iter().map(|length| {
            let mut set = Numbers::default();
            (numbers.by_ref().take(length)).for_each(|number| set.insert(number));
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
