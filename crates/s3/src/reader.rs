//! Reading an object, resumed where a connection broke off.

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

use crate::bucket::Place;

/// So often a body is resumed without a byte having come.
const RESUMES: u32 = 4;

/// The content of an object as it was listed.
pub(crate) struct S3Reader {
    place: Arc<Place>,
    key: ObjectKey,
    /// In quotes, as headers want it.
    tag: Option<String>,
    body: ByteStream,
    read_bytes: u64,
    total_bytes: u64,
    resumes_left: u32,
}

impl S3Reader {
    pub(crate) async fn open(place: Arc<Place>, object: &ObjectMeta) -> Result<Self, StoreError> {
        let tag = object.tag.as_ref().map(|tag| format!("\"{tag}\""));
        let answer = request(&place, &object.key, tag.as_deref(), None).await;
        let answer =
            answer.map_err(|error| StoreError::new("read", &object.key, place.kind_of(error)))?;
        let length = answer.content_length().map(u64::try_from);
        Ok(Self {
            place,
            key: object.key.clone(),
            tag: tag.or_else(|| answer.e_tag().map(str::to_owned)),
            total_bytes: length.and_then(Result::ok).unwrap_or(object.bytes),
            body: answer.body,
            read_bytes: 0,
            resumes_left: RESUMES,
        })
    }

    async fn next_piece(&mut self) -> Result<Option<Bytes>, StoreErrorKind> {
        loop {
            let cause: Box<dyn Error + Send + Sync> = match self.body.next().await {
                Some(Ok(piece)) if piece.is_empty() => continue,
                Some(Ok(piece)) => {
                    self.read_bytes += piece.len() as u64;
                    self.resumes_left = RESUMES;
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
        // A body that is complete and wrong has a wrong checksum: there is nothing to resume.
        if self.resumes_left == 0 || bytes >= self.total_bytes {
            let kind = RemoteErrorKind::BrokenOff {
                bytes,
                source: cause,
            };
            return Err(StoreErrorKind::Remote(kind));
        }
        self.resumes_left -= 1;
        tracing::debug!(object = %self.key, bytes, error = %cause, "Reading is resumed.");
        let answer = request(&self.place, &self.key, self.tag.as_deref(), Some(bytes)).await;
        let answer = answer.map_err(|error| self.place.kind_of(error))?;
        let expected = format!("bytes {bytes}-");
        let range = answer.content_range().unwrap_or_default();
        if !range.starts_with(&expected) {
            return Err(StoreErrorKind::Changed);
        }
        self.body = answer.body;
        Ok(())
    }
}

async fn request(
    place: &Place,
    key: &ObjectKey,
    tag: Option<&str>,
    from_byte: Option<u64>,
) -> Result<GetObjectOutput, SdkError<GetObjectError, HttpResponse>> {
    let answer = place.send(|client| {
        client
            .get_object()
            .bucket(place.bucket())
            .key(place.object_key(key))
            .set_if_match(tag.map(str::to_owned))
            .set_range(from_byte.map(|byte| format!("bytes={byte}-")))
            .send()
    });
    answer.await
}

impl ObjectReader for S3Reader {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        Box::pin(async move {
            let piece = self.next_piece().await;
            piece.map_err(|kind| StoreError::new("read", &self.key, kind))
        })
    }
}
