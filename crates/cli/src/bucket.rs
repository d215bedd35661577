//! Buckets of S3: their addresses, and the sign-in that all buckets of a command share.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use kiro_ingest::ObjectStore;
use kiro_s3::{S3ClientFactory, S3Options, S3Url, S3UrlError};
use tokio::sync::OnceCell;

use crate::command_error::CommandError;

/// `s3://BUCKET/PREFIX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BucketUrl(S3Url);

pub(crate) type BucketUrlError = S3UrlError;

impl BucketUrl {
    /// Returns true if `text` is an address of S3 and not a path.
    pub(crate) fn has_scheme(text: &str) -> bool {
        S3Url::has_scheme(text)
    }

    /// Signs in once per process. A missing bucket is reported when it is listed.
    pub(crate) async fn open(&self) -> Result<Arc<dyn ObjectStore>, CommandError> {
        static ACCESS: OnceCell<S3ClientFactory> = OnceCell::const_new();
        let access = ACCESS
            .get_or_try_init(|| S3ClientFactory::from_environment(S3Options::default()))
            .await
            .map_err(CommandError::usage)?;
        Ok(Arc::new(access.bucket(&self.0)))
    }
}

impl FromStr for BucketUrl {
    type Err = BucketUrlError;

    fn from_str(text: &str) -> Result<Self, BucketUrlError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for BucketUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
