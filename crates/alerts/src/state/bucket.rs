//! The state in a bucket, by conditional writes. Old months are removed by a lifecycle rule of the bucket.

use futures::future::BoxFuture;
use kiro_report::ObjectKey;
use kiro_s3::{Replacement, S3Bucket};

use super::{StateError, StateStore, StoredState};

/// An object of a month is far smaller: 100,000 alerts are 3.5 MB.
const MAX_BYTES: u64 = 64 << 20;

/// A bucket, or a folder in it, with the state.
pub struct BucketState {
    bucket: S3Bucket,
    prefix: String,
}

impl BucketState {
    /// The objects below `prefix`, which is empty or ends with `/`.
    pub fn new(bucket: S3Bucket, prefix: impl Into<String>) -> Self {
        Self {
            bucket,
            prefix: prefix.into(),
        }
    }

    fn key(&self, name: &str) -> ObjectKey {
        ObjectKey::new(format!("{}{name}", self.prefix))
    }
}

impl StateStore for BucketState {
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<StoredState>, StateError>> {
        Box::pin(async move {
            let key = self.key(name);
            let read = self.bucket.read(&key, MAX_BYTES).await;
            let object = read.map_err(|error| StateError::Read {
                object: key.to_string(),
                source: error.into(),
            })?;
            Ok(object.map(|object| StoredState {
                content: object.content.to_vec(),
                version: object.e_tag,
            }))
        })
    }

    fn replace<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        expected: Option<&'a str>,
    ) -> BoxFuture<'a, Result<bool, StateError>> {
        Box::pin(async move {
            let key = self.key(name);
            let replacement = Replacement {
                content: content.into(),
                e_tag: expected.map(str::to_owned),
                ..Replacement::default()
            };
            match self.bucket.replace(&key, replacement).await {
                Ok(()) => Ok(true),
                Err(error) if matches!(error.kind, kiro_ingest::StoreErrorKind::Changed) => {
                    Ok(false)
                }
                Err(error) => Err(StateError::Write {
                    object: key.to_string(),
                    source: error.into(),
                }),
            }
        })
    }
}
