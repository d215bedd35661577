//! The state in a bucket, over HTTP.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use kiro_alerts::{AlertState, BucketState, Delivery, Digest, deliver};
use kiro_s3::{S3Bucket, S3ClientFactory, S3Options, S3Url};

use crate::fixture::{at, one_of_each};
use crate::server::Server;
use crate::state::assert_conforms;

/// A bucket of the server that no other test knows.
fn new_bucket() -> S3Bucket {
    let server = Server::shared();
    // An access key of twelve digits is an account of its own in the emulator.
    let credentials = Credentials::new("123456789012", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://{}", server.address))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    let url: S3Url = format!("s3://{}", server.new_bucket()).parse().unwrap();
    S3ClientFactory::new(config, S3Options::default()).bucket(&url)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_conforms() {
    assert_conforms(&BucketState::new(new_bucket(), "state/alerts/")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_runs_at_once_over_a_bucket_one_tells_each_alert() {
    let bucket = new_bucket();
    let count = AtomicUsize::new(0);
    let run = async || {
        let store = BucketState::new(bucket.clone(), "state/alerts/");
        let state = AlertState::new(&store, "topic");
        let now = at("2026-11-21T03:00:00Z");
        let send = async |digest: &Digest| {
            count.fetch_add(digest.alerts.len(), Ordering::SeqCst);
            Ok::<(), std::io::Error>(())
        };
        deliver(&state, one_of_each(), now, send).await.unwrap()
    };
    futures::future::join_all((0..4).map(|_| run())).await;
    assert_eq!(count.load(Ordering::SeqCst), one_of_each().len());
    assert_eq!(run().await, Delivery::Nothing);
}
