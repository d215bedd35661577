//! A bucket as an object store.

use std::sync::{Arc, PoisonError, RwLock};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::SdkError;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use kiro_ingest::{
    ObjectMeta, ObjectReader, ObjectStore, ObjectWriter, PutMode, StoreError, StoreErrorKind,
};
use kiro_report::ObjectKey;

use crate::error::{ServiceError, other_region, store_error_kind};
use crate::listing::{Listing, unquoted};
use crate::reader::S3Reader;
use crate::writer::S3Writer;
use crate::{S3ClientFactory, S3Options, S3Url};

/// A bucket, or what lies below one of its folders.
///
/// Keys are paths below the folder. If the folder is `AWSLogs` or below it, keys begin at `AWSLogs`, as in a local folder: an
/// export has the same key in both.
#[derive(Debug, Clone)]
pub struct S3Bucket(Arc<BucketInner>);

/// What readers and writers share with their bucket.
#[derive(Debug)]
pub(crate) struct BucketInner {
    url: S3Url,
    /// What every key begins with before the path below the folder: empty, or ending in `/`.
    key_prefix: String,
    client_factory: S3ClientFactory,
    regional_client: RwLock<RegionalClient>,
}

/// A client for the Region of the bucket, as far as it is known.
#[derive(Debug, Clone)]
struct RegionalClient {
    region: String,
    client: Client,
}

impl S3Bucket {
    pub(crate) fn new(client_factory: S3ClientFactory, url: &S3Url) -> Self {
        let region = client_factory.region();
        let client = client_factory.client(&region);
        Self(Arc::new(BucketInner {
            url: url.clone(),
            key_prefix: url.key_prefix(),
            client_factory,
            regional_client: RwLock::new(RegionalClient { region, client }),
        }))
    }

    /// The address it was opened with.
    pub fn url(&self) -> &S3Url {
        &self.0.url
    }

    pub(crate) fn inner(&self) -> &Arc<BucketInner> {
        &self.0
    }
}

impl BucketInner {
    pub(crate) fn name(&self) -> &str {
        self.url.bucket()
    }

    pub(crate) fn url(&self) -> &S3Url {
        &self.url
    }

    pub(crate) fn key_prefix(&self) -> &str {
        &self.key_prefix
    }

    pub(crate) fn options(&self) -> &S3Options {
        self.client_factory.options()
    }

    /// The object's key in S3.
    pub(crate) fn object_key(&self, key: &ObjectKey) -> String {
        let key = key.as_str();
        let below = key.strip_prefix(&self.key_prefix).unwrap_or(key);
        format!("{}{below}", self.url.prefix())
    }

    /// Sends a request, and sends it again if the bucket is in another Region.
    pub(crate) async fn send<T, E: ServiceError, Response>(
        &self,
        request: impl Fn(Client) -> Response,
    ) -> Result<T, SdkError<E, HttpResponse>>
    where
        Response: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let RegionalClient { region, client } = self.regional_client();
        let response = request(client).await;
        let Some(other) = response
            .as_ref()
            .err()
            .and_then(|error| other_region(error, &region))
        else {
            return response;
        };
        tracing::debug!(bucket = self.name(), region = %other, "Bucket is in another Region.");
        let client = self.client_factory.client(&other);
        let moved = RegionalClient {
            region: other,
            client: client.clone(),
        };
        *self
            .regional_client
            .write()
            .unwrap_or_else(PoisonError::into_inner) = moved;
        request(client).await
    }

    /// Maps an error of the SDK.
    pub(crate) fn store_error_kind<E: ServiceError>(
        &self,
        error: SdkError<E, HttpResponse>,
    ) -> StoreErrorKind {
        store_error_kind(error, &self.regional_client().region)
    }

    /// A client for the Region of the bucket, as far as it is known, with other credentials.
    pub(crate) fn client_with(&self, credentials: Credentials) -> Client {
        let client = self.regional_client().client;
        let config = client.config().to_builder();
        Client::from_conf(config.credentials_provider(credentials).build())
    }

    /// Where credentials come from, if any are configured.
    pub(crate) fn credentials_provider(&self) -> Option<SharedCredentialsProvider> {
        self.client_factory.config().credentials_provider()
    }

    fn regional_client(&self) -> RegionalClient {
        let client = self.regional_client.read();
        client.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ObjectStore for S3Bucket {
    fn list<'a>(&'a self, prefix: &'a str) -> BoxStream<'a, Result<ObjectMeta, StoreError>> {
        let wanted = move |object: &Result<ObjectMeta, StoreError>| {
            let object = object.as_ref();
            std::future::ready(
                object.map_or(true, |object| object.key.as_str().starts_with(prefix)),
            )
        };
        stream::unfold(Listing::new(&self.0, prefix), Listing::next)
            .filter(wanted)
            .boxed()
    }

    fn e_tag<'a>(&'a self, object: &'a ObjectMeta) -> BoxFuture<'a, Result<String, StoreError>> {
        Box::pin(async move {
            if let Some(e_tag) = &object.e_tag {
                return Ok(e_tag.clone());
            }
            let fail = |kind| StoreError::new("read", &object.key, kind);
            let bucket = self.0.as_ref();
            let head = bucket.send(|client| {
                client
                    .head_object()
                    .bucket(bucket.name())
                    .key(bucket.object_key(&object.key))
                    .send()
            });
            let head = head
                .await
                .map_err(|error| fail(bucket.store_error_kind(error)))?;
            head.e_tag()
                .map(unquoted)
                .ok_or_else(|| fail(StoreErrorKind::Changed))
        })
    }

    fn get<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectReader>, StoreError>> {
        Box::pin(async move {
            let reader = S3Reader::open(Arc::clone(&self.0), object).await?;
            Ok(Box::new(reader) as Box<dyn ObjectReader>)
        })
    }

    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        let writer = S3Writer::new(Arc::clone(&self.0), key, mode);
        Box::pin(async move { Ok(Box::new(writer) as Box<dyn ObjectWriter>) })
    }
}
