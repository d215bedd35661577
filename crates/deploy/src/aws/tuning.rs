//! How long to wait, how often to try, how often to look.

use std::time::Duration;

/// Patience; the defaults are meant for AWS.
#[derive(Debug, Clone)]
pub struct AwsTuning {
    /// How often a request is made before it has failed.
    pub attempts: u32,
    /// The wait before the second attempt is at most this, then twice this, and so on.
    pub first_backoff: Duration,
    /// How long a connection may take to be made.
    pub connect_within: Duration,
    /// How long an answer may take to begin.
    pub answer_within: Duration,
    /// The wait before the second look at something that takes time; each later one is half as long again.
    pub first_look: Duration,
    /// No wait between two looks is longer.
    pub longest_look: Duration,
}

impl Default for AwsTuning {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_backoff: Duration::from_secs(1),
            connect_within: Duration::from_secs(5),
            answer_within: Duration::from_mins(1),
            first_look: Duration::from_millis(250),
            longest_look: Duration::from_secs(5),
        }
    }
}

/// Looks at something again and again, ever more patiently, until a time is over.
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
            next: tuning.first_look,
            longest: tuning.longest_look,
            waited: Duration::ZERO,
            within,
        }
    }

    /// Waits before the next look; false when the time is over.
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
