//! Sent once: under races, after failures, after an interruption.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use futures::future::BoxFuture;
use kiro_alerts::{
    Alert, AlertState, AllowanceLevel, Delivery, DeliveryError, Digest, FolderState, StateError,
    StateStore, StoredState, deliver,
};
use tempfile::TempDir;

use crate::fixture::{allowance, at, one_of_each, spike};

#[derive(Debug, thiserror::Error)]
#[error("unreachable")]
struct Unreachable;

fn keys(alerts: &[Alert]) -> Vec<&str> {
    alerts.iter().map(|alert| alert.key.as_str()).collect()
}

/// Sends, and returns what was sent.
async fn delivered(state: &AlertState<'_>, alerts: Vec<Alert>, now: &str) -> Vec<String> {
    let sent = deliver(state, alerts, at(now), async |_: &Digest| {
        Ok::<(), Unreachable>(())
    });
    match sent.await.unwrap() {
        Delivery::Nothing => Vec::new(),
        Delivery::Sent(digest) => digest.alerts.into_iter().map(|alert| alert.key).collect(),
    }
}

#[tokio::test]
async fn an_alert_is_told_once_and_a_new_one_alone() {
    let folder = TempDir::new().unwrap();
    let store = FolderState::below(folder.path());
    let state = AlertState::new(&store, "webhook");
    let first = one_of_each();
    assert_eq!(
        delivered(&state, first.clone(), "2026-11-21T03:00:00Z")
            .await
            .len(),
        first.len()
    );
    assert!(
        delivered(&state, first.clone(), "2026-11-22T03:00:00Z")
            .await
            .is_empty()
    );
    let more = [first.clone(), vec![spike("Eve")]].concat();
    let untold = state.untold(more.clone(), at("2026-11-22T03:00:00Z")).await;
    assert_eq!(keys(&untold.unwrap()), ["spike/id-of-eve/2026-11-20"]);
    assert_eq!(
        delivered(&state, more, "2026-11-22T03:00:00Z").await,
        ["spike/id-of-eve/2026-11-20"]
    );
    // Another channel has its own memory.
    let output = AlertState::new(&store, "output");
    assert_eq!(
        delivered(&output, first.clone(), "2026-11-22T03:00:00Z")
            .await
            .len(),
        first.len()
    );
}

#[tokio::test]
async fn the_next_month_is_another_cycle() {
    let folder = TempDir::new().unwrap();
    let store = FolderState::below(folder.path());
    let state = AlertState::new(&store, "webhook");
    let november = allowance("Bo", AllowanceLevel::Full, 1_000.0);
    let december = Alert {
        key: "allowance_Full/Bo/2026-12".to_owned(),
        cycle: "2026-12".to_owned(),
        ..november.clone()
    };
    delivered(&state, vec![november.clone()], "2026-11-21T03:00:00Z").await;
    let both = vec![november, december];
    assert_eq!(
        delivered(&state, both, "2026-12-21T03:00:00Z").await,
        ["allowance_Full/Bo/2026-12"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn of_many_runs_at_once_one_tells_each_alert() {
    let folder = TempDir::new().unwrap();
    let store = FolderState::below(folder.path());
    let count = AtomicUsize::new(0);
    let run = async || {
        let state = AlertState::new(&store, "webhook");
        let alerts = one_of_each();
        let now = at("2026-11-21T03:00:00Z");
        let send = async |digest: &Digest| {
            count.fetch_add(digest.alerts.len(), Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok::<(), Unreachable>(())
        };
        deliver(&state, alerts, now, send).await.unwrap();
    };
    futures::future::join_all((0..8).map(|_| run())).await;
    assert_eq!(count.load(Ordering::SeqCst), one_of_each().len());
}

#[test]
fn of_two_threads_with_stores_of_their_own_one_tells() {
    let folder = TempDir::new().unwrap();
    let count = AtomicUsize::new(0);
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let store = FolderState::below(folder.path());
            let state = AlertState::new(&store, "webhook");
            let alerts = vec![spike("Ann")];
            let send = async |_: &Digest| {
                count.fetch_add(1, Ordering::SeqCst);
                Ok::<(), Unreachable>(())
            };
            let now = at("2026-11-21T03:00:00Z");
            deliver(&state, alerts, now, send).await.unwrap();
        });
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(run);
        }
    });
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_could_not_be_sent_is_sent_by_the_next_run() {
    let folder = TempDir::new().unwrap();
    let store = FolderState::below(folder.path());
    let state = AlertState::new(&store, "webhook");
    let now = at("2026-11-21T03:00:00Z");
    let failed = deliver(&state, one_of_each(), now, async |_: &Digest| {
        Err(Unreachable)
    });
    assert!(matches!(
        failed.await,
        Err(DeliveryError::Send(Unreachable))
    ));
    assert_eq!(
        delivered(&state, one_of_each(), "2026-11-21T03:00:01Z")
            .await
            .len(),
        one_of_each().len()
    );
}

#[tokio::test]
async fn a_run_that_was_killed_delays_its_alerts_by_an_hour() {
    let folder = TempDir::new().unwrap();
    let store = FolderState::below(folder.path());
    let state = AlertState::new(&store, "webhook");
    let start = at("2026-11-21T03:00:00Z");
    // Claimed, and neither sent nor given back.
    let killed = state.claim(one_of_each(), start).await.unwrap();
    assert_eq!(killed.alerts.len(), one_of_each().len());
    let before = (start + TimeDelta::minutes(59)).to_rfc3339();
    let new = [one_of_each(), vec![spike("Eve")]].concat();
    assert_eq!(
        delivered(&state, new, &before).await,
        ["spike/id-of-eve/2026-11-20"],
        "a claim of another run holds"
    );
    let after = (start + TimeDelta::minutes(60)).to_rfc3339();
    assert_eq!(
        delivered(&state, one_of_each(), &after).await.len(),
        one_of_each().len()
    );
    assert!(delivered(&state, one_of_each(), &after).await.is_empty());
    // The first run was not killed, only slow: it changes nothing any more.
    state.confirm(&killed, start).await.unwrap();
    state.release(&killed).await.unwrap();
    assert!(delivered(&state, one_of_each(), &after).await.is_empty());
}

/// A store whose first write succeeds and looks as if another run had been quicker: the answer was lost, and the request was repeated.
struct LosesAnAnswer {
    store: FolderState,
    writes: AtomicUsize,
}

impl StateStore for LosesAnAnswer {
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<StoredState>, StateError>> {
        self.store.read(name)
    }

    fn replace<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        expected: Option<&'a str>,
    ) -> BoxFuture<'a, Result<bool, StateError>> {
        Box::pin(async move {
            let is_first = self.writes.fetch_add(1, Ordering::SeqCst) == 0;
            let is_replaced = self.store.replace(name, content, expected).await?;
            Ok(is_replaced && !is_first)
        })
    }
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_recognized() {
    let folder = TempDir::new().unwrap();
    let store = LosesAnAnswer {
        store: FolderState::below(folder.path()),
        writes: AtomicUsize::new(0),
    };
    let state = AlertState::new(&store, "webhook");
    let alerts = vec![spike("Ann"), spike("Eve")];
    let sent = delivered(&state, alerts.clone(), "2026-11-21T03:00:00Z").await;
    assert_eq!(
        sent,
        ["spike/id-of-ann/2026-11-20", "spike/id-of-eve/2026-11-20"]
    );
    // The claim and its confirmation: nothing was claimed twice.
    assert_eq!(store.writes.load(Ordering::SeqCst), 2);
    assert!(
        delivered(&state, alerts, "2026-11-22T03:00:00Z")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn the_state_names_nobody_and_is_private() {
    let folder = TempDir::new().unwrap();
    let store = FolderState::below(folder.path());
    let state = AlertState::new(&store, "webhook");
    delivered(&state, one_of_each(), "2026-11-21T03:00:00Z").await;
    let path = folder.path().join("alerts/webhook/2026-11.json");
    let text = fs::read_to_string(&path).unwrap();
    for name in ["Ann", "Bo", "id-of", "123456789012", "spike"] {
        assert!(!text.contains(name), "{text}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn months_older_than_a_year_are_removed() {
    let folder = TempDir::new().unwrap();
    let months = folder.path().join("alerts/webhook");
    fs::create_dir_all(&months).unwrap();
    for month in ["2025-10", "2025-11"] {
        fs::write(months.join(format!("{month}.json")), "{}").unwrap();
    }
    let store = FolderState::below(folder.path());
    let state = AlertState::new(&store, "webhook");
    delivered(&state, vec![spike("Ann")], "2026-11-21T03:00:00Z").await;
    assert!(!months.join("2025-10.json").exists());
    assert!(months.join("2025-11.json").exists());
}

#[tokio::test]
async fn a_damaged_state_sends_nothing() {
    let folder = TempDir::new().unwrap();
    let store = FolderState::below(folder.path());
    let state = AlertState::new(&store, "webhook");
    delivered(&state, vec![spike("Ann")], "2026-11-21T03:00:00Z").await;
    let path = folder.path().join("alerts/webhook/2026-11.json");
    for (content, text) in [
        (
            "{\"version\": 1, \"messages\": [Ann",
            "is damaged: line 1, column 29",
        ),
        ("{\"version\": 2}", "has version 2, expected 1"),
    ] {
        fs::write(&path, content).unwrap();
        let claimed = state.claim(vec![spike("Ann")], at("2026-11-22T03:00:00Z"));
        let error = claimed.await.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
        assert!(!error.contains("Ann"), "{error}");
    }
}

/// What every store of the state does.
pub(crate) async fn assert_conforms(store: &dyn StateStore) {
    let name = "channel/2026-11.json";
    assert_eq!(store.read(name).await.unwrap(), None);
    assert!(!store.replace(name, b"x".to_vec(), Some("0")).await.unwrap());
    assert!(store.replace(name, b"one".to_vec(), None).await.unwrap());
    assert!(!store.replace(name, b"two".to_vec(), None).await.unwrap());
    let first = store.read(name).await.unwrap().unwrap();
    assert_eq!(first.content, b"one");
    let version = Some(first.version.as_str());
    assert!(store.replace(name, b"two".to_vec(), version).await.unwrap());
    assert!(
        !store
            .replace(name, b"three".to_vec(), version)
            .await
            .unwrap()
    );
    let second = store.read(name).await.unwrap().unwrap();
    assert_eq!(second.content, b"two");
    assert_ne!(second.version, first.version);
}

#[tokio::test]
async fn a_folder_conforms() {
    let folder = TempDir::new().unwrap();
    assert_conforms(&FolderState::below(folder.path())).await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_an_error_with_its_name() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("alerts"), "a file").unwrap();
    let store = FolderState::below(folder.path());
    let state = AlertState::new(&store, "webhook");
    let claimed = state.claim(vec![spike("Ann")], at("2026-11-22T03:00:00Z"));
    let error = claimed.await.unwrap_err();
    assert!(
        matches!(error, StateError::Read { .. } | StateError::Write { .. }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("webhook/2026-11.json"),
        "{error}"
    );
}
