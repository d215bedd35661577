//! Finding the export of a source with the content of a file.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use kiro_ingest::{
    ContentHash, ContentHasher, InMemoryStore, LocalFolder, ObjectMeta, ObjectReader, ObjectStore,
    ObjectWriter, PutMode, StoreError, find_same_content,
};
use kiro_report::ObjectKey;

use crate::faulty_store::{Fault, FaultyStore};
use crate::kiro_exports::{IDE, TWO_USERS, key_of_day, runtime};

/// A store whose listing tags objects as a bucket does.
struct TaggedStore {
    inner: Arc<FaultyStore>,
    tag: &'static str,
}

impl ObjectStore for TaggedStore {
    fn list<'a>(&'a self, prefix: &'a str) -> BoxStream<'a, Result<ObjectMeta, StoreError>> {
        let tag = self.tag;
        let tagged = move |object: ObjectMeta| ObjectMeta {
            e_tag: Some(tag.to_owned()),
            ..object
        };
        let listing = self.inner.inner.list(prefix);
        listing.map(move |object| object.map(tagged)).boxed()
    }

    fn e_tag<'a>(&'a self, object: &'a ObjectMeta) -> BoxFuture<'a, Result<String, StoreError>> {
        Box::pin(async move { Ok(object.e_tag.clone().unwrap_or_default()) })
    }

    fn get<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectReader>, StoreError>> {
        Box::pin(async move {
            let object = ObjectMeta {
                e_tag: None,
                ..object.clone()
            };
            self.inner.get(&object).await
        })
    }

    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        self.inner.create(key, mode)
    }
}

fn find(source: &dyn ObjectStore, contents: &[&str]) -> Vec<Option<String>> {
    let hashes: Vec<ContentHash> = contents
        .iter()
        .map(|content| ContentHash::of(content.as_bytes()))
        .collect();
    let found = runtime().block_on(find_same_content(source, &hashes));
    found
        .into_iter()
        .map(|key| key.map(|key| key.as_str().to_owned()))
        .collect()
}

#[test]
fn a_content_is_found_under_any_name_and_only_among_exports() {
    let folder = tempfile::tempdir().unwrap();
    let other = TWO_USERS.replace("1.5", "2.5");
    for (key, content) in [(IDE, TWO_USERS), ("notes.txt", "a"), ("old.csv", "b")] {
        let path = folder.path().join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let source = LocalFolder::open(folder.path()).unwrap();
    let found = find(&source, &[TWO_USERS, &other, "a", "b", TWO_USERS]);
    let ide = Some(IDE.to_owned());
    assert_eq!(
        found,
        [ide.clone(), None, None, Some("old.csv".to_owned()), ide]
    );
}

#[test]
fn a_content_in_pieces_has_the_hash_of_the_whole() {
    let mut hasher = ContentHasher::new();
    for piece in TWO_USERS.as_bytes().chunks(7) {
        hasher.update(piece);
    }
    assert_eq!(hasher.finish(), ContentHash::of(TWO_USERS.as_bytes()));
}

#[test]
fn in_a_bucket_the_md5_of_the_listing_is_enough() {
    let objects = InMemoryStore::new();
    objects.put(IDE, "a,b\n");
    let watched = FaultyStore::new(&objects, Fault::Never);
    let source = TaggedStore {
        inner: Arc::clone(&watched),
        // printf 'a,b\n' | md5sum
        tag: "f69f5b72bc79a92dc70c63c9aa142e36",
    };
    assert_eq!(find(&source, &["a,b\n", "a"]), [Some(IDE.to_owned()), None]);
    assert_eq!(watched.requests.load(Ordering::Relaxed), 0);
}

#[test]
fn where_tags_are_no_hashes_a_few_exports_of_the_same_size_are_read() {
    let objects = InMemoryStore::new();
    for day in 1..=9 {
        objects.put(key_of_day(day).as_str(), format!("day {day}"));
    }
    let watched = FaultyStore::new(&objects, Fault::Never);
    let source = TaggedStore {
        inner: Arc::clone(&watched),
        tag: "0123456789abcdef0123456789abcdef-2",
    };
    assert_eq!(
        find(&source, &["day 2", "longer day"]),
        [Some(key_of_day(2)), None]
    );
    assert_eq!(find(&source, &["day 9"]), [None]);
    assert_eq!(watched.requests.load(Ordering::Relaxed), 2 + 4);
}
