//! A bucket as an object store.

use std::sync::{Arc, PoisonError, RwLock};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::SdkError;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use kiro_ingest::{
    ObjectMeta, ObjectReader, ObjectStore, ObjectWriter, StoreError, StoreErrorKind,
};
use kiro_report::ObjectKey;

use crate::failure::{ServiceError, kind_of, other_region};
use crate::listing::{Listing, unquoted};
use crate::reader::S3Reader;
use crate::writer::{Condition, S3Writer};
use crate::{S3Access, S3Tuning, S3Url};

/// A bucket, or what lies below one of its folders.
///
/// Keys are paths below the folder. As in a local folder they begin at `AWSLogs`, if the folder is it or lies below it, so
/// that the same export has the same key however it was reached. The tag of an object is its `ETag`.
#[derive(Debug, Clone)]
pub struct S3Bucket(Arc<Place>);

/// Everything that readers and writers share with their bucket.
#[derive(Debug)]
pub(crate) struct Place {
    url: S3Url,
    /// What stands before the path below the folder in every key: empty, or ending in `/`.
    key_prefix: String,
    access: S3Access,
    regional: RwLock<Regional>,
}

/// A client for the Region the bucket is in, as far as we know.
#[derive(Debug, Clone)]
struct Regional {
    region: String,
    client: Client,
}

impl S3Bucket {
    pub(crate) fn new(access: S3Access, url: &S3Url) -> Self {
        let region = access.region();
        let client = access.client(&region);
        Self(Arc::new(Place {
            url: url.clone(),
            key_prefix: url.key_prefix(),
            access,
            regional: RwLock::new(Regional { region, client }),
        }))
    }

    /// The address it was opened with.
    pub fn url(&self) -> &S3Url {
        &self.0.url
    }

    fn writer(&self, key: &ObjectKey, condition: Condition) -> Box<dyn ObjectWriter> {
        Box::new(S3Writer::new(Arc::clone(&self.0), key, condition))
    }
}

impl Place {
    pub(crate) fn bucket(&self) -> &str {
        self.url.bucket()
    }

    pub(crate) fn url(&self) -> &S3Url {
        &self.url
    }

    pub(crate) fn key_prefix(&self) -> &str {
        &self.key_prefix
    }

    pub(crate) fn tuning(&self) -> &S3Tuning {
        self.access.tuning()
    }

    /// What S3 calls the object.
    pub(crate) fn object_key(&self, key: &ObjectKey) -> String {
        let key = key.as_str();
        let below = key.strip_prefix(&self.key_prefix).unwrap_or(key);
        format!("{}{below}", self.url.prefix())
    }

    /// Makes a request, once more in the Region of the bucket if that is another one.
    pub(crate) async fn send<T, E: ServiceError, Answer>(
        &self,
        request: impl Fn(Client) -> Answer,
    ) -> Result<T, SdkError<E, HttpResponse>>
    where
        Answer: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let Regional { region, client } = self.regional();
        let answer = request(client).await;
        let Some(other) = answer
            .as_ref()
            .err()
            .and_then(|error| other_region(error, &region))
        else {
            return answer;
        };
        tracing::debug!(bucket = self.bucket(), region = %other, "Bucket is in another Region.");
        let client = self.access.client(&other);
        let moved = Regional {
            region: other,
            client: client.clone(),
        };
        *self
            .regional
            .write()
            .unwrap_or_else(PoisonError::into_inner) = moved;
        request(client).await
    }

    /// What an error means.
    pub(crate) fn kind_of<E: ServiceError>(
        &self,
        error: SdkError<E, HttpResponse>,
    ) -> StoreErrorKind {
        kind_of(error, &self.regional().region)
    }

    fn regional(&self) -> Regional {
        let regional = self.regional.read();
        regional.unwrap_or_else(PoisonError::into_inner).clone()
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

    fn content_tag<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<String, StoreError>> {
        Box::pin(async move {
            if let Some(tag) = &object.tag {
                return Ok(tag.clone());
            }
            let fail = |kind| StoreError::new("read", &object.key, kind);
            let place = self.0.as_ref();
            let head = place.send(|client| {
                client
                    .head_object()
                    .bucket(place.bucket())
                    .key(place.object_key(&object.key))
                    .send()
            });
            let head = head.await.map_err(|error| fail(place.kind_of(error)))?;
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
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        Box::pin(async move { Ok(self.writer(key, Condition::Always)) })
    }

    fn create_new<'a>(
        &'a self,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        Box::pin(async move { Ok(self.writer(key, Condition::UnlessPresent)) })
    }
}
