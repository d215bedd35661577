//! Buckets and their objects. Calls on the deployment's own buckets demand that the caller's account owns them.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, PublicAccessBlockConfiguration, Tag, Tagging,
};
use aws_smithy_types::date_time::Format;

use super::account::Aws;
use super::context::{Context, Optional};
use super::error::AwsError;
use super::error_kind::AwsErrorKind;
use super::listing::Listing;
use crate::digest::sha256_base64;

/// The properties of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketHead {
    pub region: String,
}

/// The properties of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectHead {
    /// SHA-256 of the content in base64; none if S3 was given another checksum when the object was written.
    pub sha256: Option<String>,
}

/// The properties of an object that no key is needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// RFC 3339.
    pub modified: String,
    pub metadata: HashMap<String, String>,
}

/// The buckets that an account can reach.
#[derive(Debug, Clone)]
pub struct Buckets<'a> {
    aws: &'a Aws,
    /// The account that every bucket must belong to; none for buckets that others may own.
    owner: Option<String>,
}

impl<'a> Buckets<'a> {
    pub(crate) fn new(aws: &'a Aws) -> Self {
        Self { aws, owner: None }
    }

    /// Restricts all calls to buckets of the caller's own account: S3 refuses calls on others. A bucket's name does not
    /// identify its owner, because any account can take a free name.
    #[must_use]
    pub fn owned(self) -> Self {
        Self {
            owner: Some(self.aws.account().to_owned()),
            ..self
        }
    }

    /// For calls that have no method here.
    pub fn client(&self) -> &'a Client {
        &self.aws.clients().s3
    }

    /// The value of `ExpectedBucketOwner`.
    pub fn owner(&self) -> Option<String> {
        self.owner.clone()
    }

    /// Classifies an error of the client. `operation` is its name in the API of S3.
    pub fn error<E>(
        &self,
        operation: &'static str,
        resource: &str,
        error: &SdkError<E, HttpResponse>,
    ) -> AwsError
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let error = AwsError::from_sdk("s3", resource.to_owned(), self.aws.scope(), error);
        AwsError { operation, ..error }
    }

    /// Finds a bucket and its Region; `None` if it does not exist.
    ///
    /// # Errors
    ///
    /// If the call fails; of kind `ForeignOwner` if another account owns the bucket.
    pub async fn head(&self, bucket: &str) -> Result<Option<BucketHead>, AwsError> {
        let denied = match self.head_of(bucket, self.owner()).await {
            Err(error) if error.is_denied() => error,
            response => return response,
        };
        let Some(owner) = &self.owner else {
            return Err(denied);
        };
        // If the call succeeds without the condition, the condition is the reason of the denial.
        let is_foreign = matches!(self.head_of(bucket, None).await, Ok(Some(_)));
        Err(if is_foreign {
            AwsError {
                kind: AwsErrorKind::ForeignOwner,
                message: format!("it belongs to an account other than `{owner}`"),
                ..denied
            }
        } else {
            AwsError {
                message: format!(
                    "it belongs to an account other than `{owner}`, or you have no access to it"
                ),
                ..denied
            }
        })
    }

    async fn head_of(
        &self,
        bucket: &str,
        owner: Option<String>,
    ) -> Result<Option<BucketHead>, AwsError> {
        let call = self.client().head_bucket().bucket(bucket);
        let error = match call.set_expected_bucket_owner(owner).send().await {
            Ok(head) => {
                return Ok(Some(BucketHead {
                    region: head.bucket_region().unwrap_or(self.aws.region()).to_owned(),
                }));
            }
            Err(error) => error,
        };
        // A bucket in another Region responds with its Region, whatever the status.
        let response = error.raw_response();
        let region = response.and_then(|response| response.headers().get("x-amz-bucket-region"));
        let status = response.map(|response| response.status().as_u16());
        if let (Some(region), Some(301 | 307 | 400)) = (region, status) {
            return Ok(Some(BucketHead {
                region: region.to_owned(),
            }));
        }
        Err(self.error("HeadBucket", &format!("bucket `{bucket}`"), &error)).optional()
    }

    /// Returns true if an object exists.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn has_object(&self, bucket: &str, key: &str) -> Result<bool, AwsError> {
        Ok(self.head_object(bucket, key).await?.is_some())
    }

    /// The properties of an object; `None` if it does not exist.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn head_object(
        &self,
        bucket: &str,
        key: &str,
    ) -> Result<Option<ObjectHead>, AwsError> {
        let call = self.client().head_object().bucket(bucket).key(key);
        let head = call
            .checksum_mode(ChecksumMode::Enabled)
            .set_expected_bucket_owner(self.owner())
            .send()
            .await
            .context(self.aws, "s3:HeadObject", format!("`s3://{bucket}/{key}`"))
            .optional()?;
        Ok(head.map(|head| ObjectHead {
            sha256: head.checksum_sha256,
        }))
    }

    /// The time and the metadata of an object; `None` if it does not exist. Needs no permission for the key of an encrypted
    /// object.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn object_info(
        &self,
        bucket: &str,
        key: &str,
    ) -> Result<Option<ObjectInfo>, AwsError> {
        let call = self.client().head_object().bucket(bucket).key(key);
        let head = call
            .set_expected_bucket_owner(self.owner())
            .send()
            .await
            .context(self.aws, "s3:HeadObject", format!("`s3://{bucket}/{key}`"))
            .optional()?;
        Ok(head.map(|head| {
            let modified = head.last_modified();
            let modified = modified.and_then(|time| time.fmt(Format::DateTime).ok());
            ObjectInfo {
                modified: modified.unwrap_or_default(),
                metadata: head.metadata.unwrap_or_default(),
            }
        }))
    }

    /// The content of a small object; `None` if it does not exist.
    ///
    /// # Errors
    ///
    /// If the object cannot be read.
    pub async fn content(&self, bucket: &str, key: &str) -> Result<Option<Vec<u8>>, AwsError> {
        let resource = format!("`s3://{bucket}/{key}`");
        let call = self.client().get_object().bucket(bucket).key(key);
        let object = call
            .set_expected_bucket_owner(self.owner())
            .send()
            .await
            .context(self.aws, "s3:GetObject", resource.as_str())
            .optional()?;
        let Some(object) = object else {
            return Ok(None);
        };
        let body = object.body.collect().await;
        match body {
            Ok(body) => Ok(Some(body.to_vec())),
            Err(_) => Err(AwsError::cut_off(resource, self.aws.scope())),
        }
    }

    /// Writes an object, with the SHA-256 of its content as checksum.
    ///
    /// # Errors
    ///
    /// If the object cannot be written.
    pub async fn put(&self, bucket: &str, key: &str, bytes: Vec<u8>) -> Result<(), AwsError> {
        let call = self.client().put_object().bucket(bucket).key(key);
        call.checksum_algorithm(ChecksumAlgorithm::Sha256)
            .checksum_sha256(sha256_base64(&bytes))
            .set_expected_bucket_owner(self.owner())
            .body(ByteStream::from(bytes))
            .send()
            .await
            .context(self.aws, "s3:PutObject", format!("`s3://{bucket}/{key}`"))?;
        Ok(())
    }

    /// Lists the objects below a prefix.
    pub fn listing(&self, bucket: &str, prefix: &str) -> Listing<'a> {
        Listing::new(self.aws, self.owner(), bucket, prefix)
    }

    /// The folders directly below a prefix, at most `max_folders`. Does not list their content.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be listed.
    pub async fn folders(
        &self,
        bucket: &str,
        prefix: &str,
        max_folders: i32,
    ) -> Result<Vec<String>, AwsError> {
        let listing = self.listing(bucket, prefix).level().max_keys(max_folders);
        Ok(listing.page(None).await?.folders)
    }

    /// The policy of a bucket, if it has one.
    ///
    /// # Errors
    ///
    /// If the policy cannot be read.
    pub async fn policy(&self, bucket: &str) -> Result<Option<String>, AwsError> {
        let call = self.client().get_bucket_policy().bucket(bucket);
        let found = call
            .set_expected_bucket_owner(self.owner())
            .send()
            .await
            .context(self.aws, "s3:GetBucketPolicy", format!("bucket `{bucket}`"))
            .optional()?;
        Ok(found.and_then(|found| found.policy))
    }

    /// Returns true if the bucket's own settings block all public access.
    ///
    /// # Errors
    ///
    /// If the settings cannot be read.
    pub async fn blocks_public_access(&self, bucket: &str) -> Result<bool, AwsError> {
        let call = self.client().get_public_access_block().bucket(bucket);
        let found = call
            .set_expected_bucket_owner(self.owner())
            .send()
            .await
            .context(
                self.aws,
                "s3:GetPublicAccessBlock",
                format!("bucket `{bucket}`"),
            )
            .optional()?;
        let found = found.and_then(|found| found.public_access_block_configuration);
        Ok(found.as_ref() == Some(&all_public_access()))
    }

    /// Blocks all public access to the bucket.
    ///
    /// # Errors
    ///
    /// If S3 refuses the request.
    pub async fn block_public_access(&self, bucket: &str) -> Result<(), AwsError> {
        let call = self.client().put_public_access_block().bucket(bucket);
        call.set_expected_bucket_owner(self.owner())
            .public_access_block_configuration(all_public_access())
            .send()
            .await
            .context(
                self.aws,
                "s3:PutPublicAccessBlock",
                format!("bucket `{bucket}`"),
            )?;
        Ok(())
    }

    /// The tags of a bucket.
    ///
    /// # Errors
    ///
    /// If the tags cannot be read.
    pub async fn tags(&self, bucket: &str) -> Result<BTreeMap<String, String>, AwsError> {
        let call = self.client().get_bucket_tagging().bucket(bucket);
        let tags = call
            .set_expected_bucket_owner(self.owner())
            .send()
            .await
            .context(
                self.aws,
                "s3:GetBucketTagging",
                format!("bucket `{bucket}`"),
            )
            .optional()?;
        let tags = tags.map(|tags| tags.tag_set).unwrap_or_default();
        Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
    }

    /// Replaces all tags of a bucket.
    ///
    /// # Errors
    ///
    /// If the tags cannot be written.
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
        let call = self.client().put_bucket_tagging().bucket(bucket);
        call.set_expected_bucket_owner(self.owner())
            .tagging(tagging)
            .send()
            .await
            .context(
                self.aws,
                "s3:PutBucketTagging",
                format!("bucket `{bucket}`"),
            )?;
        Ok(())
    }
}

fn all_public_access() -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .block_public_policy(true)
        .ignore_public_acls(true)
        .restrict_public_buckets(true)
        .build()
}
