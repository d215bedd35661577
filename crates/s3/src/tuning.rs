//! Patience with S3, and how large a piece of an upload is.

use std::time::Duration;

use aws_sdk_s3::config::StalledStreamProtectionConfig;

use crate::Patience;

/// Patience and sizes; the defaults are meant for AWS.
#[derive(Debug, Clone)]
pub struct S3Tuning {
    pub patience: Patience,
    /// How long a body may come without a byte.
    pub stalled_after: Duration,
    /// Larger objects are uploaded in parts of this size; S3 allows no less than 5 MiB.
    pub part_bytes: usize,
}

impl Default for S3Tuning {
    fn default() -> Self {
        Self {
            patience: Patience::default(),
            stalled_after: Duration::from_secs(20),
            part_bytes: 8 << 20,
        }
    }
}

impl S3Tuning {
    pub(crate) fn stalled(&self) -> StalledStreamProtectionConfig {
        StalledStreamProtectionConfig::enabled()
            .grace_period(self.stalled_after)
            .build()
    }
}
