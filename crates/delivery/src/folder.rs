//! A folder of this machine. Only its owner can read what is created.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use kiro_ingest::{StoreError, create_private_folder};
use kiro_report::ObjectKey;

use crate::destination::{Destination, Link, VersionedContent};
use crate::report_file::{ReportFile, sha256};

/// Makes read, compare and replace one step between programs.
const LOCK: &str = ".kiro-analytics.lock";

/// A folder, created with its first file.
#[derive(Debug, Clone)]
pub struct FolderDestination {
    root: PathBuf,
}

impl FolderDestination {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, name: &str) -> PathBuf {
        let mut path = self.root.clone();
        path.extend(name.split('/'));
        path
    }

    fn error(&self, operation: &'static str, name: &str, error: io::Error) -> StoreError {
        StoreError::new(
            operation,
            &ObjectKey::new(self.location(name)),
            error.into(),
        )
    }
}

impl Destination for FolderDestination {
    fn read<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<VersionedContent>, StoreError>> {
        Box::pin(async move {
            let path = self.path(name);
            let read = blocking(move || read_existing(&path)).await;
            let content = read.map_err(|error| self.error("read", name, error))?;
            Ok(content.map(|content| VersionedContent {
                version: sha256(&content),
                content,
            }))
        })
    }

    fn replace<'a>(
        &'a self,
        file: &'a ReportFile,
        version: Option<&'a str>,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let (root, path) = (self.root.clone(), self.path(&file.name));
            let content = file.content.clone();
            let expected = version.map(str::to_owned);
            let written =
                blocking(move || replace_file(&root, &path, &content, expected.as_deref()));
            written
                .await
                .map_err(|error| self.error("write", &file.name, error))
        })
    }

    fn location(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn link<'a>(
        &'a self,
        name: &'a str,
        _: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Link, StoreError>> {
        Box::pin(async move {
            let path = std::path::absolute(self.path(name));
            let path = path.map_err(|error| self.error("find", name, error))?;
            Ok(Link {
                target: path.display().to_string(),
                expires_at: None,
            })
        })
    }
}

fn replace_file(
    root: &Path,
    path: &Path,
    content: &[u8],
    expected: Option<&str>,
) -> io::Result<bool> {
    let folder = path.parent().unwrap_or(root);
    create_private_folder(folder)?;
    let _lock = lock(root)?;
    let existing = read_existing(path)?;
    if existing.as_deref().map(sha256).as_deref() != expected {
        return Ok(false);
    }
    // A file of `tempfile` is readable by its owner only, and gone if this process ends.
    let mut file = tempfile::Builder::new()
        .prefix(".report-")
        .suffix(".part")
        .tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(true)
}

/// Waits for other programs. The lock ends when the file is closed, however the program ends.
fn lock(root: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(root.join(LOCK))?;
    file.lock()?;
    Ok(file)
}

fn read_existing(path: &Path) -> io::Result<Option<Bytes>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{StoreStatus, store};

    fn file(content: &'static str) -> ReportFile {
        ReportFile::csv("weekly/a/b.csv".to_owned(), content)
    }

    #[tokio::test]
    async fn an_unchanged_file_is_not_written_again_and_a_changed_one_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let destination = FolderDestination::new(folder.path().join("new"));
        let path = folder.path().join("new/weekly/a/b.csv");
        let written = store(&destination, &file("one")).await.unwrap();
        assert_eq!(written.status, StoreStatus::Written);
        assert_eq!(written.location, path.display().to_string());
        assert_eq!(written.sha256, sha256(b"one"));
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        let again = store(&destination, &file("one")).await.unwrap();
        assert_eq!(again.status, StoreStatus::Unchanged);
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
        let changed = store(&destination, &file("two")).await.unwrap();
        assert_eq!(changed.status, StoreStatus::Written);
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
    }

    #[tokio::test]
    async fn a_file_is_replaced_only_if_it_is_the_one_that_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let destination = FolderDestination::new(folder.path());
        assert!(!destination.replace(&file("x"), Some("v")).await.unwrap());
        assert!(destination.replace(&file("one"), None).await.unwrap());
        assert!(!destination.replace(&file("two"), None).await.unwrap());
        let read = destination.read("weekly/a/b.csv").await.unwrap().unwrap();
        assert_eq!(read.content, "one");
        let version = Some(read.version.as_str());
        assert!(destination.replace(&file("two"), version).await.unwrap());
        assert!(!destination.replace(&file("three"), version).await.unwrap());
        let names: Vec<_> = fs::read_dir(folder.path().join("weekly/a"))
            .unwrap()
            .collect();
        assert_eq!(names.len(), 1, "no temporary file stays");
    }

    #[tokio::test]
    async fn of_many_runs_at_once_one_writes() {
        let folder = tempfile::tempdir().unwrap();
        let destination = FolderDestination::new(folder.path());
        let (report, written) = (file("same"), std::cell::Cell::new(0));
        let runs = (0..8).map(|_| async {
            let stored = store(&destination, &report).await.unwrap();
            if stored.status == StoreStatus::Written {
                written.set(written.get() + 1);
            }
        });
        futures::future::join_all(runs).await;
        assert_eq!(written.get(), 1);
    }
}
