//! Numbers as bits of words.

/// Numbers from zero to below this have a bit.
pub(super) const MOST: i64 = 1 << 22;

const WORD: usize = u64::BITS as usize;

/// The word and the bit of a number that has one.
pub(super) fn place(number: i64) -> Option<(usize, u64)> {
    let place = usize::try_from(number).ok().filter(|_| number < MOST)?;
    Some((place / WORD, 1 << (place % WORD)))
}

pub(super) fn count(words: &[u64]) -> i64 {
    words.iter().map(|word| i64::from(word.count_ones())).sum()
}

/// Appends the numbers whose bits are set, in words of which the first is the `first`th.
pub(super) fn write(words: &[u64], first: usize, numbers: &mut Vec<i64>) {
    for (&word, place) in words.iter().zip(first..) {
        let mut left = word;
        while left != 0 {
            let number = place * WORD + left.trailing_zeros() as usize;
            numbers.push(i64::try_from(number).unwrap_or(i64::MAX));
            left &= left - 1;
        }
    }
}
