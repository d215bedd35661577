//! Faults of a network and of a service: nothing is lost, nothing counts double, and the next run heals.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::config::timeout::TimeoutConfig;
use futures::TryStreamExt;
use kiro_ingest::{ObjectMeta, ObjectStore, RunSummary, StoreErrorKind};
use kiro_s3::{S3Bucket, S3ClientFactory, S3Options};

use crate::kiro_exports::key_of_day;
use crate::proxy::{Harm, Proxy, Rule};
use crate::run::{DAYS, expected_rows, export_of_day, fill, keys, rows_of, run};
use crate::server::Server;
use crate::stores::{bucket_at, client, config, content, options, put};

/// Two buckets: exports, and an empty one for the parts.
struct Buckets {
    exports: String,
    data: String,
}

impl Buckets {
    async fn new() -> Self {
        let buckets = Self {
            exports: Server::shared().new_bucket(),
            data: Server::shared().new_bucket(),
        };
        fill(&buckets.exports).await;
        buckets
    }

    fn source(&self, address: std::net::SocketAddr) -> S3Bucket {
        bucket_at(address, &format!("s3://{}/logs", self.exports))
    }

    fn destination(&self, address: std::net::SocketAddr) -> S3Bucket {
        bucket_at(address, &format!("s3://{}", self.data))
    }

    async fn run_through(&self, proxy: &Proxy) -> RunSummary {
        run(self.source(proxy.address), self.destination(proxy.address))
            .await
            .unwrap()
    }

    /// A run without faults, after which everything is there once, and another one has nothing to do.
    async fn heal(&self) -> RunSummary {
        let address = Server::shared().address;
        let healing = run(self.source(address), self.destination(address));
        let healing = healing.await.unwrap();
        assert_eq!(healing.failures, []);
        let data = self.destination(address);
        assert_eq!(rows_of(&data).await, expected_rows(1..=DAYS).await);
        let idle = run(self.source(address), data).await.unwrap();
        assert_eq!(idle.files_skipped, u64::from(DAYS));
        healing
    }
}

/// A fault that passes while the SDK tries again: the run does not even notice.
async fn passes_unnoticed(rules: Vec<Rule>) {
    let buckets = Buckets::new().await;
    let faults = rules.len();
    let proxy = Proxy::start(rules).await;
    let summary = buckets.run_through(&proxy).await;
    assert_eq!(summary.failures, []);
    assert_eq!(summary.files_processed, u64::from(DAYS));
    assert!(proxy.harmed() as usize >= faults);
    assert_eq!(buckets.heal().await.files_processed, 0);
}

#[tokio::test]
async fn errors_of_the_service_pass_unnoticed() {
    let error = || Harm::Answer(500, "InternalError", None);
    passes_unnoticed(vec![
        Rule::new("GET", "list-type", 1, error()),
        Rule::new("GET", "KIRO_IDE", 2, error()),
        Rule::new("PUT", "models/", 1, error()),
        Rule::new("PUT", "facts/", 2, error()),
    ])
    .await;
}

#[tokio::test]
async fn throttling_passes_unnoticed() {
    let slow_down = || Harm::Answer(503, "SlowDown", None);
    passes_unnoticed(vec![
        Rule::new("GET", "list-type", 2, slow_down()),
        Rule::new("GET", "KIRO_IDE", 1, slow_down()),
        Rule::new("PUT", "facts/", 1, slow_down()),
    ])
    .await;
}

#[tokio::test]
async fn a_clock_that_differs_from_the_service_s_passes_unnoticed() {
    let skewed = || {
        Harm::Answer(
            403,
            "RequestTimeTooSkewed",
            Some(("Date", "Fri, 10 Jul 2026 12:00:00 GMT")),
        )
    };
    passes_unnoticed(vec![
        Rule::new("GET", "list-type", 1, skewed()),
        Rule::new("PUT", "facts/", 1, skewed()),
    ])
    .await;
}

#[tokio::test]
async fn connections_cut_in_the_middle_pass_unnoticed() {
    passes_unnoticed(vec![
        Rule::new("GET", "list-type", 1, Harm::CutAnswer),
        Rule::new("GET", "KIRO_IDE", 2, Harm::CutAnswer),
        Rule::new("PUT", "models/", 1, Harm::CutRequest),
        Rule::new("PUT", "facts/", 1, Harm::CutRequest),
        Rule::new("PUT", "issues/", 1, Harm::LoseAnswer),
    ])
    .await;
}

#[tokio::test]
async fn requests_that_are_never_answered_are_made_again() {
    let buckets = Buckets::new().await;
    let proxy = Proxy::start(vec![
        Rule::new("GET", "list-type", 1, Harm::Silence),
        Rule::new("GET", "KIRO_IDE", 1, Harm::Silence),
        Rule::new("PUT", "facts/", 1, Harm::Silence),
    ])
    .await;
    let timeouts = TimeoutConfig::builder().read_timeout(Duration::from_secs(2));
    let config = config(proxy.address).into_builder();
    let config = config.timeout_config(timeouts.build()).build();
    let clients = S3ClientFactory::new(config, options());
    let bucket = |url: String| clients.bucket(&url.parse().unwrap());
    let summary = run(
        bucket(format!("s3://{}/logs", buckets.exports)),
        bucket(format!("s3://{}", buckets.data)),
    );
    let summary = summary.await.unwrap();
    assert_eq!((summary.files_processed, proxy.harmed()), (6, 3));
    buckets.heal().await;
}

async fn first(store: &S3Bucket) -> ObjectMeta {
    let found: Vec<ObjectMeta> = store.list("").try_collect().await.unwrap();
    found[0].clone()
}

#[tokio::test]
async fn a_body_that_is_cut_or_stalls_is_read_on_where_it_ended() {
    let bucket = Server::shared().new_bucket();
    let expected = content(3 << 20);
    put(&bucket, "x", expected.clone()).await;
    let proxy = Proxy::start(vec![
        Rule::new("GET", "/x", 2, Harm::CutAnswer),
        Rule::new("GET", "/x", 1, Harm::StallAnswer),
    ])
    .await;
    let impatient = S3Options {
        stalled_after: Duration::from_secs(1),
        ..options()
    };
    let clients = S3ClientFactory::new(config(proxy.address), impatient);
    let store = clients.bucket(&format!("s3://{bucket}").parse().unwrap());
    let mut reader = store.get(&first(&store).await).await.unwrap();
    let mut read = Vec::new();
    while let Some(piece) = reader.next().await.unwrap() {
        read.extend_from_slice(&piece);
    }
    assert!(read == expected);
    assert_eq!((proxy.harmed(), proxy.count("GET")), (3, 5));
}

#[tokio::test]
async fn an_object_replaced_while_it_is_read_is_never_two_halves() {
    let bucket = Server::shared().new_bucket();
    put(&bucket, "x", content(3 << 20)).await;
    let name = bucket.clone();
    let replace = Harm::First(Arc::new(move || {
        let name = name.clone();
        Box::pin(async move { put(&name, "x", "new").await })
    }));
    let proxy = Proxy::start(vec![
        Rule::new("GET", "/x", 1, Harm::CutAnswer),
        Rule::new("GET", "/x", 1, replace),
    ])
    .await;
    let store = bucket_at(proxy.address, &format!("s3://{bucket}"));
    let mut reader = store.get(&first(&store).await).await.unwrap();
    let kind = loop {
        match reader.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the end was read"),
            Err(error) => break error.kind,
        }
    };
    assert!(matches!(kind, StoreErrorKind::Changed), "{kind:?}");
}

#[tokio::test]
async fn an_object_replaced_between_list_and_get_is_taken_by_the_next_run() {
    let buckets = Buckets::new().await;
    let key = format!("logs/{}", key_of_day(3));
    put(&buckets.exports, &key, "Date,UserId\n").await;
    let name = buckets.exports.clone();
    let replace = Harm::First(Arc::new(move || {
        let (name, key) = (name.clone(), key.clone());
        Box::pin(async move { put(&name, &key, export_of_day(3)).await })
    }));
    let proxy = Proxy::start(vec![Rule::new("GET", &key_of_day(3), 1, replace)]).await;
    let summary = buckets.run_through(&proxy).await;
    assert_eq!((summary.files_processed, summary.files_failed), (5, 1));
    assert_eq!(summary.transient_failures, 1);
    assert!(summary.failures[0].error.contains("changed"));
    assert_eq!(buckets.heal().await.files_processed, 1);
}

#[tokio::test]
async fn a_listing_that_changes_while_it_is_read_loses_nothing() {
    let buckets = Buckets::new().await;
    // More than a page in front of the exports, and changes on both sides of where the first page ends.
    let names: Vec<String> = (0..1_100)
        .map(|number| format!("logs/A/{number:05}"))
        .collect();
    for chunk in names.chunks(50) {
        let puts = chunk.iter().map(|name| put(&buckets.exports, name, "x"));
        futures::future::join_all(puts).await;
    }
    let (name, day) = (buckets.exports.clone(), key_of_day(DAYS));
    let change = Harm::First(Arc::new(move || {
        let (name, day) = (name.clone(), day.clone());
        Box::pin(async move {
            let gone = client().delete_object().bucket(&name).key("logs/A/00001");
            gone.send().await.unwrap();
            put(&name, "logs/A/00000.csv", export_of_day(7)).await;
            put(&name, &format!("logs/{day}"), export_of_day(DAYS)).await;
        })
    }));
    let first = client().delete_object().bucket(&buckets.exports);
    first
        .key(format!("logs/{}", key_of_day(DAYS)))
        .send()
        .await
        .unwrap();
    let proxy = Proxy::start(vec![Rule::new("GET", "continuation-token", 1, change)]).await;
    let summary = buckets.run_through(&proxy).await;
    assert_eq!((summary.files_processed, summary.files_failed), (6, 0));
    let address = Server::shared().address;
    let next = run(buckets.source(address), buckets.destination(address)).await;
    let next = next.unwrap();
    // The one that came too late for the first run.
    assert_eq!((next.files_processed, next.files_skipped), (1, 6));
    let data = buckets.destination(address);
    assert_eq!(rows_of(&data).await[0].len(), 2 * 7);
}

#[tokio::test]
async fn a_run_that_ends_between_models_and_facts_is_made_good() {
    let buckets = Buckets::new().await;
    let denied = Harm::Answer(403, "AccessDenied", None);
    let proxy = Proxy::start(vec![Rule::always("PUT", "facts/", denied)]).await;
    let summary = buckets.run_through(&proxy).await;
    assert_eq!(summary.files_failed, u64::from(DAYS));
    let written = keys(&buckets.destination(proxy.address)).await;
    assert!(written.iter().all(|key| !key.starts_with("facts/")));
    assert!(written.iter().any(|key| key.starts_with("models/")));
    assert_eq!(buckets.heal().await.files_processed, u64::from(DAYS));
}

#[tokio::test]
async fn a_run_that_is_killed_is_made_good() {
    let buckets = Buckets::new().await;
    // Facts never arrive; with the models of one export there the run is dropped, as a killed process would be.
    let proxy = Proxy::start(vec![Rule::always("PUT", "facts/", Harm::Silence)]).await;
    let doomed = buckets.run_through(&proxy);
    let models = async {
        while proxy.harmed() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = doomed => panic!("facts never arrive"),
        () = models => {}
    }
    assert_eq!(buckets.heal().await.files_processed, u64::from(DAYS));
}

#[tokio::test]
async fn a_service_that_stays_down_is_reported_and_waited_out() {
    let buckets = Buckets::new().await;
    let down = Harm::Answer(500, "InternalError", None);
    let proxy = Proxy::start(vec![Rule::always("GET", "KIRO_IDE", down)]).await;
    let summary = buckets.run_through(&proxy).await;
    assert_eq!(summary.files_failed, u64::from(DAYS));
    assert_eq!(summary.transient_failures, u64::from(DAYS));
    // It is not held against the exports.
    assert!(keys(&buckets.destination(proxy.address)).await.is_empty());
    assert_eq!(buckets.heal().await.files_processed, u64::from(DAYS));

    let down = Harm::Answer(500, "InternalError", None);
    let proxy = Proxy::start(vec![Rule::always(
        "GET",
        &format!("/{}", buckets.data),
        down,
    )])
    .await;
    let source = buckets.source(proxy.address);
    let error = run(source, buckets.destination(proxy.address)).await;
    assert!(error.unwrap_err().is_transient());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_at_once_agree() {
    let buckets = Arc::new(Buckets::new().await);
    let (one, other) = (
        Proxy::start(Vec::new()).await,
        Proxy::start(Vec::new()).await,
    );
    let (first, second) = tokio::join!(buckets.run_through(&one), buckets.run_through(&other));
    for summary in [&first, &second] {
        assert_eq!(summary.failures, []);
        assert_eq!(summary.files_seen, u64::from(DAYS));
    }
    assert!(first.files_processed + second.files_processed >= u64::from(DAYS));
    assert_eq!(buckets.heal().await.files_processed, 0);
}
