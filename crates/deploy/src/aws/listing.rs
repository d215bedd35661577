//! A listing of a bucket, one page at a time.

use aws_sdk_s3::operation::list_objects_v2::builders::ListObjectsV2FluentBuilder;
use chrono::{DateTime, Utc};

use super::account::Aws;
use super::context::Context;
use super::error::AwsError;

/// A listing request.
#[derive(Debug, Clone)]
#[must_use]
pub struct Listing<'a> {
    aws: &'a Aws,
    resource: String,
    request: ListObjectsV2FluentBuilder,
}

/// One page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// For a listing of one level: the folders directly below the prefix.
    pub folders: Vec<String>,
    pub objects: Vec<ListedObject>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    pub key: String,
    pub bytes: u64,
    /// When it was written.
    pub modified: Option<DateTime<Utc>>,
}

impl<'a> Listing<'a> {
    /// `owner` is the account that the bucket must belong to, if any.
    pub(super) fn new(aws: &'a Aws, owner: Option<String>, bucket: &str, prefix: &str) -> Self {
        let request = aws.clients().s3.list_objects_v2();
        Self {
            aws,
            resource: format!("`s3://{bucket}/{prefix}`"),
            request: request
                .bucket(bucket)
                .prefix(prefix)
                .set_expected_bucket_owner(owner),
        }
    }

    /// Lists only objects and folders directly below the prefix.
    pub fn level(self) -> Self {
        Self {
            request: self.request.delimiter("/"),
            ..self
        }
    }

    /// Maximum number of objects and folders in a page; S3 allows a thousand.
    pub fn max_keys(self, max_keys: i32) -> Self {
        Self {
            request: self.request.max_keys(max_keys),
            ..self
        }
    }

    /// The page that begins at a continuation token; the first page without one.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be listed.
    pub async fn page(&self, next: Option<String>) -> Result<Page, AwsError> {
        let request = self.request.clone().set_continuation_token(next);
        let resource = self.resource.as_str();
        let answer = request
            .send()
            .await
            .context(self.aws, "s3:ListObjectsV2", resource)?;
        let folders = answer.common_prefixes().iter();
        let objects = answer.contents().iter().map(|object| ListedObject {
            key: object.key().unwrap_or_default().to_owned(),
            bytes: u64::try_from(object.size().unwrap_or_default()).unwrap_or_default(),
            modified: object
                .last_modified()
                .and_then(|time| DateTime::from_timestamp(time.secs(), 0)),
        });
        let next = answer.next_continuation_token();
        Ok(Page {
            folders: folders
                .filter_map(|folder| folder.prefix().map(str::to_owned))
                .collect(),
            objects: objects.collect(),
            next: next
                .filter(|_| answer.is_truncated() == Some(true))
                .map(str::to_owned),
        })
    }
}
