//! Sizes and timeouts of S3 transfers.

use std::time::Duration;

use aws_sdk_s3::config::StalledStreamProtectionConfig;

/// Sizes and timeouts. The defaults are for AWS.
#[derive(Debug, Clone)]
pub struct S3Options {
    /// Maximum time without a byte of a body.
    pub stalled_after: Duration,
    /// Part size of a multipart upload, at least 5 MiB. Smaller objects need one request.
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
