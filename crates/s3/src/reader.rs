//! Reads an object, and resumes after a broken connection.

use std::error::Error;
use std::sync::Arc;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use futures::future::BoxFuture;
use kiro_ingest::{ObjectMeta, ObjectReader, RemoteErrorKind, StoreError, StoreErrorKind};
use kiro_report::ObjectKey;

use crate::bucket::BucketInner;

/// Maximum number of resumptions without a new byte.
const MAX_RESUMES: u32 = 4;

/// The content of an object, as it was listed.
pub(crate) struct S3Reader {
    bucket: Arc<BucketInner>,
    key: ObjectKey,
    /// In quotes, as in a header.
    e_tag: Option<String>,
    body: ByteStream,
    read_bytes: u64,
    total_bytes: u64,
    resumes_left: u32,
}

impl S3Reader {
    pub(crate) async fn open(
        bucket: Arc<BucketInner>,
        object: &ObjectMeta,
    ) -> Result<Self, StoreError> {
        let e_tag = object.e_tag.as_ref().map(|e_tag| format!("\"{e_tag}\""));
        let response = request(&bucket, &object.key, e_tag.as_deref(), None).await;
        let response = response.map_err(|error| {
            StoreError::new("read", &object.key, bucket.store_error_kind(error))
        })?;
        let length = response.content_length().map(u64::try_from);
        Ok(Self {
            bucket,
            key: object.key.clone(),
            e_tag: e_tag.or_else(|| response.e_tag().map(str::to_owned)),
            total_bytes: length.and_then(Result::ok).unwrap_or(object.bytes),
            body: response.body,
            read_bytes: 0,
            resumes_left: MAX_RESUMES,
        })
    }

    async fn next_piece(&mut self) -> Result<Option<Bytes>, StoreErrorKind> {
        loop {
            let cause: Box<dyn Error + Send + Sync> = match self.body.next().await {
                Some(Ok(piece)) if piece.is_empty() => continue,
                Some(Ok(piece)) => {
                    self.read_bytes += piece.len() as u64;
                    self.resumes_left = MAX_RESUMES;
                    return Ok(Some(piece));
                }
                None if self.read_bytes >= self.total_bytes => return Ok(None),
                None => "the body ended early".into(),
                Some(Err(error)) => error.into(),
            };
            self.resume(cause).await?;
        }
    }

    async fn resume(&mut self, cause: Box<dyn Error + Send + Sync>) -> Result<(), StoreErrorKind> {
        let bytes = self.read_bytes;
        // A complete body with an error has a wrong checksum: resuming does not help.
        if self.resumes_left == 0 || bytes >= self.total_bytes {
            let kind = RemoteErrorKind::BrokenOff {
                bytes,
                source: cause,
            };
            return Err(StoreErrorKind::Remote(kind));
        }
        self.resumes_left -= 1;
        tracing::debug!(object = %self.key, bytes, error = %cause, "Reading is resumed.");
        let response = request(&self.bucket, &self.key, self.e_tag.as_deref(), Some(bytes)).await;
        let response = response.map_err(|error| self.bucket.store_error_kind(error))?;
        let expected = format!("bytes {bytes}-");
        let range = response.content_range().unwrap_or_default();
        if !range.starts_with(&expected) {
            return Err(StoreErrorKind::Changed);
        }
        self.body = response.body;
        Ok(())
    }
}

async fn request(
    bucket: &BucketInner,
    key: &ObjectKey,
    e_tag: Option<&str>,
    from_byte: Option<u64>,
) -> Result<GetObjectOutput, SdkError<GetObjectError, HttpResponse>> {
    let response = bucket.send(|client| {
        client
            .get_object()
            .bucket(bucket.name())
            .key(bucket.object_key(key))
            .set_if_match(e_tag.map(str::to_owned))
            .set_range(from_byte.map(|byte| format!("bytes={byte}-")))
            .send()
    });
    response.await
}

impl ObjectReader for S3Reader {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        Box::pin(async move {
            let piece = self.next_piece().await;
            piece.map_err(|kind| StoreError::new("read", &self.key, kind))
        })
    }
}
