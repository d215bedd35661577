//! Exports in a bucket, runs over them, and what they should amount to.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use kiro_ingest::{InMemoryStore, NoProgress, ObjectStore, RunError, RunSummary, normalize};
use kiro_report::Dataset;

use crate::kiro_exports::{key_of_day, options};
use crate::parts::sorted_rows;
use crate::stores::put;

pub(crate) const DAYS: u32 = 6;

/// Two users, one of them with two models, and a row without a user.
pub(crate) fn export_of_day(day: u32) -> String {
    format!(
        "Date,UserId,Client_Type,Credits_Used,Total_Messages,auto_messages,glm_5_messages\n\
         2026-07-{day:02},aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb,KIRO_IDE,{day}.5,10,7,3\n\
         2026-07-{day:02},cccccccc-1111-4222-8333-dddddddddddd,KIRO_CLI,2.25,5,0,5\n\
         2026-07-{day:02},,KIRO_CLI,1,1,1,1\n"
    )
}

/// Puts an export of each day below `logs/`.
pub(crate) async fn fill(bucket: &str) {
    for day in 1..=DAYS {
        put(
            bucket,
            &format!("logs/{}", key_of_day(day)),
            export_of_day(day),
        )
        .await;
    }
}

pub(crate) async fn run(
    source: impl ObjectStore + 'static,
    destination: impl ObjectStore + 'static,
) -> Result<RunSummary, RunError> {
    normalize(
        Arc::new(source),
        Arc::new(destination),
        &options(),
        Arc::new(NoProgress),
    )
    .await
}

/// All rows of all datasets. A part's name depends on the store's tags, and its times on the run and the store.
pub(crate) fn rows(store: &InMemoryStore) -> Vec<Vec<String>> {
    let rows = |dataset| sorted_rows(store, dataset, &["part_id", "processed_ts", "modified_ts"]);
    Dataset::ALL.map(rows).to_vec()
}

/// The rows of exports of these days, as they are without a network.
pub(crate) async fn expected_rows(days: impl IntoIterator<Item = u32>) -> Vec<Vec<String>> {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    for day in days {
        source.put(key_of_day(day).as_str(), export_of_day(day));
    }
    run(source, destination.clone()).await.unwrap();
    rows(&destination)
}

/// The rows of a destination.
pub(crate) async fn rows_of(store: &dyn ObjectStore) -> Vec<Vec<String>> {
    rows(&copy_of(store).await)
}

/// The same objects in memory.
pub(crate) async fn copy_of(store: &dyn ObjectStore) -> InMemoryStore {
    let copy = InMemoryStore::new();
    for object in store.list("").map(Result::unwrap).collect::<Vec<_>>().await {
        let mut reader = store.get(&object).await.unwrap();
        let mut content = Vec::new();
        while let Some(piece) = reader.next().await.unwrap() {
            content.extend_from_slice(&piece);
        }
        copy.put(object.key.as_str(), content);
    }
    copy
}

/// Every key of a store.
pub(crate) async fn keys(store: &dyn ObjectStore) -> Vec<String> {
    let listing = store
        .list("")
        .map_ok(|object| object.key.as_str().to_owned());
    listing.try_collect().await.unwrap()
}
