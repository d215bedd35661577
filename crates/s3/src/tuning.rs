//! How long to wait, how often to try, and how large a piece of an upload is.

use std::time::Duration;

use aws_sdk_s3::config::StalledStreamProtectionConfig;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;

/// Patience and sizes; the defaults are meant for AWS.
#[derive(Debug, Clone)]
pub struct S3Tuning {
    /// How often a request is made before it has failed.
    pub attempts: u32,
    /// The wait before the second attempt is at most this, then twice this, and so on.
    pub first_backoff: Duration,
    /// How long a connection may take to be made.
    pub connect_within: Duration,
    /// How long an answer may take to begin, the time to send the request included.
    pub answer_within: Duration,
    /// How long a body may come without a byte.
    pub stalled_after: Duration,
    /// Larger objects are uploaded in parts of this size; S3 allows no less than 5 MiB.
    pub part_bytes: usize,
}

impl Default for S3Tuning {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_backoff: Duration::from_secs(1),
            connect_within: Duration::from_secs(5),
            // Eight mebibytes through an uplink of two megabits per second.
            answer_within: Duration::from_mins(1),
            stalled_after: Duration::from_secs(20),
            part_bytes: 8 << 20,
        }
    }
}

impl S3Tuning {
    pub(crate) fn retry(&self) -> RetryConfig {
        RetryConfig::standard()
            .with_max_attempts(self.attempts)
            .with_initial_backoff(self.first_backoff)
    }

    pub(crate) fn timeouts(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.connect_within)
            .read_timeout(self.answer_within)
            .build()
    }

    pub(crate) fn stalled(&self) -> StalledStreamProtectionConfig {
        StalledStreamProtectionConfig::enabled()
            .grace_period(self.stalled_after)
            .build()
    }
}
