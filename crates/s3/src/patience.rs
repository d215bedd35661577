//! How long to wait for an answer, and how often to ask.

use std::time::Duration;

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;

/// Patience with a service; the defaults are meant for AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often a request is made before it has failed.
    pub attempts: u32,
    /// The wait before the second attempt is at most this, then twice this, and so on.
    pub first_backoff: Duration,
    /// How long a connection may take to be made.
    pub connect_within: Duration,
    /// How long an answer may take to begin, the time to send the request included.
    pub answer_within: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_backoff: Duration::from_secs(1),
            connect_within: Duration::from_secs(5),
            // Eight mebibytes through an uplink of two megabits per second.
            answer_within: Duration::from_mins(1),
        }
    }
}

impl Patience {
    /// How often to ask, as the SDK wants to be told.
    pub fn retry(&self) -> RetryConfig {
        RetryConfig::standard()
            .with_max_attempts(self.attempts)
            .with_initial_backoff(self.first_backoff)
    }

    /// How long to wait, as the SDK wants to be told.
    pub fn timeouts(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.connect_within)
            .read_timeout(self.answer_within)
            .build()
    }
}
