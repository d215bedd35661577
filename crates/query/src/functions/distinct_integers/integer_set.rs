//! A set of integers whose memory grows with its contents.

use std::collections::HashSet;
use std::mem::size_of;

use super::bits;

/// A set of integers. Most groups of a fine grouping have one integer.
#[derive(Debug, Default)]
pub(super) enum IntegerSet {
    #[default]
    Empty,
    One(i64),
    Many(Box<HybridSet>),
}

/// The maximum number of words of a set is `BASE_WORDS` plus `WORDS_PER_INTEGER` for each integer, so that integers far
/// from each other take no words.
const BASE_WORDS: usize = 16;
const WORDS_PER_INTEGER: usize = 4;

/// Two or more integers: bits where they are close to each other, a hash set for the others.
#[derive(Debug, Default)]
pub(super) struct HybridSet {
    /// The index of the first of `words`.
    first: usize,
    words: Vec<u64>,
    /// Integers without a bit or outside `words`.
    others: HashSet<i64>,
    /// The number of integers.
    count: usize,
}

impl IntegerSet {
    pub(super) fn insert(&mut self, integer: i64) {
        match self {
            Self::Empty => *self = Self::One(integer),
            Self::One(one) if *one == integer => {}
            Self::One(one) => {
                let mut set = Box::<HybridSet>::default();
                set.insert(*one);
                set.insert(integer);
                *self = Self::Many(set);
            }
            Self::Many(set) => set.insert(integer),
        }
    }

    pub(super) fn len(&self) -> i64 {
        match self {
            Self::Empty => 0,
            Self::One(_) => 1,
            Self::Many(set) => set.len(),
        }
    }

    /// Appends all integers, in any order.
    pub(super) fn append_to(&self, integers: &mut Vec<i64>) {
        match self {
            Self::Empty => {}
            Self::One(one) => integers.push(*one),
            Self::Many(set) => set.append_to(integers),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let set = if let Self::Many(set) = self {
            set.bytes()
        } else {
            0
        };
        size_of::<Self>() + set
    }
}

impl HybridSet {
    fn insert(&mut self, integer: i64) {
        let Some((word, bit)) = bits::word_and_bit(integer) else {
            self.count += usize::from(self.others.insert(integer));
            return;
        };
        if !self.has_word(word) && (self.others.contains(&integer) || !self.grow_to(word)) {
            self.count += usize::from(self.others.insert(integer));
            return;
        }
        let word = &mut self.words[word - self.first];
        self.count += usize::from(*word & bit == 0);
        *word |= bit;
    }

    fn has_word(&self, word: usize) -> bool {
        word >= self.first && word - self.first < self.words.len()
    }

    /// Extends `words` to a word and moves the integers of the new words from `others`. Returns false, without a change,
    /// if the words would be too many for the number of integers.
    fn grow_to(&mut self, word: usize) -> bool {
        let end = self.first + self.words.len();
        let (first, end) = if self.words.is_empty() {
            (word, word + 1)
        } else {
            (self.first.min(word), end.max(word + 1))
        };
        if end - first > BASE_WORDS + WORDS_PER_INTEGER * self.count {
            return false;
        }
        if !self.words.is_empty() {
            self.words
                .splice(0..0, std::iter::repeat_n(0, self.first - first));
        }
        self.first = first;
        self.words.resize(end - first, 0);
        let (first, words) = (self.first, &mut self.words);
        self.others.retain(|&integer| {
            let in_words =
                bits::word_and_bit(integer).filter(|(word, _)| (first..end).contains(word));
            if let Some((word, bit)) = in_words {
                words[word - first] |= bit;
            }
            in_words.is_none()
        });
        true
    }

    fn len(&self) -> i64 {
        i64::try_from(self.count).unwrap_or(i64::MAX)
    }

    /// Appends all integers, in any order.
    fn append_to(&self, integers: &mut Vec<i64>) {
        bits::append_integers(&self.words, self.first, integers);
        integers.extend(&self.others);
    }

    fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.words.capacity() * size_of::<u64>()
            + self.others.capacity() * 2 * size_of::<i64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(integers: impl IntoIterator<Item = i64>) -> (i64, usize) {
        let mut all = IntegerSet::default();
        for integer in integers {
            all.insert(integer);
        }
        let mut written = Vec::new();
        all.append_to(&mut written);
        let different: HashSet<i64> = written.iter().copied().collect();
        assert_eq!(
            (written.len(), different.len()),
            (usize::try_from(all.len()).unwrap(), written.len())
        );
        (all.len(), all.bytes())
    }

    #[test]
    fn integers_are_counted_once_in_any_order() {
        let far = [0, 3_999_999, -1, i64::MAX, 2_000_000, 64, 3_999_999, 0];
        assert_eq!(count(far).0, 6);
        let scattered = |factor: i64| (0..9000).map(move |n| n * factor % 8191);
        assert_eq!(
            (count(scattered(1)).0, count(scattered(4093)).0),
            (8191, 8191)
        );
        let growing = (0..2000).flat_map(|n| [n * n, 4_000_000 - n * n, n * n]);
        assert_eq!(count(growing.clone()).0, count(growing.rev()).0);
    }

    #[test]
    fn few_integers_take_little_memory_at_any_distance() {
        assert!(count([0, 4_000_000]).1 < 512);
        // Next to each other they take one bit each.
        assert!(count(0..100_000).1 < 20_000);
    }
}
