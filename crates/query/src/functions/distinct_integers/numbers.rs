//! A set of whole numbers, which grows with what is in it.

use std::collections::HashSet;
use std::mem::size_of;

use super::bits;

/// A set of whole numbers. Most groups of a fine grouping have one.
#[derive(Debug, Default)]
pub(super) enum Numbers {
    #[default]
    None,
    One(i64),
    Many(Box<Set>),
}

/// Words that a set may have whatever is in it, and per number in it: numbers far from each other get no bits.
const SPARE_WORDS: usize = 16;
const WORDS_PER_NUMBER: usize = 4;

/// Several numbers.
#[derive(Debug, Default)]
pub(super) struct Set {
    /// The word that `words` begin with.
    first: usize,
    words: Vec<u64>,
    /// Numbers without a bit, or for which there is no word yet.
    rest: HashSet<i64>,
    /// How many there are.
    count: usize,
}

impl Numbers {
    pub(super) fn insert(&mut self, number: i64) {
        match self {
            Self::None => *self = Self::One(number),
            Self::One(one) if *one == number => {}
            Self::One(one) => {
                let mut set = Box::<Set>::default();
                set.insert(*one);
                set.insert(number);
                *self = Self::Many(set);
            }
            Self::Many(set) => set.insert(number),
        }
    }

    pub(super) fn len(&self) -> i64 {
        match self {
            Self::None => 0,
            Self::One(_) => 1,
            Self::Many(set) => set.len(),
        }
    }

    /// All of them, in no order that means anything.
    pub(super) fn write_to(&self, numbers: &mut Vec<i64>) {
        match self {
            Self::None => {}
            Self::One(one) => numbers.push(*one),
            Self::Many(set) => set.write_to(numbers),
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

impl Set {
    fn insert(&mut self, number: i64) {
        let Some((word, bit)) = bits::place(number) else {
            self.count += usize::from(self.rest.insert(number));
            return;
        };
        if !self.has(word) {
            // Is there already, or has no word.
            if self.rest.contains(&number) || !self.grow_to(word) {
                self.count += usize::from(self.rest.insert(number));
                return;
            }
        }
        let held = &mut self.words[word - self.first];
        self.count += usize::from(*held & bit == 0);
        *held |= bit;
    }

    fn has(&self, word: usize) -> bool {
        word >= self.first && word - self.first < self.words.len()
    }

    /// Makes room for a word, if there are numbers enough, and for what has waited for a word.
    fn grow_to(&mut self, word: usize) -> bool {
        let end = self.first + self.words.len();
        let (first, end) = if self.words.is_empty() {
            (word, word + 1)
        } else {
            (self.first.min(word), end.max(word + 1))
        };
        if end - first > SPARE_WORDS + WORDS_PER_NUMBER * self.count {
            return false;
        }
        if !self.words.is_empty() {
            self.words
                .splice(0..0, std::iter::repeat_n(0, self.first - first));
        }
        self.first = first;
        self.words.resize(end - first, 0);
        let (first, words) = (self.first, &mut self.words);
        self.rest.retain(|&number| {
            let place = bits::place(number).filter(|(word, _)| (first..end).contains(word));
            if let Some((word, bit)) = place {
                words[word - first] |= bit;
            }
            place.is_none()
        });
        true
    }

    fn len(&self) -> i64 {
        i64::try_from(self.count).unwrap_or(i64::MAX)
    }

    /// All of them, in no order that means anything.
    fn write_to(&self, numbers: &mut Vec<i64>) {
        bits::write(&self.words, self.first, numbers);
        numbers.extend(&self.rest);
    }

    fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.words.capacity() * size_of::<u64>()
            + self.rest.capacity() * 2 * size_of::<i64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(numbers: impl IntoIterator<Item = i64>) -> (i64, usize) {
        let mut all = Numbers::default();
        for number in numbers {
            all.insert(number);
        }
        let mut written = Vec::new();
        all.write_to(&mut written);
        let different: HashSet<i64> = written.iter().copied().collect();
        assert_eq!(
            (written.len(), different.len()),
            (usize::try_from(all.len()).unwrap(), written.len())
        );
        (all.len(), all.bytes())
    }

    #[test]
    fn numbers_are_counted_once_in_whatever_order_they_come() {
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
    fn few_numbers_take_little_memory_however_far_apart() {
        assert!(count([0, 4_000_000]).1 < 512);
        // Close together they take a bit each.
        assert!(count(0..100_000).1 < 20_000);
    }
}
