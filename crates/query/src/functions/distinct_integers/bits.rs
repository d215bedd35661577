//! Integers as bits of words.

/// Integers from zero to below this have a bit.
pub(super) const LIMIT: i64 = 1 << 22;

const WORD_BITS: usize = u64::BITS as usize;

/// Returns the index of the word and the mask of the bit of an integer; none for an integer without a bit.
pub(super) fn word_and_bit(integer: i64) -> Option<(usize, u64)> {
    let index = usize::try_from(integer).ok().filter(|_| integer < LIMIT)?;
    Some((index / WORD_BITS, 1 << (index % WORD_BITS)))
}

pub(super) fn count(words: &[u64]) -> i64 {
    words.iter().map(|word| i64::from(word.count_ones())).sum()
}

/// Appends the integers whose bits are set. `first` is the index of the first word.
pub(super) fn append_integers(words: &[u64], first: usize, integers: &mut Vec<i64>) {
    for (&word, index) in words.iter().zip(first..) {
        let mut rest = word;
        while rest != 0 {
            let integer = index * WORD_BITS + rest.trailing_zeros() as usize;
            integers.push(i64::try_from(integer).unwrap_or(i64::MAX));
            rest &= rest - 1;
        }
    }
}
