//! What every object store must do; the same suite for all of them.

use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use kiro_ingest::{InMemoryStore, LocalFolder, ObjectMeta, ObjectStore, StoreErrorKind};
use kiro_report::ObjectKey;

use crate::kiro_exports::runtime;

async fn write(store: &dyn ObjectStore, key: &str, pieces: &[&[u8]]) {
    let mut writer = store.create(&ObjectKey::new(key)).await.unwrap();
    for piece in pieces {
        writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
    }
    writer.finish().await.unwrap();
}

async fn list(store: &dyn ObjectStore, prefix: &str) -> Vec<ObjectMeta> {
    let mut found: Vec<_> = store.list(prefix).map(Result::unwrap).collect().await;
    found.sort_by(|one, other| one.key.cmp(&other.key));
    found
}

async fn keys(store: &dyn ObjectStore, prefix: &str) -> Vec<String> {
    list(store, prefix)
        .await
        .iter()
        .map(|object| object.key.as_str().to_owned())
        .collect()
}

async fn read(store: &dyn ObjectStore, object: &ObjectMeta) -> Vec<u8> {
    let mut reader = store.get(object).await.unwrap();
    let mut content = Vec::new();
    while let Some(piece) = reader.next().await.unwrap() {
        assert!(!piece.is_empty());
        content.extend_from_slice(&piece);
    }
    assert_eq!(reader.next().await.unwrap(), None);
    content
}

async fn suite(store: Arc<dyn ObjectStore>) {
    let store = store.as_ref();
    assert_eq!(keys(store, "").await, Vec::<String>::new());

    // What is written is what is read, in however many pieces.
    let long = vec![b'x'; 3 << 20];
    write(store, "a/b/one.csv", &[b"hello ", b"world"]).await;
    write(store, "a/two.csv", &[&long, b"end", &long]).await;
    write(store, "empty", &[]).await;
    assert_eq!(keys(store, "").await, ["a/b/one.csv", "a/two.csv", "empty"]);
    assert_eq!(keys(store, "a/").await, ["a/b/one.csv", "a/two.csv"]);
    let all = list(store, "").await;
    assert_eq!(
        all.iter().map(|object| object.bytes).collect::<Vec<_>>(),
        [11, 2 * long.len() as u64 + 3, 0]
    );
    assert_eq!(read(store, &all[0]).await, b"hello world");
    assert_eq!(
        read(store, &all[1]).await,
        [&long[..], b"end", &long].concat()
    );
    assert_eq!(read(store, &all[2]).await, b"");

    // The tag tells contents apart and nothing else.
    let tag = store.content_tag(&all[0]).await.unwrap();
    assert!(!tag.is_empty());
    assert_ne!(store.content_tag(&all[1]).await.unwrap(), tag);
    write(store, "same", &[b"hello world"]).await;
    assert_eq!(
        store
            .content_tag(&list(store, "same").await[0])
            .await
            .unwrap(),
        tag
    );

    // An object is replaced whole, and what was listed before is not read as if it were still there.
    let mut writer = store.create(&ObjectKey::new("a/b/one.csv")).await.unwrap();
    writer
        .write(Bytes::from_static(b"something longer than before"))
        .await
        .unwrap();
    assert_eq!(read(store, &all[0]).await, b"hello world");
    writer.finish().await.unwrap();
    assert_eq!(
        read(store, &list(store, "a/b/").await[0]).await,
        b"something longer than before"
    );
    let stale = async {
        let mut reader = store.get(&all[0]).await?;
        while reader.next().await?.is_some() {}
        Ok(())
    };
    assert!(matches!(
        stale.await,
        Err(kiro_ingest::StoreError {
            kind: StoreErrorKind::Changed,
            ..
        })
    ));

    // What is given up, or dropped, never existed.
    for give_up in [true, false] {
        let mut writer = store.create(&ObjectKey::new("never")).await.unwrap();
        writer.write(Bytes::from(long.clone())).await.unwrap();
        if give_up {
            writer.abort().await;
        }
    }
    assert_eq!(
        keys(store, "").await,
        ["a/b/one.csv", "a/two.csv", "empty", "same"]
    );

    // Nobody finds what is not there.
    let missing = ObjectMeta {
        key: ObjectKey::new("missing"),
        ..all[0].clone()
    };
    let missing = async { store.get(&missing).await?.next().await };
    assert!(matches!(
        missing.await,
        Err(kiro_ingest::StoreError {
            kind: StoreErrorKind::NotFound,
            ..
        })
    ));
}

#[test]
fn the_store_in_memory_conforms() {
    runtime().block_on(suite(Arc::new(InMemoryStore::new())));
}

#[test]
fn a_local_folder_conforms() {
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(suite(Arc::new(LocalFolder::create(folder.path()).unwrap())));
}
