//! Buckets of the server as our store and as the SDK see them.

use std::net::SocketAddr;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use bytes::Bytes;
use kiro_s3::{S3Bucket, S3ClientFactory, S3Options, S3Url};

use crate::server::Server;

/// The smallest parts that S3 allows.
pub(crate) fn options() -> S3Options {
    S3Options {
        part_bytes: 5 << 20,
        ..S3Options::default()
    }
}

pub(crate) fn config(address: SocketAddr) -> SdkConfig {
    // An access key of twelve digits is an account of its own in the emulator.
    let credentials = Credentials::new("123456789012", "secret", None, None, "test");
    // Short waits, so that a fault takes no time.
    let retry = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    SdkConfig::builder()
        .retry_config(retry)
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://{address}"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// A bucket as our store sees it, through this address.
pub(crate) fn bucket_at(address: SocketAddr, url: &str) -> S3Bucket {
    S3ClientFactory::new(config(address), options()).bucket(&url.parse::<S3Url>().unwrap())
}

/// The SDK itself, straight to the server, for what the store does not do.
pub(crate) fn client() -> Client {
    let clients = S3ClientFactory::new(config(Server::shared().address), options());
    Client::new(clients.config())
}

pub(crate) async fn put(bucket: &str, key: &str, content: impl Into<Vec<u8>>) {
    client()
        .put_object()
        .bucket(bucket)
        .key(key)
        .body(content.into().into())
        .send()
        .await
        .unwrap();
}

/// Bytes that differ wherever one looks.
pub(crate) fn content(length: usize) -> Bytes {
    (0..251_u8)
        .flat_map(|byte| [byte; 7])
        .cycle()
        .take(length)
        .collect()
}
