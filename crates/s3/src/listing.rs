//! A listing, page by page.

use std::collections::VecDeque;

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{EncodingType, Object};
use chrono::{DateTime, Utc};
use kiro_ingest::{ObjectMeta, StoreError};
use kiro_report::ObjectKey;

use crate::bucket::BucketInner;
use crate::decoded_key::decoded_key;

/// The state of a listing.
pub(crate) struct Listing<'a> {
    bucket: &'a BucketInner,
    prefix: String,
    token: Option<String>,
    found: VecDeque<ObjectMeta>,
    is_complete: bool,
}

impl<'a> Listing<'a> {
    pub(crate) fn new(bucket: &'a BucketInner, prefix: &str) -> Self {
        Self {
            bucket,
            // A prefix that ends before the folder's own part of the keys does not narrow the listing.
            prefix: if prefix.starts_with(bucket.key_prefix()) {
                bucket.object_key(&ObjectKey::new(prefix))
            } else {
                bucket.url().prefix().to_owned()
            },
            token: None,
            found: VecDeque::new(),
            is_complete: false,
        }
    }

    pub(crate) async fn next(mut self) -> Option<(Result<ObjectMeta, StoreError>, Self)> {
        loop {
            if let Some(object) = self.found.pop_front() {
                return Some((Ok(object), self));
            }
            if self.is_complete {
                return None;
            }
            match self.page().await {
                Ok(page) => self.take(&page),
                Err(error) => {
                    self.is_complete = true;
                    return Some((Err(error), self));
                }
            }
        }
    }

    fn take(&mut self, page: &ListObjectsV2Output) {
        let is_encoded = page.encoding_type() == Some(&EncodingType::Url);
        let objects = page.contents().iter();
        self.found = objects
            .filter_map(|object| self.meta(object, is_encoded))
            .collect();
        self.token = page.next_continuation_token().map(str::to_owned);
        self.is_complete = self.token.is_none();
    }

    async fn page(&self) -> Result<ListObjectsV2Output, StoreError> {
        let bucket = self.bucket;
        let page = bucket.send(|client| {
            client
                .list_objects_v2()
                .bucket(bucket.name())
                .prefix(&self.prefix)
                // XML cannot hold every key.
                .encoding_type(EncodingType::Url)
                .set_continuation_token(self.token.clone())
                .send()
        });
        page.await.map_err(|error| {
            StoreError::new(
                "list",
                &ObjectKey::new(bucket.url().to_string()),
                bucket.store_error_kind(error),
            )
        })
    }

    fn meta(&self, object: &Object, is_encoded: bool) -> Option<ObjectMeta> {
        let object_key = object.key()?;
        let key = if is_encoded {
            self.bucket.url().key_of(&decoded_key(object_key))?
        } else {
            self.bucket.url().key_of(object_key)?
        };
        let modified = object.last_modified()?;
        Some(ObjectMeta {
            key,
            bytes: object.size().unwrap_or_default().try_into().ok()?,
            last_modified: DateTime::<Utc>::from_timestamp(
                modified.secs(),
                modified.subsec_nanos(),
            )?,
            e_tag: object.e_tag().map(unquoted),
        })
    }
}

/// The value of an `ETag` header without its quotes.
pub(crate) fn unquoted(e_tag: &str) -> String {
    e_tag.trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn tags_lose_their_quotes() {
        assert_eq!(unquoted("\"0123-2\""), "0123-2");
        assert_eq!(unquoted("0123"), "0123");
    }
}
