//! How many requests a run makes.

use futures::TryStreamExt;
use kiro_ingest::{ContentHash, ObjectMeta, ObjectStore, find_same_content};
use kiro_report::Dataset;

use crate::kiro_exports::key_of_day;
use crate::parts::texts;
use crate::proxy::Proxy;
use crate::run::{DAYS, copy_of, export_of_day, fill, run};
use crate::server::Server;
use crate::stores::{bucket_at, put};

#[tokio::test]
async fn an_unchanged_night_lists_both_sides_and_asks_nothing_else() {
    let (exports, data) = (Server::shared().new_bucket(), Server::shared().new_bucket());
    fill(&exports).await;
    let nights = async || {
        let proxy = Proxy::start(Vec::new()).await;
        let source = bucket_at(proxy.address, &format!("s3://{exports}/logs"));
        let destination = bucket_at(proxy.address, &format!("s3://{data}"));
        let summary = run(source, destination).await.unwrap();
        (summary, proxy)
    };

    let (first, proxy) = nights().await;
    assert_eq!(first.files_processed, u64::from(DAYS));
    assert_eq!(proxy.count("GET /"), DAYS as usize + 2);
    // Facts, models and issues.
    assert_eq!(proxy.count("PUT /"), 3 * DAYS as usize);
    assert_eq!(proxy.requests().len(), 4 * DAYS as usize + 2);

    let (second, proxy) = nights().await;
    assert_eq!(second.files_skipped, u64::from(DAYS));
    let mut requests = proxy.requests();
    requests.sort();
    assert_eq!(requests.len(), 2, "{requests:?}");
    assert!(
        requests
            .iter()
            .all(|request| request.contains("list-type=2"))
    );

    let key = format!("logs/{}", key_of_day(DAYS + 1));
    put(&exports, &key, export_of_day(DAYS + 1)).await;
    let (third, proxy) = nights().await;
    assert_eq!(third.files_processed, 1);
    assert_eq!(proxy.requests().len(), 2 + 1 + 3);
}

#[tokio::test]
async fn restored_content_costs_one_small_object_more_and_the_next_night_nothing() {
    let (exports, data) = (Server::shared().new_bucket(), Server::shared().new_bucket());
    let key = format!("logs/{}", key_of_day(1));
    let night = async || {
        let proxy = Proxy::start(Vec::new()).await;
        let source = bucket_at(proxy.address, &format!("s3://{exports}/logs"));
        let destination = bucket_at(proxy.address, &format!("s3://{data}"));
        let summary = run(source, destination).await.unwrap();
        (
            summary.files_processed,
            proxy.count("PUT /"),
            proxy.requests().len(),
        )
    };
    put(&exports, &key, export_of_day(1)).await;
    assert_eq!(night().await, (1, 3, 6));
    put(&exports, &key, export_of_day(1).replace("1.5", "3.5")).await;
    assert_eq!(night().await, (1, 4, 7));
    put(&exports, &key, export_of_day(1)).await;
    assert_eq!(night().await, (1, 4, 7));
    assert_eq!(night().await, (0, 0, 2));
}

#[tokio::test]
async fn parts_have_the_time_of_the_listing() {
    let (exports, data) = (Server::shared().new_bucket(), Server::shared().new_bucket());
    fill(&exports).await;
    let address = Server::shared().address;
    let source = bucket_at(address, &format!("s3://{exports}"));
    let destination = bucket_at(address, &format!("s3://{data}"));
    run(source.clone(), destination.clone()).await.unwrap();
    let listed: Vec<ObjectMeta> = source.list("").try_collect().await.unwrap();
    let copy = copy_of(&destination).await;
    let paths = texts(&copy, Dataset::Facts, "src_path");
    let times = texts(&copy, Dataset::Facts, "modified_ts");
    assert_eq!(paths.len(), 2 * DAYS as usize);
    for (path, time) in paths.into_iter().zip(times) {
        let path = path.unwrap();
        let object = listed.iter().find(|object| object.key.as_str() == path);
        let modified = object.unwrap().last_modified.format("%Y%m%d%H%M%S%6f");
        assert_eq!(time, Some(modified.to_string()), "{path}");
    }
}

#[tokio::test]
async fn the_same_content_is_found_without_a_request_per_object() {
    let exports = Server::shared().new_bucket();
    fill(&exports).await;
    let proxy = Proxy::start(Vec::new()).await;
    let source = bucket_at(proxy.address, &format!("s3://{exports}/logs"));
    let contents = [export_of_day(2), "Date,UserId\n".to_owned()];
    let hashes = contents.map(|content| ContentHash::of(content.as_bytes()));
    let found = find_same_content(&source, &hashes).await;
    assert_eq!(found, [Some(key_of_day(2).as_str().into()), None]);
    assert_eq!(proxy.requests().len(), 1);
}
