//! What goes wrong for good, and the advice that comes with it.

use std::error::Error;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use bytes::Bytes;
use futures::TryStreamExt;
use kiro_ingest::{ObjectMeta, ObjectStore, PutMode, RemoteErrorKind, StoreError, StoreErrorKind};
use kiro_report::ObjectKey;
use kiro_s3::{S3Bucket, S3ClientFactory};

use crate::proxy::{Harm, Proxy, Rule};
use crate::server::Server;
use crate::stores::{bucket_at, client, options};

async fn list_error(store: &S3Bucket) -> (StoreError, RemoteErrorKind) {
    let listed: Result<Vec<ObjectMeta>, StoreError> = store.list("").try_collect().await;
    let error = listed.unwrap_err();
    assert_eq!(error.operation, "list");
    let text = StoreError {
        kind: StoreErrorKind::NotFound,
        key: error.key.clone(),
        operation: error.operation,
    };
    match error.kind {
        StoreErrorKind::Remote(kind) => (text, kind),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_bucket_that_does_not_exist_is_told_by_its_address() {
    let store = bucket_at(Server::shared().address, "s3://no-such-bucket/x");
    let (error, kind) = list_error(&store).await;
    assert_eq!(error.to_string(), "could not list `s3://no-such-bucket/x`");
    assert!(matches!(kind, RemoteErrorKind::NoBucket), "{kind:?}");
    assert!(kind.hint().unwrap().contains("bucket's name"));
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let cases = [
        (
            403,
            "AccessDenied",
            "access denied: As the test wants it.",
            "s3:ListBucket",
        ),
        (
            400,
            "ExpiredToken",
            "the credentials have expired",
            "aws sso login",
        ),
        (
            403,
            "InvalidAccessKeyId",
            "the credentials are not valid (InvalidAccessKeyId)",
            "AWS_PROFILE",
        ),
        (
            301,
            "PermanentRedirect",
            "the bucket is in another Region than `us-east-1`",
            "AWS_REGION",
        ),
        (
            503,
            "SlowDown",
            "too many requests (SlowDown)",
            "again later",
        ),
        (
            500,
            "InternalError",
            "the service failed with status 500",
            "again later",
        ),
    ];
    for (status, code, text, hint) in cases {
        let harm = Harm::Answer(status, code, None);
        let proxy = Proxy::start(vec![Rule::always("GET", "list-type", harm)]).await;
        let store = bucket_at(proxy.address, "s3://bucket");
        let (_, kind) = list_error(&store).await;
        assert_eq!(kind.to_string(), text);
        assert!(kind.hint().unwrap().contains(hint), "{code}");
        let attempts = if kind.is_transient() { 3 } else { 1 };
        assert_eq!(proxy.harmed(), attempts, "{code}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let (_, kind) = list_error(&bucket_at(address, "s3://bucket")).await;
    assert!(
        matches!(kind, RemoteErrorKind::Unreachable { .. }),
        "{kind:?}"
    );
    let mut cause: &dyn Error = &kind;
    let mut chain = Vec::new();
    while let Some(next) = cause.source() {
        cause = next;
        chain.push(cause.to_string());
    }
    assert!(chain.join(": ").contains("refused"), "{chain:?}");
}

#[tokio::test]
async fn nobody_signed_in_is_told_how_to() {
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://{}", Server::shared().address))
        .credentials_provider(nobody())
        .build();
    let store = S3ClientFactory::new(config, options()).bucket(&"s3://bucket".parse().unwrap());
    let (_, kind) = list_error(&store).await;
    assert!(
        matches!(kind, RemoteErrorKind::NoCredentials { .. }),
        "{kind:?}"
    );
    assert!(kind.hint().unwrap().contains("aws sso login"));
}

fn nobody() -> aws_credential_types::provider::SharedCredentialsProvider {
    use aws_credential_types::provider::error::CredentialsError;
    use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};

    #[derive(Debug)]
    struct Nobody;
    impl ProvideCredentials for Nobody {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("nobody")))
        }
    }
    SharedCredentialsProvider::new(Nobody)
}

#[tokio::test]
async fn a_bucket_in_another_region_is_found_with_one_request_more() {
    let bucket = "bucket-far-away";
    let place = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::EuCentral1)
        .build();
    let made = client().create_bucket().bucket(bucket);
    let made = made.create_bucket_configuration(place).send().await;
    made.unwrap();
    let proxy = Proxy::start(Vec::new()).await;
    let store = bucket_at(proxy.address, &format!("s3://{bucket}"));
    for key in ["one", "two"] {
        let mut writer = store
            .create(&ObjectKey::new(key), PutMode::Overwrite)
            .await
            .unwrap();
        writer.write(Bytes::from_static(b"x")).await.unwrap();
        writer.finish().await.unwrap();
    }
    let found: Vec<ObjectMeta> = store.list("").try_collect().await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(
        proxy.regions(),
        ["us-east-1", "eu-central-1", "eu-central-1", "eu-central-1"]
    );
}
