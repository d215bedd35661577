//! Buckets and objects of S3: their addresses, and the sign-in that all of a command share.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use futures::StreamExt;
use kiro_delivery::{BucketDestination, Destination};
use kiro_ingest::{ObjectStore, StoreError, StoreErrorKind};
use kiro_report::ObjectKey;
use kiro_s3::{S3Bucket, S3ClientFactory, S3Options, S3Url, S3UrlError};
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
        Ok(Arc::new(self.bucket().await?))
    }

    /// Opens it for reports.
    pub(crate) async fn destination(&self) -> Result<Arc<dyn Destination>, CommandError> {
        Ok(Arc::new(BucketDestination::new(self.bucket().await?)))
    }

    async fn bucket(&self) -> Result<S3Bucket, CommandError> {
        static ACCESS: OnceCell<S3ClientFactory> = OnceCell::const_new();
        let access = ACCESS
            .get_or_try_init(|| S3ClientFactory::from_environment(S3Options::default()))
            .await
            .map_err(CommandError::usage)?;
        Ok(access.bucket(&self.0))
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

/// `s3://BUCKET/KEY`.
#[derive(Debug, Clone)]
pub(crate) struct ObjectUrl {
    folder: S3Url,
    /// The key in [`Self::folder`].
    key: ObjectKey,
    name: String,
}

impl ObjectUrl {
    /// Reads the object, at most this many bytes of it.
    pub(crate) async fn read(&self, max_bytes: usize) -> Result<Vec<u8>, CommandError> {
        let store = BucketUrl(self.folder.clone()).open().await?;
        let read = async {
            let mut objects = store.list(self.key.as_str());
            let object = loop {
                let Some(object) = objects.next().await else {
                    let missing = StoreErrorKind::NotFound;
                    return Err(StoreError::new("read", &self.key, missing));
                };
                let object = object?;
                if object.key == self.key {
                    break object;
                }
            };
            let mut reader = store.get(&object).await?;
            let mut content = Vec::new();
            while let Some(piece) = reader.next().await? {
                content.extend_from_slice(&piece);
                if content.len() >= max_bytes {
                    content.truncate(max_bytes);
                    break;
                }
            }
            Ok(content)
        };
        read.await.map_err(|error| self.unreadable(error))
    }

    /// Names the address that was typed; the store knows the object by its key.
    fn unreadable(&self, error: StoreError) -> CommandError {
        let hint = error.hint();
        let is_remote = error.is_remote();
        let context = format!("could not {} `{self}`", error.operation);
        let cause = anyhow::Error::new(error.kind).context(context);
        let failure = if is_remote {
            CommandError::aws(cause)
        } else {
            CommandError::usage(cause)
        };
        failure.maybe_hint(hint)
    }
}

impl FromStr for ObjectUrl {
    type Err = S3UrlError;

    fn from_str(text: &str) -> Result<Self, S3UrlError> {
        let not_an_object = || S3UrlError::NotS3 {
            found: text.to_owned(),
        };
        let (folder, name) = text.rsplit_once('/').ok_or_else(not_an_object)?;
        let folder: S3Url = folder.parse().map_err(|error| match error {
            S3UrlError::NotS3 { .. } => not_an_object(),
            S3UrlError::NotABucket { .. } => error,
        })?;
        if name.is_empty() {
            return Err(not_an_object());
        }
        let key = folder.key_of(&format!("{}{name}", folder.prefix()));
        Ok(Self {
            key: key.ok_or_else(not_an_object)?,
            folder,
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for ObjectUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bucket, prefix) = (self.folder.bucket(), self.folder.prefix());
        write!(formatter, "s3://{bucket}/{prefix}{}", self.name)
    }
}
