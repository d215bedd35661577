//! When the sources are read again although their listings have not changed. Counted in listings: needs no clock.

/// The result of reading the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadOutcome {
    /// Everything listed was read.
    Complete,
    /// A failure that may pass without a change to the sources, such as an outage or a damaged part.
    Transient,
    /// Some exports fail until something changes that no listing shows, such as a permission.
    Permanent,
}

/// The pauses between attempts: they double after transient failures and are long after permanent ones.
#[derive(Debug, Default)]
pub(crate) struct RetrySchedule {
    /// In listings; 0: nothing to retry.
    pause: u32,
    remaining: u32,
}

impl RetrySchedule {
    /// In listings: two minutes for folders, an hour for buckets.
    const MAX_TRANSIENT_PAUSE: u32 = 64;
    /// In listings: a quarter of an hour for folders, some hours for buckets.
    const PERMANENT_PAUSE: u32 = 512;

    /// Records the outcome of an attempt.
    pub(crate) fn record(&mut self, outcome: ReadOutcome) {
        self.pause = match outcome {
            ReadOutcome::Complete => 0,
            ReadOutcome::Transient => (self.pause * 2).clamp(1, Self::MAX_TRANSIENT_PAUSE),
            ReadOutcome::Permanent => Self::PERMANENT_PAUSE,
        };
        self.remaining = self.pause;
    }

    /// Returns true if another attempt is due. Call once per listing.
    pub(crate) fn is_due(&mut self) -> bool {
        self.remaining = self.remaining.saturating_sub(1);
        self.pause > 0 && self.remaining == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of listings before the next attempt.
    fn listings_until_due(retry: &mut RetrySchedule) -> Option<u32> {
        (1..10_000).find(|_| retry.is_due())
    }

    #[test]
    fn pauses_grow_to_a_limit_and_permanent_failures_are_retried_rarely() {
        let mut retry = RetrySchedule::default();
        assert_eq!(listings_until_due(&mut retry), None, "nothing has failed");
        for expected in [1, 2, 4, 8, 16, 32, 64, 64] {
            retry.record(ReadOutcome::Transient);
            assert_eq!(listings_until_due(&mut retry), Some(expected));
        }
        for _ in 0..2 {
            retry.record(ReadOutcome::Permanent);
            assert_eq!(listings_until_due(&mut retry), Some(512));
        }
        retry.record(ReadOutcome::Complete);
        assert_eq!(listings_until_due(&mut retry), None);
        retry.record(ReadOutcome::Transient);
        assert_eq!(listings_until_due(&mut retry), Some(1), "starts over");
    }
}
