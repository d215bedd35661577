//! Sizes and timeouts of S3 transfers.

use std::time::Duration;

use aws_sdk_s3::config::StalledStreamProtectionConfig;

/// Sizes and timeouts; the defaults are meant for AWS.
#[derive(Debug, Clone)]
pub struct S3Options {
    /// How long a body may come without a byte.
    pub stalled_after: Duration,
    /// Larger objects are uploaded in parts of this size; S3 allows no less than 5 MiB.
    pub part_bytes: usize,
}

impl Default for S3Options {
    fn default() -> Self {
        Self {
            stalled_after: Duration::from_secs(20),
            part_bytes: 8 << 20,
        }
    }
}

impl S3Options {
    pub(crate) fn stalled(&self) -> StalledStreamProtectionConfig {
        StalledStreamProtectionConfig::enabled()
            .grace_period(self.stalled_after)
            .build()
    }
}
