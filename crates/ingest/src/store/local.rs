//! A folder of this machine as an object store.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use kiro_report::ObjectKey;
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

use super::local_listing::list_folder;
use super::local_staging::Staging;
use super::local_writer::LocalWriter;
use crate::private::create_private_folder;
use crate::store::{
    ObjectMeta, ObjectReader, ObjectStore, ObjectWriter, PutMode, StoreError, StoreErrorKind,
    key_prefix,
};

/// Maximum size of a read.
const PIECE_BYTES: u64 = 512 << 10;

/// A folder of this machine.
///
/// Keys are paths below the folder, with `/`. Links to files are followed. Links to folders are followed only if they lead
/// out of the folder, so that no file is listed twice.
#[derive(Debug)]
pub struct LocalFolder {
    root: PathBuf,
    /// What every key begins with before the path below the root: empty, or ending in `/`.
    key_prefix: String,
    staging: Mutex<Option<Arc<Staging>>>,
}

impl LocalFolder {
    /// Opens a folder to read from.
    ///
    /// # Errors
    ///
    /// If it does not exist or is not a folder.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let fail = |kind| StoreError::new("read", &ObjectKey::new(path.to_string_lossy()), kind);
        let metadata = fs::metadata(path).map_err(|error| fail(error.into()))?;
        if !metadata.is_dir() {
            return Err(fail(StoreErrorKind::NotAFolder));
        }
        let key_prefix = [std::path::absolute(path), fs::canonicalize(path)]
            .into_iter()
            .filter_map(Result::ok)
            .find_map(|path| below_account_root(&path))
            .unwrap_or_default();
        Ok(Self {
            root: path.to_path_buf(),
            key_prefix,
            staging: Mutex::new(None),
        })
    }

    /// Opens a folder to write to, and creates it if it does not exist. Only its owner can read what is created.
    ///
    /// # Errors
    ///
    /// If it cannot be created or written to.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let root = path.as_ref().to_path_buf();
        let fail =
            |kind| StoreError::new("write to", &ObjectKey::new(root.to_string_lossy()), kind);
        create_private_folder(&root).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => fail(StoreErrorKind::NotAFolder),
            _ => fail(error.into()),
        })?;
        let staging = Staging::begin(&root).map_err(|error| fail(error.into()))?;
        Ok(Self {
            root,
            key_prefix: String::new(),
            staging: Mutex::new(Some(Arc::new(staging))),
        })
    }

    /// The path of the folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn path_of(&self, key: &ObjectKey) -> Result<PathBuf, StoreErrorKind> {
        let below = key
            .as_str()
            .strip_prefix(&self.key_prefix)
            .unwrap_or(key.as_str());
        let below = Path::new(below);
        let is_below = below
            .components()
            .all(|component| matches!(component, Component::Normal(_)));
        if is_below {
            Ok(self.root.join(below))
        } else {
            Err(StoreErrorKind::NotFound)
        }
    }

    fn staging(&self) -> io::Result<Arc<Staging>> {
        let mut staging = self.staging.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(staging) = &*staging {
            return Ok(Arc::clone(staging));
        }
        Ok(Arc::clone(
            staging.insert(Arc::new(Staging::begin(&self.root)?)),
        ))
    }

    fn open_writer(&self, key: &ObjectKey) -> Result<LocalWriter, StoreErrorKind> {
        Ok(LocalWriter::new(
            key.clone(),
            self.path_of(key)?,
            self.staging()?,
        ))
    }
}

/// The key prefix of a folder's path.
fn below_account_root(path: &Path) -> Option<String> {
    let segments: Vec<&str> = path
        .components()
        .filter_map(|segment| segment.as_os_str().to_str())
        .collect();
    key_prefix(&segments)
}

impl ObjectStore for LocalFolder {
    fn list<'a>(&'a self, prefix: &'a str) -> BoxStream<'a, Result<ObjectMeta, StoreError>> {
        let (root, key_prefix) = (self.root.clone(), self.key_prefix.clone());
        let walk = async move {
            let found = run_blocking(move || Ok(list_folder(&root, &key_prefix))).await;
            found.unwrap_or_else(|kind| vec![Err(list_error(kind))])
        };
        let has_prefix = move |object: &Result<ObjectMeta, StoreError>| {
            object
                .as_ref()
                .map_or(true, |object| object.key.as_str().starts_with(prefix))
        };
        stream::once(walk)
            .flat_map(move |found| {
                stream::iter(found.into_iter().filter(move |object| has_prefix(object)))
            })
            .boxed()
    }

    fn e_tag<'a>(&'a self, object: &'a ObjectMeta) -> BoxFuture<'a, Result<String, StoreError>> {
        Box::pin(async move {
            let fail = |kind| StoreError::new("read", &object.key, kind);
            let path = self.path_of(&object.key).map_err(fail)?;
            let version = Version::of_listed(object);
            run_blocking(move || hash_file(&path, version))
                .await
                .map_err(fail)
        })
    }

    fn get<'a>(
        &'a self,
        object: &'a ObjectMeta,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectReader>, StoreError>> {
        Box::pin(async move {
            let fail = |kind| StoreError::new("read", &object.key, kind);
            let path = self.path_of(&object.key).map_err(fail)?;
            let version = Version::of_listed(object);
            let pending = spawn_read(move || VersionedFile::open(&path, version));
            Ok(Box::new(LocalReader {
                key: object.key.clone(),
                pending: Some(pending),
            }) as Box<dyn ObjectReader>)
        })
    }

    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
        _mode: PutMode,
    ) -> BoxFuture<'a, Result<Box<dyn ObjectWriter>, StoreError>> {
        Box::pin(async move {
            let writer = self.open_writer(key);
            let fail = |kind| StoreError::new("write", key, kind);
            Ok(Box::new(writer.map_err(fail)?) as Box<dyn ObjectWriter>)
        })
    }
}

fn list_error(kind: StoreErrorKind) -> StoreError {
    StoreError::new("list", &ObjectKey::new("."), kind)
}

/// Runs file operations on a thread that may block.
pub(super) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreErrorKind> + Send + 'static,
) -> Result<T, StoreErrorKind> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StoreErrorKind::Io(error.into())),
    }
}

/// Size and time of a file when it was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version {
    bytes: u64,
    modified: DateTime<Utc>,
}

impl Version {
    fn of_listed(object: &ObjectMeta) -> Self {
        Self {
            bytes: object.bytes,
            modified: object.last_modified,
        }
    }

    fn check(self, file: &File) -> Result<(), StoreErrorKind> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(StoreErrorKind::NotAFile);
        }
        let now = Self {
            bytes: metadata.len(),
            modified: metadata.modified()?.into(),
        };
        if now == self {
            Ok(())
        } else {
            Err(StoreErrorKind::Changed)
        }
    }
}

/// A file that must not change until it has been read.
struct VersionedFile {
    file: File,
    version: Version,
    left: u64,
}

impl VersionedFile {
    fn open(path: &Path, version: Version) -> Result<Self, StoreErrorKind> {
        let file = File::open(path)?;
        version.check(&file)?;
        Ok(Self {
            file,
            version,
            left: version.bytes,
        })
    }

    /// The next piece; `None` at the end of an unchanged file.
    fn read_piece(&mut self) -> Result<Option<Bytes>, StoreErrorKind> {
        let length = self.left.min(PIECE_BYTES);
        if length == 0 {
            self.version.check(&self.file)?;
            return Ok(None);
        }
        let mut piece = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        (&mut self.file).take(length).read_to_end(&mut piece)?;
        if piece.len() as u64 != length {
            return Err(StoreErrorKind::Changed);
        }
        self.left -= length;
        Ok(Some(piece.into()))
    }
}

/// The first 32 hexadecimal digits of the content's SHA-256.
fn hash_file(path: &Path, version: Version) -> Result<String, StoreErrorKind> {
    let mut file = VersionedFile::open(path, version)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; usize::try_from(version.bytes.clamp(1, PIECE_BYTES)).unwrap_or(1)];
    while file.left > 0 {
        let read = file.file.read(&mut buffer)?;
        if read == 0 {
            return Err(StoreErrorKind::Changed);
        }
        digest.update(&buffer[..read]);
        file.left = file
            .left
            .checked_sub(read as u64)
            .ok_or(StoreErrorKind::Changed)?;
    }
    version.check(&file.file)?;
    Ok(hex::encode(&digest.finalize()[..16]))
}

/// A piece, and the file to read the next piece from.
type PieceRead = Result<(VersionedFile, Option<Bytes>), StoreErrorKind>;

fn spawn_read(
    open: impl FnOnce() -> Result<VersionedFile, StoreErrorKind> + Send + 'static,
) -> JoinHandle<PieceRead> {
    tokio::task::spawn_blocking(move || {
        let mut file = open()?;
        let piece = file.read_piece()?;
        Ok((file, piece))
    })
}

/// Reads a file one piece ahead.
struct LocalReader {
    key: ObjectKey,
    pending: Option<JoinHandle<PieceRead>>,
}

impl ObjectReader for LocalReader {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        Box::pin(async move {
            let Some(pending) = self.pending.take() else {
                return Ok(None);
            };
            let read = pending
                .await
                .unwrap_or_else(|error| Err(StoreErrorKind::Io(error.into())));
            let (file, piece) = read.map_err(|kind| StoreError::new("read", &self.key, kind))?;
            if piece.is_some() {
                self.pending = Some(spawn_read(move || Ok(file)));
            }
            Ok(piece)
        })
    }
}
