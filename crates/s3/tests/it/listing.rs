//! Listings: many pages, odd keys, and where keys begin.

use futures::{StreamExt, TryStreamExt};
use kiro_ingest::{ObjectMeta, ObjectStore};
use kiro_report::ObjectKey;

use crate::kiro_exports::key_of_day;
use crate::proxy::Proxy;
use crate::run::keys;
use crate::server::Server;
use crate::stores::{bucket_at, put};

#[tokio::test]
async fn a_listing_of_several_pages_is_complete_and_asks_once_per_page() {
    let bucket = Server::shared().new_bucket();
    let names: Vec<String> = (0..1_234).map(|number| format!("x/{number:05}")).collect();
    futures::stream::iter(&names)
        .map(|name| put(&bucket, name, "x"))
        .buffer_unordered(16)
        .collect::<Vec<_>>()
        .await;
    let proxy = Proxy::start(Vec::new()).await;
    let store = bucket_at(proxy.address, &format!("s3://{bucket}"));
    assert_eq!(keys(&store).await, names);
    assert_eq!(proxy.requests().len(), 2);
}

#[tokio::test]
async fn keys_come_as_they_are_whatever_they_are_made_of() {
    let bucket = Server::shared().new_bucket();
    let names = [
        "a b/ü ß.csv",
        "a+b/c%20d.csv",
        "a&b/<c>\"'.csv",
        "line\nbreak\u{1}.csv",
        "x/=?#.csv",
        "日本/東京.csv",
    ];
    for name in names {
        put(&bucket, name, name).await;
    }
    let store = bucket_at(Server::shared().address, &format!("s3://{bucket}"));
    let mut found: Vec<ObjectMeta> = store.list("").try_collect().await.unwrap();
    found.sort_by(|one, other| one.key.cmp(&other.key));
    let mut expected = names.map(ObjectKey::new);
    expected.sort();
    assert_eq!(
        found.iter().map(|object| &object.key).collect::<Vec<_>>(),
        expected.iter().collect::<Vec<_>>()
    );
    for object in &found {
        let mut reader = store.get(object).await.unwrap();
        let content = reader.next().await.unwrap().unwrap();
        assert_eq!(content, object.key.as_str().as_bytes());
    }
}

#[tokio::test]
async fn keys_begin_at_the_account_root_wherever_the_address_lies_below_it() {
    let bucket = Server::shared().new_bucket();
    let address = Server::shared().address;
    put(&bucket, &format!("logs/{}", key_of_day(1)), "x").await;
    let folders = [
        "logs",
        "logs/AWSLogs",
        "logs/AWSLogs/123456789012",
        "logs/AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026",
    ];
    for folder in folders {
        let store = bucket_at(address, &format!("s3://{bucket}/{folder}"));
        let found: Vec<ObjectMeta> = store.list("").try_collect().await.unwrap();
        assert_eq!(found[0].key.as_str(), key_of_day(1), "{folder}");
        assert!(store.get(&found[0]).await.is_ok(), "{folder}");
        for prefix in ["AWSL", "AWSLogs/", key_of_day(1).as_str()] {
            assert_eq!(store.list(prefix).count().await, 1, "{folder} {prefix}");
        }
        assert_eq!(store.list("AWSLogs/9").count().await, 0, "{folder}");
    }
    let whole = bucket_at(address, &format!("s3://{bucket}"));
    assert_eq!(keys(&whole).await, [format!("logs/{}", key_of_day(1))]);
}
