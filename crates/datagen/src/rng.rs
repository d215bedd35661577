//! Pseudo-random numbers that do not depend on the order of calls: each stream begins at a hash of the seed, a purpose and two
//! indices. Uses integers and the four exact floating-point operations only, so numbers are the same on every platform.
//!
//! The bytes of the demo depend on these numbers, so another generator would change every transcript.

/// The purpose of a stream. Streams of different purposes are independent.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub(crate) enum Purpose {
    Profile = 1,
    Day = 2,
    SecondSite = 3,
    Holiday = 4,
    File = 5,
    Spelling = 6,
    Code = 7,
    Big = 8,
    People = 9,
}

/// A stream of pseudo-random numbers (`SplitMix64` from a hashed start).
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    pub(crate) fn new(seed: u64, purpose: Purpose, first: u64, second: u64) -> Self {
        let mut state = mix(seed.wrapping_add(GOLDEN));
        for part in [purpose as u64, first, second] {
            state = mix(state ^ part.wrapping_add(1).wrapping_mul(GOLDEN));
        }
        Self(state)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number in `[0, 1)` with 53 random bits.
    pub(crate) fn unit(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
        let bits = (self.number() >> 11) as f64;
        bits * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A number in `[low, high)`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number in `0..bound`; 0 if the bound is 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let wide = (self.number() >> 32) * u64::from(bound);
        u32::try_from(wide >> 32).unwrap_or(0)
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A random index of `weights`, in proportion to its weight; the last one if all are zero.
    pub(crate) fn pick(&mut self, weights: &[f64]) -> usize {
        let total: f64 = weights.iter().sum();
        let mut left = self.unit() * total;
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_never_change() {
        let mut rng = Rng::new(42, Purpose::Day, 7, 9);
        let numbers = [rng.number(), rng.number(), rng.number()];
        assert_eq!(
            numbers,
            [
                11_393_200_927_011_492_118,
                8_454_419_686_168_202_042,
                4_940_814_182_716_398_940
            ]
        );
    }

    #[test]
    fn streams_differ_by_purpose_and_index() {
        let first = |purpose, a, b| Rng::new(1, purpose, a, b).number();
        assert_ne!(first(Purpose::Day, 1, 2), first(Purpose::Day, 2, 1));
        assert_ne!(first(Purpose::Day, 1, 2), first(Purpose::File, 1, 2));
    }

    #[test]
    fn unit_stays_in_range_and_below_reaches_its_ends() {
        let mut rng = Rng::new(1, Purpose::Profile, 0, 0);
        let mut seen = [false; 5];
        for _ in 0..1_000 {
            assert!((0.0..1.0).contains(&rng.unit()));
            seen[rng.below(5) as usize] = true;
        }
        assert_eq!(seen, [true; 5]);
        assert_eq!(rng.below(0), 0);
    }
}
