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

/// Several numbers.
#[derive(Debug, Default)]
pub(super) struct Set {
    /// The word that `words` begin with.
    first: usize,
    words: Vec<u64>,
    /// Numbers without a bit.
    rest: HashSet<i64>,
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
            self.rest.insert(number);
            return;
        };
        if self.words.is_empty() {
            self.first = word;
        }
        if word < self.first {
            let missing = self.first - word;
            self.words.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = word;
        }
        let index = word - self.first;
        if index >= self.words.len() {
            self.words.resize(index + 1, 0);
        }
        self.words[index] |= bit;
    }

    fn len(&self) -> i64 {
        bits::count(&self.words) + i64::try_from(self.rest.len()).unwrap_or(i64::MAX)
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
