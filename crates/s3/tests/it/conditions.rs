//! Writing: multipart, conditional, aborted.

use bytes::Bytes;
use kiro_ingest::{ObjectMeta, ObjectStore, PutMode, StoreErrorKind};
use kiro_report::ObjectKey;
use kiro_s3::{Replacement, S3Bucket};

use crate::proxy::{Harm, Proxy, Rule};
use crate::run::keys;
use crate::server::Server;
use crate::stores::{bucket_at, client, content, put};

const MIB: usize = 1 << 20;

async fn read(store: &S3Bucket, key: &str) -> Vec<u8> {
    use futures::TryStreamExt;
    let found: Vec<ObjectMeta> = store.list(key).try_collect().await.unwrap();
    let mut reader = store.get(&found[0]).await.unwrap();
    let mut content = Vec::new();
    while let Some(piece) = reader.next().await.unwrap() {
        content.extend_from_slice(&piece);
    }
    content
}

async fn open_uploads(bucket: &str) -> usize {
    let uploads = client()
        .list_multipart_uploads()
        .bucket(bucket)
        .send()
        .await;
    uploads.unwrap().uploads().len()
}

#[tokio::test]
async fn a_large_object_is_uploaded_in_parts_and_a_small_one_at_once() {
    let bucket = Server::shared().new_bucket();
    let proxy = Proxy::start(Vec::new()).await;
    let store = bucket_at(proxy.address, &format!("s3://{bucket}"));
    for (key, length, puts, posts) in [("small", 4 * MIB, 1, 0), ("large", 12 * MIB, 4, 2)] {
        let mut writer = store
            .create(&ObjectKey::new(key), PutMode::Create)
            .await
            .unwrap();
        for piece in content(length).chunks(700_000) {
            writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
        }
        assert_eq!(read_keys(&store, key).await, 0);
        writer.finish().await.unwrap();
        assert_eq!(read(&store, key).await, content(length));
        assert_eq!((proxy.count("PUT"), proxy.count("POST")), (puts, posts));
    }
    assert_eq!(open_uploads(&bucket).await, 0);
}

async fn read_keys(store: &S3Bucket, key: &str) -> usize {
    let keys = keys(store).await;
    keys.iter().filter(|found| *found == key).count()
}

#[tokio::test]
async fn an_upload_that_is_given_up_or_has_failed_leaves_no_parts_to_be_paid_for() {
    let bucket = Server::shared().new_bucket();
    let store = bucket_at(Server::shared().address, &format!("s3://{bucket}"));
    let mut writer = store
        .create(&ObjectKey::new("x"), PutMode::Overwrite)
        .await
        .unwrap();
    writer.write(content(6 * MIB)).await.unwrap();
    assert_eq!(open_uploads(&bucket).await, 1);
    writer.abort().await;
    assert_eq!(open_uploads(&bucket).await, 0);

    let denied = Harm::Answer(403, "AccessDenied", None);
    let proxy = Proxy::start(vec![Rule::always("PUT", "partNumber=2", denied)]).await;
    let store = bucket_at(proxy.address, &format!("s3://{bucket}"));
    let mut writer = store
        .create(&ObjectKey::new("x"), PutMode::Overwrite)
        .await
        .unwrap();
    let error = writer.write(content(11 * MIB)).await.unwrap_err();
    assert!(error.to_string().contains("could not write `x`"));
    drop(writer);
    // It is aborted in the background.
    while proxy.count("DELETE") == 0 || open_uploads(&bucket).await > 0 {
        tokio::task::yield_now().await;
    }
    assert!(keys(&store).await.is_empty());
}

#[tokio::test]
async fn an_object_of_another_run_stays_as_it_is() {
    let bucket = Server::shared().new_bucket();
    let store = bucket_at(Server::shared().address, &format!("s3://{bucket}"));
    for (key, length) in [("small", 10), ("large", 6 * MIB)] {
        let mut ours = store
            .create(&ObjectKey::new(key), PutMode::Create)
            .await
            .unwrap();
        ours.write(content(length)).await.unwrap();
        put(&bucket, key, "another run's").await;
        ours.finish().await.unwrap();
        assert_eq!(read(&store, key).await, b"another run's");
        let mut ours = store
            .create(&ObjectKey::new(key), PutMode::Overwrite)
            .await
            .unwrap();
        ours.write(content(length)).await.unwrap();
        ours.finish().await.unwrap();
        assert_eq!(read(&store, key).await, content(length));
    }
    assert_eq!(open_uploads(&bucket).await, 0);
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_has_succeeded() {
    let bucket = Server::shared().new_bucket();
    let rules = vec![Rule::new("PUT", "/x", 1, Harm::LoseAnswer)];
    let proxy = Proxy::start(rules).await;
    let store = bucket_at(proxy.address, &format!("s3://{bucket}"));
    let mut writer = store
        .create(&ObjectKey::new("x"), PutMode::Create)
        .await
        .unwrap();
    writer.write(content(1_000)).await.unwrap();
    writer.finish().await.unwrap();
    assert_eq!((proxy.count("PUT"), proxy.harmed()), (2, 1));
    assert_eq!(read(&store, "x").await, content(1_000));
}

#[tokio::test]
async fn two_conditional_writes_at_once_settle_on_one() {
    let bucket = Server::shared().new_bucket();
    let conflict = Harm::Answer(409, "ConditionalRequestConflict", None);
    let proxy = Proxy::start(vec![Rule::new("PUT", "/x", 2, conflict)]).await;
    let store = bucket_at(proxy.address, &format!("s3://{bucket}"));
    let mut writer = store
        .create(&ObjectKey::new("x"), PutMode::Create)
        .await
        .unwrap();
    writer.write(content(1_000)).await.unwrap();
    writer.finish().await.unwrap();
    assert_eq!((proxy.count("PUT"), proxy.harmed()), (3, 2));
}

#[tokio::test]
async fn an_upload_in_parts_whose_end_meets_another_write_is_completed_again() {
    let bucket = Server::shared().new_bucket();
    let conflict = Harm::Answer(409, "ConditionalRequestConflict", None);
    let proxy = Proxy::start(vec![Rule::new("POST", "uploadId", 2, conflict)]).await;
    let store = bucket_at(proxy.address, &format!("s3://{bucket}"));
    let mut writer = store
        .create(&ObjectKey::new("x"), PutMode::Create)
        .await
        .unwrap();
    writer.write(content(6 * MIB)).await.unwrap();
    writer.finish().await.unwrap();
    assert_eq!(proxy.harmed(), 2);
    assert_eq!(read(&store, "x").await, content(6 * MIB));
    assert_eq!(open_uploads(&bucket).await, 0);
}

/// S3 may abort the upload, too: a repeated run begins a new one.
#[tokio::test]
async fn an_upload_that_is_gone_after_a_conflict_passes_by_itself() {
    let bucket = Server::shared().new_bucket();
    let proxy = Proxy::start(vec![
        Rule::new(
            "POST",
            "uploadId",
            1,
            Harm::Answer(409, "ConditionalRequestConflict", None),
        ),
        Rule::always("POST", "uploadId", Harm::Answer(404, "NoSuchUpload", None)),
    ])
    .await;
    let store = bucket_at(proxy.address, &format!("s3://{bucket}"));
    let mut writer = store
        .create(&ObjectKey::new("x"), PutMode::Create)
        .await
        .unwrap();
    writer.write(content(6 * MIB)).await.unwrap();
    let error = writer.finish().await.unwrap_err();
    assert!(error.is_transient(), "{error}");
}

#[tokio::test]
async fn an_object_is_replaced_only_if_it_is_the_one_that_was_read() {
    let bucket = Server::shared().new_bucket();
    let store = bucket_at(Server::shared().address, &format!("s3://{bucket}"));
    let key = ObjectKey::new("map");
    let replacement = |content: &'static str, e_tag: Option<&str>| Replacement {
        content: Bytes::from(content),
        e_tag: e_tag.map(str::to_owned),
        metadata: [("rows".to_owned(), "1".to_owned())].into(),
        ..Replacement::default()
    };
    assert_eq!(store.read(&key, 100).await.unwrap(), None);
    let missing = store.replace(&key, replacement("1", Some("x"))).await;
    assert!(matches!(missing.unwrap_err().kind, StoreErrorKind::Changed));
    store.replace(&key, replacement("1", None)).await.unwrap();
    let first = store.read(&key, 100).await.unwrap().unwrap();
    assert_eq!(first.content, "1");
    let existing = store.replace(&key, replacement("2", None)).await;
    assert!(matches!(
        existing.unwrap_err().kind,
        StoreErrorKind::Changed
    ));
    let second = replacement("2", Some(&first.e_tag));
    store.replace(&key, second.clone()).await.unwrap();
    let stale = store.replace(&key, second).await;
    assert!(matches!(stale.unwrap_err().kind, StoreErrorKind::Changed));
    assert_eq!(store.read(&key, 100).await.unwrap().unwrap().content, "2");
    assert!(store.read(&key, 0).await.is_err());
}

#[tokio::test]
async fn bytes_of_an_object_are_those_of_the_listed_one() {
    use futures::TryStreamExt;
    let bucket = Server::shared().new_bucket();
    let store = bucket_at(Server::shared().address, &format!("s3://{bucket}"));
    put(&bucket, "part", "0123456789").await;
    let found: Vec<ObjectMeta> = store.list("part").try_collect().await.unwrap();
    assert_eq!(store.read_range(&found[0], 3..7).await.unwrap(), "3456");
    assert_eq!(store.read_range(&found[0], 3..3).await.unwrap(), "");
    put(&bucket, "part", "other").await;
    let changed = store.read_range(&found[0], 3..7).await.unwrap_err();
    assert!(matches!(changed.kind, StoreErrorKind::Changed));
}
