//! How many requests a run makes.

use crate::kiro_exports::key_of_day;
use crate::proxy::Proxy;
use crate::run::{DAYS, export_of_day, fill, run};
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
