//! Results that are kept: one per statement and state of the data, asked for once however many wait, and no more of
//! them than fit into a fixed amount of memory.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use kiro_dashboard::{ResultSet, Value};
use tokio::sync::OnceCell;

/// The most that all kept results take, roughly.
const MOST_BYTES: usize = 48 << 20;
/// What a result takes that holds nothing.
const LEAST_BYTES: usize = 256;

type Slot = Arc<OnceCell<Arc<ResultSet>>>;

/// The kept results of one state of the data.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    version: u64,
    clock: u64,
    bytes: usize,
    entries: HashMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    slot: Slot,
    used: u64,
    bytes: usize,
}

impl Kept {
    /// The result of a statement: a kept one, or that of `run`, which no second caller starts at the same time.
    pub(crate) async fn get<F, E>(
        &self,
        version: u64,
        sql: &str,
        run: impl FnOnce() -> F,
    ) -> Result<Arc<ResultSet>, E>
    where
        F: Future<Output = Result<ResultSet, E>>,
    {
        let slot = self.slot(version, sql);
        let mut is_new = false;
        let result = slot
            .get_or_try_init(|| {
                is_new = true;
                async { run().await.map(Arc::new) }
            })
            .await?;
        if is_new {
            self.weigh(version, sql, weight(result));
        }
        Ok(Arc::clone(result))
    }

    fn slot(&self, version: u64, sql: &str) -> Slot {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.version < version {
            *inner = Inner {
                version,
                ..Inner::default()
            };
        }
        if inner.version != version {
            // Someone still asks for an older state: answered, but not kept.
            return Slot::default();
        }
        inner.clock += 1;
        let used = inner.clock;
        let entry = inner
            .entries
            .entry(sql.to_owned())
            .or_insert_with(|| Entry {
                slot: Slot::default(),
                used,
                bytes: 0,
            });
        entry.used = used;
        Arc::clone(&entry.slot)
    }

    /// Notes how large a new result is, and gives up the longest unused ones beyond the limit.
    fn weigh(&self, version: u64, sql: &str, bytes: usize) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.version != version {
            return;
        }
        if let Some(entry) = inner.entries.get_mut(sql) {
            entry.bytes = bytes;
            inner.bytes += bytes;
        }
        while inner.bytes > MOST_BYTES {
            let oldest = inner
                .entries
                .iter()
                .filter(|(_, entry)| entry.bytes > 0)
                .min_by_key(|(_, entry)| entry.used);
            let Some(oldest) = oldest.map(|(sql, _)| sql.clone()) else {
                break;
            };
            if let Some(entry) = inner.entries.remove(&oldest) {
                inner.bytes -= entry.bytes;
            }
        }
    }
}

fn weight(result: &ResultSet) -> usize {
    let texts: usize = result
        .rows
        .iter()
        .flatten()
        .map(|value| {
            if let Value::Text(text) = value {
                text.len()
            } else {
                0
            }
        })
        .sum();
    let cells: usize = result.rows.iter().map(Vec::len).sum();
    LEAST_BYTES + cells * size_of::<Value>() + texts
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn result(rows: usize) -> ResultSet {
        ResultSet {
            columns: vec!["a".to_owned()],
            rows: vec![vec![Value::Whole(1)]; rows],
        }
    }

    #[tokio::test]
    async fn a_statement_runs_once_however_many_wait() {
        let kept = Kept::default();
        let runs = AtomicU32::new(0);
        let ask = || {
            kept.get(1, "SELECT 1", || async {
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
        let kept = Kept::default();
        assert_eq!(kept.get(1, "x", || async { Err("no") }).await, Err("no"));
        assert!(
            kept.get(1, "x", || async { Ok::<_, ()>(result(1)) })
                .await
                .is_ok()
        );
    }

    #[tokio::test]
    async fn new_data_forgets_everything_and_the_limit_holds() {
        let kept = Kept::default();
        for number in 0..20 {
            kept.get(1, &number.to_string(), || async {
                Ok::<_, ()>(result(100_000))
            })
            .await
            .unwrap();
        }
        let held = kept.inner.lock().unwrap().bytes;
        assert!(held <= MOST_BYTES && held > 0, "{held}");
        kept.get(2, "x", || async { Ok::<_, ()>(result(1)) })
            .await
            .unwrap();
        assert_eq!(kept.inner.lock().unwrap().entries.len(), 1);
    }
}
