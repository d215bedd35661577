//! Single objects: read whole or in part, and replaced only if nothing else has replaced them since.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use kiro_ingest::{ObjectMeta, RemoteErrorKind, StoreError, StoreErrorKind};
use kiro_report::ObjectKey;

use crate::bucket::{BucketInner, S3Bucket};
use crate::error::{is_write_conflict, object_exists};
use crate::listing::unquoted;

/// An object as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    pub content: Bytes,
    /// Changes whenever the content does.
    pub e_tag: String,
}

/// A new content of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replacement {
    pub content: Bytes,
    /// The entity tag of the content that it replaces. `None` if there must be no object yet.
    pub e_tag: Option<String>,
    /// The object's own metadata, by name.
    pub metadata: HashMap<String, String>,
    /// The header `Content-Type`, if it is not S3's default.
    pub content_type: Option<String>,
    /// The header `Content-Disposition`: what a browser does with the object.
    pub content_disposition: Option<String>,
}

impl S3Bucket {
    /// Reads an object whole; `None` if it does not exist.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be read, or if the object has more than `max_bytes`.
    pub async fn read(
        &self,
        key: &ObjectKey,
        max_bytes: u64,
    ) -> Result<Option<StoredObject>, StoreError> {
        let found = read(self.inner(), key, max_bytes).await;
        found.map_err(|kind| StoreError::new("read", key, kind))
    }

    /// Reads bytes of an object as it was listed.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be read, or if the object has changed since.
    pub async fn read_range(
        &self,
        object: &ObjectMeta,
        range: Range<u64>,
    ) -> Result<Bytes, StoreError> {
        let content = read_range(self.inner(), object, range).await;
        content.map_err(|kind| StoreError::new("read", &object.key, kind))
    }

    /// Replaces an object in one request, which makes all of it visible or nothing.
    ///
    /// # Errors
    ///
    /// `Changed` if the object is not the expected one.
    pub async fn replace(
        &self,
        key: &ObjectKey,
        replacement: Replacement,
    ) -> Result<(), StoreError> {
        let replaced = replace(self.inner(), key, replacement).await;
        replaced.map_err(|kind| StoreError::new("write", key, kind))
    }
}

async fn read(
    bucket: &Arc<BucketInner>,
    key: &ObjectKey,
    max_bytes: u64,
) -> Result<Option<StoredObject>, StoreErrorKind> {
    let response = bucket.send(|client| {
        client
            .get_object()
            .bucket(bucket.name())
            .key(bucket.object_key(key))
            .send()
    });
    let response = match response
        .await
        .map_err(|error| bucket.store_error_kind(error))
    {
        Err(StoreErrorKind::NotFound) => return Ok(None),
        response => response?,
    };
    let bytes = response.content_length().unwrap_or_default();
    if u64::try_from(bytes).is_ok_and(|bytes| bytes > max_bytes) {
        return Err(StoreErrorKind::Remote(RemoteErrorKind::Refused {
            code: "EntityTooLarge".to_owned(),
            message: format!("it has {bytes} bytes, expected at most {max_bytes}"),
        }));
    }
    let e_tag = response.e_tag().map(unquoted).unwrap_or_default();
    let content = collected(response.body).await?;
    Ok(Some(StoredObject { content, e_tag }))
}

async fn read_range(
    bucket: &Arc<BucketInner>,
    object: &ObjectMeta,
    range: Range<u64>,
) -> Result<Bytes, StoreErrorKind> {
    if range.is_empty() {
        return Ok(Bytes::new());
    }
    let e_tag = object.e_tag.as_ref().map(|e_tag| format!("\"{e_tag}\""));
    let response = bucket.send(|client| {
        client
            .get_object()
            .bucket(bucket.name())
            .key(bucket.object_key(&object.key))
            .range(format!("bytes={}-{}", range.start, range.end - 1))
            .set_if_match(e_tag.clone())
            .send()
    });
    let response = response
        .await
        .map_err(|error| bucket.store_error_kind(error))?;
    let content = collected(response.body).await?;
    if content.len() as u64 == range.end - range.start {
        Ok(content)
    } else {
        Err(StoreErrorKind::Changed)
    }
}

async fn replace(
    bucket: &Arc<BucketInner>,
    key: &ObjectKey,
    replacement: Replacement,
) -> Result<(), StoreErrorKind> {
    let Replacement {
        content,
        e_tag,
        metadata,
        content_type,
        content_disposition,
    } = replacement;
    let if_match = e_tag.as_ref().map(|e_tag| format!("\"{e_tag}\""));
    let if_none_match = e_tag.is_none().then(|| "*".to_owned());
    let response = bucket.send(|client| {
        client
            .put_object()
            .bucket(bucket.name())
            .key(bucket.object_key(key))
            .set_if_match(if_match.clone())
            .set_if_none_match(if_none_match.clone())
            .set_metadata(Some(metadata.clone()))
            .set_content_type(content_type.clone())
            .set_content_disposition(content_disposition.clone())
            .body(ByteStream::from(content.clone()))
            .send()
    });
    let Err(error) = response.await else {
        return Ok(());
    };
    if object_exists(&error) || is_write_conflict(&error) {
        return Err(StoreErrorKind::Changed);
    }
    match bucket.store_error_kind(error) {
        // The object to replace was deleted.
        StoreErrorKind::NotFound if if_match.is_some() => Err(StoreErrorKind::Changed),
        kind => Err(kind),
    }
}

async fn collected(body: ByteStream) -> Result<Bytes, StoreErrorKind> {
    let collected = body.collect().await.map_err(|error| {
        StoreErrorKind::Remote(RemoteErrorKind::BrokenOff {
            bytes: 0,
            source: error.into(),
        })
    })?;
    Ok(collected.into_bytes())
}
