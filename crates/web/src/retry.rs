//! When the sources are read again although they list nothing new. Counted in listings: this needs no clock.

/// What came of reading the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything listed has been read.
    Complete,
    /// Something went wrong that may pass by itself, such as an outage or a part that somebody removes.
    MayPass,
    /// Some exports will fail again unless somebody does something that no listing shows, such as giving a permission.
    Failed,
}

/// The pauses between attempts: longer and longer where it may pass, long from the beginning where it will hardly.
#[derive(Debug, Default)]
pub(crate) struct Retry {
    /// In listings; 0: nothing is to be tried again.
    pause: u32,
    left: u32,
}

impl Retry {
    /// Two minutes for folders, an hour for buckets.
    const LONGEST: u32 = 64;
    /// A quarter of an hour for folders, some hours for buckets.
    const SELDOM: u32 = 512;

    /// Notes what came of an attempt.
    pub(crate) fn note(&mut self, outcome: Outcome) {
        self.pause = match outcome {
            Outcome::Complete => 0,
            Outcome::MayPass => (self.pause * 2).clamp(1, Self::LONGEST),
            Outcome::Failed => Self::SELDOM,
        };
        self.left = self.pause;
    }

    /// Whether it is time for another attempt; asked once per listing.
    pub(crate) fn is_due(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.pause > 0 && self.left == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many listings another attempt is made.
    fn listings_until_due(retry: &mut Retry) -> Option<u32> {
        (1..10_000).find(|_| retry.is_due())
    }

    #[test]
    fn pauses_grow_to_a_limit_and_what_will_hardly_pass_is_tried_seldom() {
        let mut retry = Retry::default();
        assert_eq!(listings_until_due(&mut retry), None, "nothing has failed");
        for expected in [1, 2, 4, 8, 16, 32, 64, 64] {
            retry.note(Outcome::MayPass);
            assert_eq!(listings_until_due(&mut retry), Some(expected));
        }
        for _ in 0..2 {
            retry.note(Outcome::Failed);
            assert_eq!(listings_until_due(&mut retry), Some(512));
        }
        retry.note(Outcome::Complete);
        assert_eq!(listings_until_due(&mut retry), None);
        retry.note(Outcome::MayPass);
        assert_eq!(listings_until_due(&mut retry), Some(1), "it begins anew");
    }
}
