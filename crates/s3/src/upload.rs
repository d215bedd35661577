//! An upload in parts, given up unless it is completed.

use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use kiro_ingest::{RemoteErrorKind, StoreErrorKind};
use kiro_report::ObjectKey;
use tokio::runtime::Handle;

use crate::bucket::Place;
use crate::failure::{another_write_is_under_way, object_is_there_already, upload_is_gone};
use crate::writer::{CONFLICTS, Condition};

/// An upload that has begun. Its parts cost money until it is completed or given up.
pub(crate) struct Upload {
    /// Gone once nothing is left to be given up.
    open: Option<OpenUpload>,
    parts: Vec<CompletedPart>,
    runtime: Handle,
}

struct OpenUpload {
    place: Arc<Place>,
    object_key: String,
    id: String,
}

impl Upload {
    pub(crate) async fn begin(place: Arc<Place>, key: &ObjectKey) -> Result<Self, StoreErrorKind> {
        let object_key = place.object_key(key);
        let begun = place.send(|client| {
            client
                .create_multipart_upload()
                .bucket(place.bucket())
                .key(&object_key)
                .checksum_algorithm(ChecksumAlgorithm::Crc32)
                .send()
        });
        let begun = begun.await.map_err(|error| place.kind_of(error))?;
        let id = begun.upload_id.ok_or_else(closed)?;
        Ok(Self {
            open: Some(OpenUpload {
                place,
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
        let sent = open.place.send(|client| {
            client
                .upload_part()
                .bucket(open.place.bucket())
                .key(&open.object_key)
                .upload_id(&open.id)
                .part_number(number)
                .checksum_algorithm(ChecksumAlgorithm::Crc32)
                .body(ByteStream::from(content.clone()))
                .send()
        });
        let sent = sent.await.map_err(|error| open.place.kind_of(error))?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(sent.e_tag)
            .set_checksum_crc32(sent.checksum_crc32);
        self.parts.push(part.build());
        Ok(())
    }

    /// Makes the object of the parts. A completion that meets another write of the same key is repeated; S3 may have given
    /// up the upload by then, so the error asks for another run, with a new upload.
    pub(crate) async fn complete(mut self, condition: Condition) -> Result<(), StoreErrorKind> {
        let open = self.open.as_ref().ok_or_else(closed)?;
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(std::mem::take(&mut self.parts)))
            .build();
        let mut conflicts = 0;
        loop {
            let completed = open.place.send(|client| {
                client
                    .complete_multipart_upload()
                    .bucket(open.place.bucket())
                    .key(&open.object_key)
                    .upload_id(&open.id)
                    .set_if_none_match(condition.if_none_match())
                    .multipart_upload(parts.clone())
                    .send()
            });
            let Err(error) = completed.await else {
                self.open = None;
                return Ok(());
            };
            if condition == Condition::Always {
                return Err(open.place.kind_of(error));
            }
            if object_is_there_already(&error) {
                self.abort().await;
                return Ok(());
            }
            if another_write_is_under_way(&error) && conflicts < CONFLICTS {
                conflicts += 1;
                continue;
            }
            if conflicts > 0 && upload_is_gone(&error) {
                return Err(StoreErrorKind::Remote(RemoteErrorKind::Unavailable {
                    status: 409,
                }));
            }
            return Err(open.place.kind_of(error));
        }
    }

    pub(crate) async fn abort(mut self) {
        if let Some(open) = self.open.take() {
            open.abort().await;
        }
    }
}

impl OpenUpload {
    /// Lets S3 forget the parts. If that fails, the bucket's lifecycle does it.
    async fn abort(self) {
        let aborted = self.place.send(|client| {
            client
                .abort_multipart_upload()
                .bucket(self.place.bucket())
                .key(&self.object_key)
                .upload_id(&self.id)
                .send()
        });
        if let Err(error) = aborted.await {
            tracing::debug!(object = self.object_key, %error, "Upload could not be given up.");
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

/// What S3 never answers.
fn closed() -> StoreErrorKind {
    StoreErrorKind::Remote(RemoteErrorKind::Refused {
        code: "InvalidUpload".to_owned(),
        message: "the upload has no id, or too many parts".to_owned(),
    })
}
