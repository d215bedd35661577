//! A multipart upload, aborted unless it is completed.

use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use kiro_ingest::{PutMode, RemoteErrorKind, StoreErrorKind};
use kiro_report::ObjectKey;
use tokio::runtime::Handle;

use crate::bucket::BucketInner;
use crate::error::{is_upload_missing, is_write_conflict, object_exists};
use crate::writer::{MAX_CONFLICTS, if_none_match};

/// A multipart upload. Its parts cost money until it is completed or aborted.
pub(crate) struct Upload {
    /// `None` once it is completed or aborted.
    open: Option<OpenUpload>,
    parts: Vec<CompletedPart>,
    runtime: Handle,
}

struct OpenUpload {
    bucket: Arc<BucketInner>,
    object_key: String,
    id: String,
}

impl Upload {
    pub(crate) async fn begin(
        bucket: Arc<BucketInner>,
        key: &ObjectKey,
    ) -> Result<Self, StoreErrorKind> {
        let object_key = bucket.object_key(key);
        let begun = bucket.send(|client| {
            client
                .create_multipart_upload()
                .bucket(bucket.name())
                .key(&object_key)
                .checksum_algorithm(ChecksumAlgorithm::Crc32)
                .send()
        });
        let begun = begun
            .await
            .map_err(|error| bucket.store_error_kind(error))?;
        let id = begun.upload_id.ok_or_else(closed)?;
        Ok(Self {
            open: Some(OpenUpload {
                bucket,
                object_key,
                id,
            }),
            parts: Vec::new(),
            runtime: Handle::current(),
        })
    }

    pub(crate) async fn part(&mut self, content: Bytes) -> Result<(), StoreErrorKind> {
        let open = self.open.as_ref().ok_or_else(closed)?;
        let number = i32::try_from(self.parts.len() + 1).map_err(|_| closed())?;
        let sent = open.bucket.send(|client| {
            client
                .upload_part()
                .bucket(open.bucket.name())
                .key(&open.object_key)
                .upload_id(&open.id)
                .part_number(number)
                .checksum_algorithm(ChecksumAlgorithm::Crc32)
                .body(ByteStream::from(content.clone()))
                .send()
        });
        let sent = sent
            .await
            .map_err(|error| open.bucket.store_error_kind(error))?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(sent.e_tag)
            .set_checksum_crc32(sent.checksum_crc32);
        self.parts.push(part.build());
        Ok(())
    }

    /// Completes the object. A completion that meets another write of the same key is repeated. S3 may have aborted the upload
    /// by then: the error is transient, because a new upload can succeed.
    pub(crate) async fn complete(mut self, mode: PutMode) -> Result<(), StoreErrorKind> {
        let open = self.open.as_ref().ok_or_else(closed)?;
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(std::mem::take(&mut self.parts)))
            .build();
        let mut conflicts = 0;
        loop {
            let completed = open.bucket.send(|client| {
                client
                    .complete_multipart_upload()
                    .bucket(open.bucket.name())
                    .key(&open.object_key)
                    .upload_id(&open.id)
                    .set_if_none_match(if_none_match(mode))
                    .multipart_upload(parts.clone())
                    .send()
            });
            let Err(error) = completed.await else {
                self.open = None;
                return Ok(());
            };
            if mode == PutMode::Overwrite {
                return Err(open.bucket.store_error_kind(error));
            }
            if object_exists(&error) {
                self.abort().await;
                return Ok(());
            }
            if is_write_conflict(&error) && conflicts < MAX_CONFLICTS {
                conflicts += 1;
                continue;
            }
            if conflicts > 0 && is_upload_missing(&error) {
                return Err(StoreErrorKind::Remote(RemoteErrorKind::Unavailable {
                    status: 409,
                }));
            }
            return Err(open.bucket.store_error_kind(error));
        }
    }

    pub(crate) async fn abort(mut self) {
        if let Some(open) = self.open.take() {
            open.abort().await;
        }
    }
}

impl OpenUpload {
    /// Deletes the parts. If that fails, the lifecycle rule of the bucket deletes them.
    async fn abort(self) {
        let aborted = self.bucket.send(|client| {
            client
                .abort_multipart_upload()
                .bucket(self.bucket.name())
                .key(&self.object_key)
                .upload_id(&self.id)
                .send()
        });
        if let Err(error) = aborted.await {
            tracing::debug!(object = self.object_key, %error, "Upload not aborted.");
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(open) = self.open.take() {
            self.runtime.spawn(open.abort());
        }
    }
}

/// An upload without an id, or with too many parts. S3 never responds so.
fn closed() -> StoreErrorKind {
    StoreErrorKind::Remote(RemoteErrorKind::Refused {
        code: "InvalidUpload".to_owned(),
        message: "the upload has no id, or too many parts".to_owned(),
    })
}
