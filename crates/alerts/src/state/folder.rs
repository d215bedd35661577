//! The state in a folder of this machine. Only its owner can read what is created.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::{StateError, StateStore, StoredState};

/// A folder with the state. Two programs may use it at once: a lock file makes read, compare and replace one step.
#[derive(Debug, Clone)]
pub struct FolderState {
    root: PathBuf,
}

impl FolderState {
    /// The folder `alerts` of a data folder. Created with the first message.
    pub fn below(data: &Path) -> Self {
        Self {
            root: data.join("alerts"),
        }
    }

    fn replace_file(&self, name: &str, content: &[u8], expected: Option<&str>) -> io::Result<bool> {
        let path = self.root.join(name);
        let folder = path.parent().unwrap_or(&self.root).to_owned();
        create_folder(&folder)?;
        let _lock = self.lock()?;
        let current = read_existing(&path)?;
        if current.as_deref().map(version_of).as_deref() != expected {
            return Ok(false);
        }
        // A file of `tempfile` is readable by its owner only.
        let mut file = NamedTempFile::new_in(&folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        remove_old_months(&folder, &path);
        Ok(true)
    }

    /// Waits for other programs. The lock ends when the file is closed, however the program ends.
    fn lock(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.root.join("lock"))?;
        file.lock()?;
        Ok(file)
    }

    fn object(&self, name: &str) -> String {
        self.root.join(name).display().to_string()
    }
}

impl StateStore for FolderState {
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<StoredState>, StateError>> {
        Box::pin(async move {
            let path = self.root.join(name);
            let read = run_blocking(move || read_existing(&path)).await;
            let content = read.map_err(|source| StateError::Read {
                object: self.object(name),
                source: source.into(),
            })?;
            Ok(content.map(|content| StoredState {
                version: version_of(&content),
                content,
            }))
        })
    }

    fn replace<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        expected: Option<&'a str>,
    ) -> BoxFuture<'a, Result<bool, StateError>> {
        Box::pin(async move {
            let (folder, file) = (self.clone(), name.to_owned());
            let expected = expected.map(str::to_owned);
            let replaced =
                run_blocking(move || folder.replace_file(&file, &content, expected.as_deref()));
            replaced.await.map_err(|source| StateError::Write {
                object: self.object(name),
                source: source.into(),
            })
        })
    }
}

/// Removes the months that are more than a year older than this one. No alert has them any more: a cycle is a month or a day near
/// the newest day of the data. A file that cannot be removed costs a little space.
fn remove_old_months(folder: &Path, newest: &Path) {
    let stem = |path: &Path| path.file_stem()?.to_str().map(str::to_owned);
    let Some((year, month)) = stem(newest).and_then(|stem| {
        let (year, month) = stem.split_once('-')?;
        Some((year.parse::<u32>().ok()?, month.to_owned()))
    }) else {
        return;
    };
    let oldest = format!("{:04}-{month}", year.saturating_sub(1));
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in files.map(|entry| entry.path()) {
        let is_month = path
            .extension()
            .is_some_and(|extension| extension == "json");
        if is_month && stem(&path).is_some_and(|stem| stem < oldest) {
            fs::remove_file(path).ok();
        }
    }
}

async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await?
}

fn read_existing(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn version_of(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}
