//! Failures of reading: the status meanwhile, and the retries.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::StatusCode;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use kiro_ingest::{
    InMemoryStore, ObjectMeta, ObjectReader, ObjectStore, ObjectWriter, PutMode, StoreError,
    StoreErrorKind,
};
use kiro_report::ObjectKey;
use kiro_web::Access;

use crate::test_server::{TestServer, export};

/// A source whose listing never changes, and whose first reads fail.
struct FlakyStore {
    objects: InMemoryStore,
    failures_left: AtomicU32,
}

impl ObjectStore for FlakyStore {
    fn list<'a>(&'a self, prefix: &'a str) -> BoxStream<'a, Result<ObjectMeta, StoreError>> {
        self.objects.list(prefix)
    }

    fn e_tag<'a>(&'a self, object: &'a ObjectMeta) -> BoxFuture<'a, Result<String, StoreError>> {
        self.objects.e_tag(object)
    }

    fn get<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectReader>, StoreError>> {
        let one_less = |left: u32| left.checked_sub(1);
        let failed = self
            .failures_left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
        if failed.is_err() {
            return self.objects.get(object);
        }
        let kind = StoreErrorKind::Io(io::Error::from(io::ErrorKind::TimedOut));
        let error = StoreError::new("read", &object.key, kind);
        futures::future::ready(Err(error)).boxed()
    }

    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        self.objects.create(key, mode)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_export_is_retried_although_the_listing_is_unchanged() {
    let objects = InMemoryStore::new();
    objects.put(
        "KIRO_IDE_123456789012_user_report_202608310200.csv",
        export("2026-08-31", &[("u-alice", "", "1")]),
    );
    let server = TestServer::with_source(Arc::new(FlakyStore {
        objects,
        failures_left: AtomicU32::new(2),
    }))
    .await;
    let status = server
        .wait_for_status(|status| {
            status["newest_day"] == "2026-08-31" && status["state"] == "ready"
        })
        .await;
    assert_eq!(status["exports"]["failed"], 0, "{status}");
    assert_eq!(status["failures"].as_array().unwrap().len(), 0, "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_part_is_reported_until_it_is_removed() {
    let server = TestServer::open(Access::default()).await;
    let part = server
        .data()
        .join("facts/export_date=2026-08-31/part-0123456789abcdef.parquet");
    std::fs::write(&part, "no parquet").unwrap();
    std::fs::write(
        server
            .source()
            .join("KIRO_IDE_123456789012_user_report_202609040000.csv"),
        export("2026-09-03", &[("u-late", "", "10")]),
    )
    .unwrap();
    let status = server
        .wait_for_status(|status| {
            status["exports"]["done"] == 32
                && status["exports"]["failed"] == 1
                && status["state"] == "error"
        })
        .await;
    let message = status["message"].as_str().unwrap();
    assert!(message.contains("part-0123456789abcdef"), "{message}");
    assert_eq!(status["newest_day"], "2026-08-31", "the previous numbers");
    assert_eq!(server.get("/healthz").await.status, StatusCode::OK);

    std::fs::remove_file(&part).unwrap();
    let status = server
        .wait_for_status(|status| status["state"] == "ready")
        .await;
    assert_eq!(status["newest_day"], "2026-09-03");
    assert!(status["message"].is_null(), "{status}");
}
