//! Buckets and their objects, through the SDK's own client of S3.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Tag, Tagging};

use super::account::Aws;
use super::error::{AwsError, AwsErrorKind};
use super::listing::Listing;
use super::service::services;

/// What a bucket says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketHead {
    pub region: String,
}

/// The buckets of an account.
#[derive(Debug)]
pub struct Buckets<'a> {
    aws: &'a Aws,
    client: Client,
}

impl<'a> Buckets<'a> {
    pub(crate) fn new(aws: &'a Aws) -> Self {
        Self {
            aws,
            client: aws.clients().s3.clone(),
        }
    }

    /// The client itself, for what has no method here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What an error of the client means.
    pub fn error<E>(
        &self,
        operation: &'static str,
        resource: &str,
        error: &SdkError<E, HttpResponse>,
    ) -> AwsError
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let region = self.aws.region();
        AwsError::of_sdk(&services::S3, operation, resource, region, error)
    }

    /// Whether the bucket exists, and where; `None` if it does not.
    pub async fn head(&self, bucket: &str) -> Result<Option<BucketHead>, AwsError> {
        let answer = self.client.head_bucket().bucket(bucket).send().await;
        match answer {
            Ok(head) => Ok(Some(BucketHead {
                region: head.bucket_region().unwrap_or(self.aws.region()).to_owned(),
            })),
            Err(error) => {
                // A bucket elsewhere answers with its Region, whatever else it says.
                let region = error
                    .raw_response()
                    .and_then(|answer| answer.headers().get("x-amz-bucket-region"));
                let status = error.raw_response().map(|answer| answer.status().as_u16());
                if let (Some(region), Some(301 | 307 | 400)) = (region, status) {
                    return Ok(Some(BucketHead {
                        region: region.to_owned(),
                    }));
                }
                let error = self.error("HeadBucket", &format!("bucket `{bucket}`"), &error);
                if error.kind == AwsErrorKind::NotFound {
                    return Ok(None);
                }
                Err(error)
            }
        }
    }

    /// Whether an object exists.
    pub async fn has_object(&self, bucket: &str, key: &str) -> Result<bool, AwsError> {
        let answer = self
            .client
            .head_object()
            .bucket(bucket)
            .key(key)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error) => {
                let resource = format!("`s3://{bucket}/{key}`");
                let error = self.error("HeadObject", &resource, &error);
                if error.is_not_found() {
                    Ok(false)
                } else {
                    Err(error)
                }
            }
        }
    }

    /// Writes an object.
    pub async fn put(&self, bucket: &str, key: &str, bytes: Vec<u8>) -> Result<(), AwsError> {
        let answer = self
            .client
            .put_object()
            .bucket(bucket)
            .key(key)
            .body(ByteStream::from(bytes))
            .send()
            .await;
        let resource = format!("`s3://{bucket}/{key}`");
        answer
            .map(|_| ())
            .map_err(|error| self.error("PutObject", &resource, &error))
    }

    /// What lies below a prefix.
    pub fn listing(&self, bucket: &str, prefix: &str) -> Listing<'_> {
        Listing::new(self, bucket, prefix)
    }

    /// The folders right below a prefix, without listing what is in them; at most `most`.
    pub async fn folders(
        &self,
        bucket: &str,
        prefix: &str,
        most: i32,
    ) -> Result<Vec<String>, AwsError> {
        let listing = self.listing(bucket, prefix).level().most(most);
        Ok(listing.page(None).await?.folders)
    }

    /// The tags of a bucket.
    pub async fn tags(&self, bucket: &str) -> Result<BTreeMap<String, String>, AwsError> {
        let answer = self.client.get_bucket_tagging().bucket(bucket).send().await;
        match answer {
            Ok(answer) => Ok(answer
                .tag_set()
                .iter()
                .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
                .collect()),
            Err(error) => {
                let error = self.error("GetBucketTagging", &format!("bucket `{bucket}`"), &error);
                if error.is_not_found() {
                    Ok(BTreeMap::new())
                } else {
                    Err(error)
                }
            }
        }
    }

    /// Gives a bucket these tags and no others.
    pub async fn set_tags(
        &self,
        bucket: &str,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), AwsError> {
        let tags = tags
            .iter()
            .filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok());
        let Ok(tagging) = Tagging::builder().set_tag_set(Some(tags.collect())).build() else {
            return Ok(());
        };
        let call = self.client.put_bucket_tagging().bucket(bucket);
        let answer = call.tagging(tagging).send().await;
        answer
            .map(|_| ())
            .map_err(|error| self.error("PutBucketTagging", &format!("bucket `{bucket}`"), &error))
    }
}
