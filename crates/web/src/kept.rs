//! Results that are kept: one per statement and state of the data, asked for once however many wait, and no more of
//! them than fit into a fixed amount of memory.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kiro_dashboard_sql::{ResultSet, Value};
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
        let claim = Claim {
            kept: self,
            sql,
            slot: self.slot(version, sql),
        };
        let mut is_new = false;
        let result = claim
            .slot
            .get_or_try_init(|| {
                is_new = true;
                async { run().await.map(Arc::new) }
            })
            .await?;
        if is_new {
            claim.weigh(weight(result) + sql.len());
        }
        Ok(Arc::clone(result))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, version: u64, sql: &str) -> Slot {
        let mut inner = self.lock();
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
}

/// A slot in the hands of someone who waits for its result. A slot that stays empty, because the statement failed or
/// nobody waits any more, goes with the last of them.
struct Claim<'a> {
    kept: &'a Kept,
    sql: &'a str,
    slot: Slot,
}

impl Claim<'_> {
    /// Notes how large a new result is, and gives up the longest unused ones beyond the limit.
    fn weigh(&self, bytes: usize) {
        let mut inner = self.kept.lock();
        let Some(entry) = inner.own(self.sql, &self.slot) else {
            return;
        };
        entry.bytes = bytes;
        inner.bytes += bytes;
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

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if self.slot.initialized() {
            return;
        }
        let mut inner = self.kept.lock();
        let slot = std::mem::take(&mut self.slot);
        if let Some(entry) = inner.own(self.sql, &slot) {
            drop(slot);
            if Arc::strong_count(&entry.slot) == 1 {
                inner.entries.remove(self.sql);
            }
        }
    }
}

impl Inner {
    /// The entry of this slot, unless new data have replaced it.
    fn own(&mut self, sql: &str, slot: &Slot) -> Option<&mut Entry> {
        let entry = self.entries.get_mut(sql);
        entry.filter(|entry| Arc::ptr_eq(&entry.slot, slot))
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
    async fn statements_weigh_as_much_as_they_are_long() {
        let kept = Kept::default();
        for number in 0..20 {
            let long = format!("{number}{}", " ".repeat(MOST_BYTES / 8));
            kept.get(1, &long, || async { Ok::<_, ()>(result(0)) })
                .await
                .unwrap();
        }
        let statements = kept.inner.lock().unwrap().entries.len();
        assert!((1..8).contains(&statements), "{statements}");
    }

    #[tokio::test]
    async fn a_statement_that_failed_or_was_given_up_leaves_nothing() {
        let kept = Kept::default();
        let fail = || {
            kept.get(1, "x", || async {
                tokio::task::yield_now().await;
                Err::<ResultSet, _>("no")
            })
        };
        let (a, b) = tokio::join!(fail(), fail());
        assert_eq!((a, b), (Err("no"), Err("no")));
        assert_eq!(kept.inner.lock().unwrap().entries.len(), 0);

        let never = kept.get(1, "y", std::future::pending::<Result<ResultSet, ()>>);
        assert!(futures::FutureExt::now_or_never(never).is_none());
        assert_eq!(kept.inner.lock().unwrap().entries.len(), 0);

        let waits = kept.get(1, "z", || async {
            tokio::task::yield_now().await;
            Err("no")
        });
        let succeeds = kept.get(1, "z", || async { Ok::<_, &str>(result(1)) });
        let (a, b) = tokio::join!(waits, succeeds);
        assert!(a.is_err() && b.is_ok());
        assert_eq!(
            kept.inner.lock().unwrap().entries.len(),
            1,
            "what succeeded is kept"
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
