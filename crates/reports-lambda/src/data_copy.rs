//! A copy of the parts and the names on the function's disk, in the layout of a local data folder. What is there from an earlier
//! invocation is not read again.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use futures::{StreamExt, TryStreamExt, stream};
use kiro_ingest::{LocalFolder, ObjectMeta, ObjectStore, PutMode, StoreError};
use kiro_report::{Dataset, ObjectKey};

/// Objects that are read at the same time.
const MAX_CONCURRENT_READS: usize = 8;
/// The folder of the names in a data folder, and their file in both places.
const NAMES_FOLDER: &str = "identity";
const NAMES_FILE: &str = "people.parquet";

/// Where the data are.
#[derive(Clone, Copy)]
pub struct DataSource<'a> {
    /// The folder of the parts: keys begin with the folder of a dataset.
    pub parts: &'a dyn ObjectStore,
    /// The folder of the map of names; `None` without names.
    pub names: Option<&'a dyn ObjectStore>,
}

/// What an update has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CopyCounts {
    pub objects: usize,
    pub copied: usize,
    pub copied_bytes: u64,
    pub removed: usize,
}

/// The copy. It belongs to this process: what another one has left is removed.
#[derive(Debug)]
pub struct DataCopy {
    folder: PathBuf,
    /// The entity tags of the copied objects, by path below the folder.
    copied: BTreeMap<String, String>,
}

/// An object to have in the copy.
struct Desired<'a> {
    store: &'a dyn ObjectStore,
    object: ObjectMeta,
    path: String,
    e_tag: String,
}

impl DataCopy {
    /// A copy with nothing in it yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            copied: BTreeMap::new(),
        }
    }

    /// The folder, as the engine opens it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Copies what is new or has changed, and removes what is gone. After an error, the next update goes on.
    ///
    /// # Errors
    ///
    /// If an object cannot be listed, read or written.
    pub async fn update(&mut self, source: DataSource<'_>) -> Result<CopyCounts, StoreError> {
        if self.copied.is_empty() {
            let removed = fs::remove_dir_all(&self.folder);
            unless_missing(&self.folder, removed)?;
        }
        let local = LocalFolder::create(&self.folder)?;
        let desired = list(source).await?;
        let mut counts = CopyCounts {
            objects: desired.len(),
            ..CopyCounts::default()
        };
        let gone = self
            .copied
            .keys()
            .filter(|path| !desired.contains_key(*path));
        for path in gone.cloned().collect::<Vec<_>>() {
            let file = self.folder.join(&path);
            unless_missing(&file, fs::remove_file(&file))?;
            self.copied.remove(&path);
            counts.removed += 1;
        }
        let missing = desired
            .into_values()
            .filter(|desired| self.copied.get(&desired.path) != Some(&desired.e_tag));
        let missing: Vec<Desired<'_>> = missing.collect();
        let reads = missing.iter().map(|desired| copy(desired, &local));
        let mut reads = stream::iter(reads).buffer_unordered(MAX_CONCURRENT_READS);
        while let Some(desired) = reads.try_next().await? {
            counts.copied += 1;
            counts.copied_bytes += desired.object.bytes;
            self.copied
                .insert(desired.path.clone(), desired.e_tag.clone());
        }
        Ok(counts)
    }
}

/// All objects of the source that belong into a data folder, by path.
async fn list(source: DataSource<'_>) -> Result<BTreeMap<String, Desired<'_>>, StoreError> {
    let mut listed = Vec::new();
    for dataset in Dataset::ALL {
        let prefix = format!("{}/", dataset.folder());
        let objects = source.parts.list(&prefix);
        let objects: Vec<ObjectMeta> = objects.try_collect().await?;
        listed.extend(objects.into_iter().map(|object| {
            let path = object.key.as_str().to_owned();
            (source.parts, object, path)
        }));
    }
    if let Some(names) = source.names {
        let objects: Vec<ObjectMeta> = names.list(NAMES_FILE).try_collect().await?;
        let map = objects
            .into_iter()
            .find(|object| object.key.as_str() == NAMES_FILE);
        let path = format!("{NAMES_FOLDER}/{NAMES_FILE}");
        listed.extend(map.map(|object| (names, object, path)));
    }
    let mut desired = BTreeMap::new();
    for (store, object, path) in listed {
        if Path::new(&path)
            .extension()
            .is_none_or(|kind| kind != "parquet")
        {
            continue;
        }
        let e_tag = store.e_tag(&object).await?;
        let entry = Desired {
            store,
            object,
            path: path.clone(),
            e_tag,
        };
        desired.insert(path, entry);
    }
    Ok(desired)
}

async fn copy<'a, 'b>(
    desired: &'b Desired<'a>,
    local: &LocalFolder,
) -> Result<&'b Desired<'a>, StoreError> {
    let key = ObjectKey::new(desired.path.as_str());
    let mut reader = desired.store.get(&desired.object).await?;
    let mut writer = local.create(&key, PutMode::Overwrite).await?;
    while let Some(piece) = reader.next().await? {
        writer.write(piece).await?;
    }
    writer.finish().await?;
    Ok(desired)
}

/// What does not exist need not be removed.
fn unless_missing(path: &Path, removed: io::Result<()>) -> Result<(), StoreError> {
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            let key = ObjectKey::new(path.to_string_lossy());
            Err(StoreError::new("remove", &key, error.into()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: &str = "facts/export_date=2026-07-10/part-0123456789abcdef.parquet";
    const OTHER: &str = "code/export_date=2026-07-10/part-fedcba9876543210.parquet";

    fn put(folder: &Path, path: &str, content: &str) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    async fn update(copy: &mut DataCopy, parts: &Path, names: &Path) -> CopyCounts {
        let parts = LocalFolder::open(parts).unwrap();
        let names = LocalFolder::open(names).unwrap();
        let source = DataSource {
            parts: &parts,
            names: Some(&names),
        };
        copy.update(source).await.unwrap()
    }

    #[tokio::test]
    async fn only_what_is_new_or_changed_is_copied_and_what_is_gone_is_removed() {
        let scratch = tempfile::tempdir().unwrap();
        let path = |name: &str| scratch.path().join(name);
        let (parts, names, copy_folder) = (path("parts"), path("names"), path("copy"));
        put(&parts, PART, "one");
        put(&parts, OTHER, "other");
        put(&parts, "versions/0123456789abcdef/1.txt", "not data");
        put(&names, NAMES_FILE, "names");
        put(&names, "notes.txt", "not data");
        // Another process has left something.
        put(
            &copy_folder,
            "models/export_date=2026-01-01/part-1.parquet",
            "old",
        );
        let mut copy = DataCopy::new(&copy_folder);
        let first = update(&mut copy, &parts, &names).await;
        assert_eq!((first.objects, first.copied, first.removed), (3, 3, 0));
        let read = |path: &str| fs::read_to_string(copy_folder.join(path)).ok();
        assert_eq!(read(PART).as_deref(), Some("one"));
        assert_eq!(read("identity/people.parquet").as_deref(), Some("names"));
        assert_eq!(read("models/export_date=2026-01-01/part-1.parquet"), None);
        assert!(!copy_folder.join("versions").exists());
        let again = update(&mut copy, &parts, &names).await;
        assert_eq!((again.objects, again.copied, again.removed), (3, 0, 0));
        put(&parts, PART, "another content");
        fs::remove_file(parts.join(OTHER)).unwrap();
        let changed = update(&mut copy, &parts, &names).await;
        assert_eq!(
            (changed.objects, changed.copied, changed.removed),
            (2, 1, 1)
        );
        assert_eq!(changed.copied_bytes, 15);
        assert_eq!(read(PART).as_deref(), Some("another content"));
        assert_eq!(read(OTHER), None);
    }
}
