//! A listing, page after page.

use std::collections::VecDeque;

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{EncodingType, Object};
use chrono::{DateTime, Utc};
use kiro_ingest::{ObjectMeta, StoreError};
use kiro_report::ObjectKey;

use crate::bucket::Place;
use crate::decoded_key::decoded_key;

/// How far a listing has come.
pub(crate) struct Listing<'a> {
    place: &'a Place,
    prefix: String,
    token: Option<String>,
    found: VecDeque<ObjectMeta>,
    is_complete: bool,
}

impl<'a> Listing<'a> {
    pub(crate) fn new(place: &'a Place, prefix: &str) -> Self {
        Self {
            place,
            // A prefix that ends inside of `AWSLogs/…` says nothing of what lies below the folder.
            prefix: if prefix.starts_with(place.key_prefix()) {
                place.object_key(&ObjectKey::new(prefix))
            } else {
                place.url().prefix().to_owned()
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
        let place = self.place;
        let page = place.send(|client| {
            client
                .list_objects_v2()
                .bucket(place.bucket())
                .prefix(&self.prefix)
                // XML cannot hold every key.
                .encoding_type(EncodingType::Url)
                .set_continuation_token(self.token.clone())
                .send()
        });
        page.await.map_err(|error| {
            StoreError::new(
                "list",
                &ObjectKey::new(place.url().to_string()),
                place.kind_of(error),
            )
        })
    }

    fn meta(&self, object: &Object, is_encoded: bool) -> Option<ObjectMeta> {
        let object_key = object.key()?;
        let key = if is_encoded {
            self.place.url().key_of(&decoded_key(object_key))?
        } else {
            self.place.url().key_of(object_key)?
        };
        let modified = object.last_modified()?;
        Some(ObjectMeta {
            key,
            bytes: object.size().unwrap_or_default().try_into().ok()?,
            modified: DateTime::<Utc>::from_timestamp(modified.secs(), modified.subsec_nanos())?,
            tag: object.e_tag().map(unquoted),
        })
    }
}

/// A tag as it stands in headers, without its quotes.
pub(crate) fn unquoted(tag: &str) -> String {
    tag.trim_matches('"').to_owned()
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
