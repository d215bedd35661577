//! Patience with AWS, and how often to look at what takes time.

use std::time::Duration;

use kiro_s3::Patience;

/// Patience of both kinds; the defaults are meant for AWS.
#[derive(Debug, Clone)]
pub struct AwsTuning {
    pub patience: Patience,
    /// The wait before the second look at something that takes time; each later one is half as long again.
    pub first_look: Duration,
    /// No wait between two looks is longer.
    pub longest_look: Duration,
}

impl Default for AwsTuning {
    fn default() -> Self {
        Self {
            patience: Patience::default(),
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
