//! Caches query results. A statement runs once at a time, errors are not cached, and the size is bounded.

use std::sync::Arc;

use kiro_dashboard_sql::{ResultSet, Value};
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

/// The maximum size of all entries, approximately.
const MAX_BYTES: u64 = 48 << 20;
/// The size of an entry without statement and rows.
const ENTRY_BYTES: usize = 256;
/// The expected number of entries.
const ENTRIES: usize = 2000;

/// The cached results of the current state of the data, by statement.
pub(crate) struct ResultCache {
    entries: Cache<String, Entry, EntryWeighter>,
}

impl Default for ResultCache {
    #[expect(clippy::expect_used, reason = "both capacities are set")]
    fn default() -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(ENTRIES)
            .weight_capacity(MAX_BYTES)
            // The size limit is divided by the shards, and one result may need most of it.
            .shards(1)
            .build()
            .expect("valid options");
        let entries = Cache::with_options(
            options,
            EntryWeighter,
            DefaultHashBuilder::default(),
            DefaultLifecycle::default(),
        );
        Self { entries }
    }
}

impl ResultCache {
    /// Returns the cached result of a statement, or that of `run`. Concurrent calls for one statement wait for the first;
    /// if it fails or is dropped, the next one runs.
    pub(crate) async fn get_or_run<E>(
        &self,
        sql: &str,
        run: impl Future<Output = Result<ResultSet, E>>,
    ) -> Result<Arc<ResultSet>, E> {
        let entry = async { run.await.map(|result| Entry::new(sql, result)) };
        let entry = self.entries.get_or_insert_async(sql, entry).await?;
        Ok(entry.result)
    }

    /// Removes all results. Those of running statements are returned to their callers, but not cached.
    pub(crate) fn clear(&self) {
        self.entries.clear();
    }
}

#[derive(Clone)]
struct Entry {
    result: Arc<ResultSet>,
    bytes: usize,
}

impl Entry {
    fn new(sql: &str, result: ResultSet) -> Self {
        let cells = result.rows.iter().flatten();
        let cell_bytes = cells.map(|value| {
            let text = match value {
                Value::Text(text) => text.len(),
                _ => 0,
            };
            size_of::<Value>() + text
        });
        Self {
            bytes: ENTRY_BYTES + sql.len() + cell_bytes.sum::<usize>(),
            result: Arc::new(result),
        }
    }
}

#[derive(Clone)]
struct EntryWeighter;

impl Weighter<String, Entry> for EntryWeighter {
    fn weight(&self, _sql: &String, entry: &Entry) -> u64 {
        entry.bytes as u64
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, ready};
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::FutureExt as _;

    use super::*;

    fn result(rows: usize) -> ResultSet {
        ResultSet {
            columns: vec!["a".to_owned()],
            rows: vec![vec![Value::Whole(1)]; rows],
        }
    }

    fn succeed(rows: usize) -> Ready<Result<ResultSet, &'static str>> {
        ready(Ok(result(rows)))
    }

    async fn fail_after_a_pause() -> Result<ResultSet, &'static str> {
        tokio::task::yield_now().await;
        Err("no")
    }

    #[tokio::test]
    async fn a_statement_runs_once_however_many_wait() {
        let cache = ResultCache::default();
        let runs = AtomicU32::new(0);
        let ask = || {
            cache.get_or_run("SELECT 1", async {
                runs.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok::<_, ()>(result(1))
            })
        };
        let (a, b, c) = tokio::join!(ask(), ask(), ask());
        assert_eq!((a.unwrap(), b.unwrap()), (c.unwrap(), Arc::new(result(1))));
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let cache = ResultCache::default();
        assert_eq!(cache.get_or_run("x", async { Err("no") }).await, Err("no"));
        assert!(cache.get_or_run("x", succeed(1)).await.is_ok());
    }

    #[tokio::test]
    async fn statements_weigh_as_much_as_they_are_long() {
        let cache = ResultCache::default();
        for number in 0..20 {
            let blanks = usize::try_from(MAX_BYTES / 8).unwrap();
            let long = format!("{number}{}", " ".repeat(blanks));
            cache.get_or_run(&long, succeed(0)).await.unwrap();
        }
        let statements = cache.entries.len();
        assert!((1..8).contains(&statements), "{statements}");
    }

    #[tokio::test]
    async fn a_statement_that_failed_or_was_given_up_leaves_nothing() {
        let cache = ResultCache::default();
        let fail = || cache.get_or_run("x", fail_after_a_pause());
        let (a, b) = tokio::join!(fail(), fail());
        assert_eq!((a, b), (Err("no"), Err("no")));
        assert_eq!(cache.entries.len(), 0);

        let never = std::future::pending::<Result<ResultSet, ()>>();
        assert!(cache.get_or_run("y", never).now_or_never().is_none());
        assert_eq!(cache.entries.len(), 0);
        let next = cache.get_or_run("y", succeed(1)).now_or_never();
        assert!(next.unwrap().is_ok(), "the next call runs at once");
        cache.clear();

        let waits = cache.get_or_run("z", fail_after_a_pause());
        let succeeds = cache.get_or_run("z", succeed(1));
        let (a, b) = tokio::join!(waits, succeeds);
        assert!(a.is_err() && b.is_ok());
        assert_eq!(cache.entries.len(), 1, "what succeeded is kept");
    }

    #[tokio::test]
    async fn new_data_forgets_everything_and_the_limit_holds() {
        let cache = ResultCache::default();
        for number in 0..20 {
            let sql = number.to_string();
            cache.get_or_run(&sql, succeed(100_000)).await.unwrap();
        }
        let bytes = cache.entries.weight();
        assert!(bytes <= MAX_BYTES && bytes > 0, "{bytes}");
        cache.clear();
        cache.get_or_run("x", succeed(1)).await.unwrap();
        assert_eq!(cache.entries.len(), 1);
    }

    #[tokio::test]
    async fn a_result_of_older_data_is_returned_but_not_kept() {
        let cache = ResultCache::default();
        let older = cache.get_or_run("x", async {
            cache.clear();
            succeed(1).await
        });
        assert!(older.await.is_ok());
        assert_eq!(cache.entries.len(), 0);
    }
}
