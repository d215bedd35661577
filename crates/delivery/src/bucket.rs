//! A prefix of a bucket, by conditional writes.

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use kiro_ingest::{StoreError, StoreErrorKind};
use kiro_report::ObjectKey;
use kiro_s3::{MAX_PRESIGNED, Replacement, S3Bucket};

use crate::destination::{Destination, Link, VersionedContent};
use crate::report_file::ReportFile;

/// Larger than any report: figures are limited to 48 MiB before compression.
const MAX_BYTES: u64 = 1 << 30;

/// A bucket or a prefix in it. Encryption is that of the bucket.
#[derive(Debug, Clone)]
pub struct BucketDestination {
    bucket: S3Bucket,
}

impl BucketDestination {
    pub fn new(bucket: S3Bucket) -> Self {
        Self { bucket }
    }

    fn key(&self, name: &str) -> ObjectKey {
        let url = self.bucket.url();
        let key = url.key_of(&format!("{}{name}", url.prefix()));
        key.unwrap_or_else(|| ObjectKey::new(name))
    }

    /// Names the whole address instead of the key below the prefix.
    fn located(&self, name: &str, error: StoreError) -> StoreError {
        let location = ObjectKey::new(self.location(name));
        StoreError::new(error.operation, &location, error.kind)
    }
}

impl Destination for BucketDestination {
    fn read<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<VersionedContent>, StoreError>> {
        Box::pin(async move {
            let read = self.bucket.read(&self.key(name), MAX_BYTES).await;
            let object = read.map_err(|error| self.located(name, error))?;
            Ok(object.map(|object| VersionedContent {
                content: object.content,
                version: object.e_tag,
            }))
        })
    }

    fn replace<'a>(
        &'a self,
        file: &'a ReportFile,
        version: Option<&'a str>,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let replacement = Replacement {
                content: file.content.clone(),
                e_tag: version.map(str::to_owned),
                content_type: Some(file.content_type.to_owned()),
                content_disposition: Some(file.content_disposition.clone()),
                ..Replacement::default()
            };
            match self
                .bucket
                .replace(&self.key(&file.name), replacement)
                .await
            {
                Ok(()) => Ok(true),
                Err(error) if matches!(error.kind, StoreErrorKind::Changed) => Ok(false),
                Err(error) => Err(self.located(&file.name, error)),
            }
        })
    }

    fn location(&self, name: &str) -> String {
        let url = self.bucket.url();
        format!("s3://{}/{}{name}", url.bucket(), url.prefix())
    }

    fn link<'a>(
        &'a self,
        name: &'a str,
        now: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Link, StoreError>> {
        Box::pin(async move {
            let key = self.key(name);
            let signed = self.bucket.presigned_url(&key, now.into(), MAX_PRESIGNED);
            let signed = signed.await.map_err(|error| self.located(name, error))?;
            Ok(Link {
                target: signed.url,
                expires_at: Some(signed.expires_at.into()),
            })
        })
    }
}
