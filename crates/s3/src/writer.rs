//! Writes an object: one request for a small one, a multipart upload for a large one.

use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use kiro_ingest::{ObjectWriter, PutMode, StoreError, StoreErrorKind};
use kiro_report::ObjectKey;

use crate::bucket::BucketInner;
use crate::error::{is_write_conflict, object_exists};
use crate::upload::Upload;

/// Maximum number of repetitions of a conditional write that meets a concurrent one.
pub(crate) const MAX_CONFLICTS: u32 = 3;

/// The value of the header `If-None-Match`.
pub(crate) fn if_none_match(mode: PutMode) -> Option<String> {
    match mode {
        PutMode::Overwrite => None,
        PutMode::Create => Some("*".to_owned()),
    }
}

/// An object that does not exist until it is finished.
pub(crate) struct S3Writer {
    bucket: Arc<BucketInner>,
    key: ObjectKey,
    mode: PutMode,
    pending: BytesMut,
    /// Created with the first full part.
    upload: Option<Upload>,
}

impl S3Writer {
    pub(crate) fn new(bucket: Arc<BucketInner>, key: &ObjectKey, mode: PutMode) -> Self {
        Self {
            bucket,
            key: key.clone(),
            mode,
            pending: BytesMut::new(),
            upload: None,
        }
    }

    async fn append(&mut self, piece: &[u8]) -> Result<(), StoreErrorKind> {
        self.pending.extend_from_slice(piece);
        let part_bytes = self.bucket.options().part_bytes;
        while self.pending.len() >= part_bytes {
            let part = self.pending.split_to(part_bytes).freeze();
            self.upload_part(part).await?;
        }
        Ok(())
    }

    async fn upload_part(&mut self, part: Bytes) -> Result<(), StoreErrorKind> {
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => none.insert(Upload::begin(Arc::clone(&self.bucket), &self.key).await?),
        };
        upload.part(part).await
    }

    async fn complete(mut self) -> Result<(), StoreErrorKind> {
        let rest = self.pending.split().freeze();
        if self.upload.is_none() {
            return self.put(&rest).await;
        }
        if !rest.is_empty() {
            self.upload_part(rest).await?;
        }
        match self.upload {
            Some(upload) => upload.complete(self.mode).await,
            None => Ok(()),
        }
    }

    async fn put(&self, content: &Bytes) -> Result<(), StoreErrorKind> {
        let bucket = self.bucket.as_ref();
        let object_key = bucket.object_key(&self.key);
        let mut conflicts_left = MAX_CONFLICTS;
        loop {
            let response = bucket.send(|client| {
                client
                    .put_object()
                    .bucket(bucket.name())
                    .key(&object_key)
                    .set_if_none_match(if_none_match(self.mode))
                    .body(ByteStream::from(content.clone()))
                    .send()
            });
            let Err(error) = response.await else {
                return Ok(());
            };
            if self.mode == PutMode::Create {
                if object_exists(&error) {
                    tracing::debug!(object = %self.key, "Object exists already.");
                    return Ok(());
                }
                if is_write_conflict(&error) && conflicts_left > 0 {
                    conflicts_left -= 1;
                    continue;
                }
            }
            return Err(bucket.store_error_kind(error));
        }
    }
}

impl ObjectWriter for S3Writer {
    fn write(&mut self, piece: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let appended = self.append(&piece).await;
            appended.map_err(|kind| write_error(&self.key, kind))
        })
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async move {
            let key = self.key.clone();
            let complete = self.complete().await;
            complete.map_err(|kind| write_error(&key, kind))
        })
    }

    fn abort(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            if let Some(upload) = self.upload {
                upload.abort().await;
            }
        })
    }
}

fn write_error(key: &ObjectKey, kind: StoreErrorKind) -> StoreError {
    StoreError::new("write", key, kind)
}
