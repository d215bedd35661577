//! Links to single objects that work without credentials, for some days.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_s3::presigning::PresigningConfig;
use kiro_ingest::{RemoteErrorKind, StoreError, StoreErrorKind};
use kiro_report::ObjectKey;

use crate::bucket::S3Bucket;

/// The longest time that a signature of version 4 is valid.
pub const MAX_PRESIGNED: Duration = Duration::from_hours(7 * 24);

/// A link. Whoever has it can read the object.
#[derive(Clone, PartialEq, Eq)]
pub struct PresignedUrl {
    pub url: String,
    /// When it stops working: after the requested time, or when the credentials expire that signed it.
    pub expires_at: SystemTime,
}

/// Shows no link.
impl fmt::Debug for PresignedUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PresignedUrl")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl S3Bucket {
    /// Signs a link to an object, for [`MAX_PRESIGNED`] at most. Sends no request to S3: the Region of the bucket must be known
    /// from an earlier one.
    ///
    /// # Errors
    ///
    /// Without credentials, or for a longer time.
    pub async fn presigned_url(
        &self,
        key: &ObjectKey,
        now: SystemTime,
        lifetime: Duration,
    ) -> Result<PresignedUrl, StoreError> {
        let signed = self.sign(key, now, lifetime).await;
        signed.map_err(|kind| StoreError::new("sign a link to", key, kind))
    }

    async fn sign(
        &self,
        key: &ObjectKey,
        now: SystemTime,
        lifetime: Duration,
    ) -> Result<PresignedUrl, StoreErrorKind> {
        let bucket = self.inner();
        let no_credentials =
            |source| StoreErrorKind::Remote(RemoteErrorKind::NoCredentials { source });
        let provider = bucket
            .credentials_provider()
            .ok_or_else(|| no_credentials("none are configured".into()))?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| no_credentials(error.into()))?;
        let asked = now + lifetime;
        let expires_at = credentials
            .expiry()
            .map_or(asked, |expiry| expiry.min(asked));
        let settings = PresigningConfig::builder()
            .start_time(now)
            .expires_in(lifetime)
            .build()
            .map_err(|error| {
                StoreErrorKind::Remote(RemoteErrorKind::Refused {
                    code: "InvalidRequest".to_owned(),
                    message: error.to_string(),
                })
            })?;
        // Signed with the credentials whose end is said.
        let request = bucket
            .client_with(credentials)
            .get_object()
            .bucket(bucket.name())
            .key(bucket.object_key(key))
            .presigned(settings)
            .await
            .map_err(|error| bucket.store_error_kind(error))?;
        Ok(PresignedUrl {
            url: request.uri().to_owned(),
            expires_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use aws_config::{BehaviorVersion, Region, SdkConfig};
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;

    use super::*;
    use crate::{S3ClientFactory, S3Options};

    #[tokio::test]
    async fn a_link_ends_with_the_credentials_that_signed_it() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
        let hour = Duration::from_hours(1);
        for (expiry, lifetime, expected) in [
            (None, MAX_PRESIGNED, now + MAX_PRESIGNED),
            (Some(now + hour), MAX_PRESIGNED, now + hour),
            (Some(now + MAX_PRESIGNED), hour, now + hour),
        ] {
            let credentials =
                Credentials::new("KEY", "secret", Some("token".to_owned()), expiry, "test");
            let config = SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("eu-central-1"))
                .credentials_provider(SharedCredentialsProvider::new(credentials))
                .build();
            let bucket = S3ClientFactory::new(config, S3Options::default())
                .bucket(&"s3://reports/kiro".parse().unwrap());
            let key = ObjectKey::new("weekly/a.html");
            let signed = bucket.presigned_url(&key, now, lifetime).await.unwrap();
            assert_eq!(signed.expires_at, expected);
            for part in [
                "https://reports.s3.eu-central-1.amazonaws.com/kiro/weekly/a.html?",
                "X-Amz-Security-Token=token",
                "X-Amz-SignedHeaders=host&",
                &format!("X-Amz-Expires={}&", lifetime.as_secs()),
            ] {
                assert!(signed.url.contains(part), "{part}: {}", signed.url);
            }
            assert!(!format!("{signed:?}").contains("http"));
        }
    }
}
