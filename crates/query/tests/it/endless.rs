//! A statement without end: its caller can always stop, and then it stops, too.

use futures::{FutureExt, StreamExt};
use kiro_catalog::RenderOptions;
use kiro_query::{Engine, EngineOptions};
use tempfile::TempDir;
use tokio::runtime::Handle;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_ends_when_its_stream_is_dropped() {
    let folder = TempDir::new().unwrap();
    let engine = Engine::open(EngineOptions {
        data: folder.path().join("data"),
        render: RenderOptions::default(),
        since: None,
        until: None,
    })
    .unwrap();
    let sql = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3000) \
               SELECT COUNT(*) FROM t AS a CROSS JOIN t AS b CROSS JOIN t AS c";
    let mut batches = engine.query(sql).await.unwrap();
    // The caller is not blocked, whatever the operators do.
    assert!(batches.next().now_or_never().is_none());
    let tasks = Handle::current().metrics();
    assert!(tasks.num_alive_tasks() > 0);
    drop(batches);
    while tasks.num_alive_tasks() > 0 {
        tokio::task::yield_now().await;
    }
}
