//! The conformance suite of object stores, which the stores of other crates run too.

use bytes::Bytes;
use futures::StreamExt;
use kiro_ingest::{ObjectMeta, ObjectStore, PutMode, StoreError, StoreErrorKind};
use kiro_report::ObjectKey;

async fn write(store: &dyn ObjectStore, key: &str, pieces: &[&[u8]]) {
    let mut writer = store
        .create(&ObjectKey::new(key), PutMode::Overwrite)
        .await
        .unwrap();
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

/// Tests an empty store.
pub(crate) async fn suite(store: &dyn ObjectStore) {
    assert_eq!(keys(store, "").await, Vec::<String>::new());

    // An object is read as it was written, in any number of pieces.
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

    // The tag depends on the content alone.
    let e_tag = store.e_tag(&all[0]).await.unwrap();
    assert!(!e_tag.is_empty());
    assert_ne!(store.e_tag(&all[1]).await.unwrap(), e_tag);
    write(store, "same", &[b"hello world"]).await;
    assert_eq!(
        store.e_tag(&list(store, "same").await[0]).await.unwrap(),
        e_tag
    );

    // An object is replaced whole, and the listed version cannot be read any more.
    let mut writer = store
        .create(&ObjectKey::new("a/b/one.csv"), PutMode::Overwrite)
        .await
        .unwrap();
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
        Err(StoreError {
            kind: StoreErrorKind::Changed,
            ..
        })
    ));

    // With `PutMode::Create`, one of two concurrent objects remains, whole.
    let mut writer = store
        .create(&ObjectKey::new("new"), PutMode::Create)
        .await
        .unwrap();
    writer.write(Bytes::from_static(b"mine")).await.unwrap();
    write(store, "new", &[b"another's"]).await;
    writer.finish().await.unwrap();
    let found = read(store, &list(store, "new").await[0]).await;
    assert!(found == b"mine" || found == b"another's", "{found:?}");
    let mut writer = store
        .create(&ObjectKey::new("newer"), PutMode::Create)
        .await
        .unwrap();
    writer.write(Bytes::from_static(b"mine")).await.unwrap();
    writer.finish().await.unwrap();
    assert_eq!(read(store, &list(store, "newer").await[0]).await, b"mine");

    // An aborted or dropped object never existed.
    for give_up in [true, false] {
        let mut writer = store
            .create(&ObjectKey::new("never"), PutMode::Overwrite)
            .await
            .unwrap();
        writer.write(Bytes::from(long.clone())).await.unwrap();
        if give_up {
            writer.abort().await;
        }
    }
    assert_eq!(
        keys(store, "").await,
        ["a/b/one.csv", "a/two.csv", "empty", "new", "newer", "same"]
    );

    // A missing object is an error.
    let missing = ObjectMeta {
        key: ObjectKey::new("missing"),
        ..all[0].clone()
    };
    let missing = async { store.get(&missing).await?.next().await };
    assert!(matches!(
        missing.await,
        Err(StoreError {
            kind: StoreErrorKind::NotFound,
            ..
        })
    ));
}
