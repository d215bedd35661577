//! Polling of operations that take time.

use std::time::Duration;

/// Polling intervals. The defaults are for AWS; tests use shorter ones.
#[derive(Debug, Clone)]
pub struct AwsTuning {
    /// Interval before the second request; grows by 1.5x.
    pub initial_interval: Duration,
    /// Longest interval.
    pub max_interval: Duration,
}

impl Default for AwsTuning {
    fn default() -> Self {
        Self {
            initial_interval: Duration::from_millis(250),
            max_interval: Duration::from_secs(5),
        }
    }
}

/// Repeats a request with growing intervals until a time limit.
#[derive(Debug)]
pub struct Polling {
    next: Duration,
    longest: Duration,
    waited: Duration,
    within: Duration,
}

impl Polling {
    pub(crate) fn new(tuning: &AwsTuning, within: Duration) -> Self {
        Self {
            next: tuning.initial_interval,
            longest: tuning.max_interval,
            waited: Duration::ZERO,
            within,
        }
    }

    /// Waits for the next interval. Returns false if the time limit is reached.
    pub async fn again(&mut self) -> bool {
        if self.waited >= self.within {
            return false;
        }
        tokio::time::sleep(self.next).await;
        self.waited += self.next;
        self.next = (self.next * 3 / 2).min(self.longest);
        true
    }
}
