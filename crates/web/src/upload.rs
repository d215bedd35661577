//! Uploaded exports: written to a temporary folder, normalized, and reported file by file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use kiro_ingest::{ContentHash, ContentHasher, ExportFailure, create_private_folder, printable};
use kiro_people::{ImportOutcome, MAX_ROSTER_BYTES};
use serde::Serialize;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use crate::export_watcher::{AddExportsError, ExportWatcher};
use crate::form::{Form, PartHead};
use crate::limits::Limits;
use crate::roster_file::{HEAD_BYTES, is_roster};

/// The maximum size of one request.
pub(crate) const MAX_BYTES: usize = 512 << 20;
/// The maximum size of one file.
const MAX_BYTES_PER_FILE: usize = 256 << 20;
/// The maximum number of files in one request.
const MAX_FILES: usize = 500;

/// The maximum size of a piece that is hashed at once.
const HASHED_BYTES: usize = 256 << 10;

/// The outcome of an upload, per file.
#[derive(Debug, Default, Serialize)]
pub(crate) struct UploadSummary {
    /// The number of files that were added.
    pub(crate) added: u64,
    /// The number of files that had been added before.
    pub(crate) known: u64,
    pub(crate) failed: Vec<ExportFailure>,
    /// A roster that was among the files and was imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) roster: Option<ImportedRoster>,
}

/// A roster that was imported.
#[derive(Debug, Serialize)]
pub(crate) struct ImportedRoster {
    pub(crate) file: String,
    #[serde(flatten)]
    pub(crate) outcome: ImportOutcome,
}

/// The whole upload was rejected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    #[error("at most {MAX_FILES} files can be added at once")]
    TooManyFiles,
    #[error("the upload is larger than {} MiB", MAX_BYTES >> 20)]
    TooLarge,
    #[error("the file is larger than {} MiB", MAX_BYTES_PER_FILE >> 20)]
    FileTooLarge,
    #[error("the roster is larger than {} MiB", MAX_ROSTER_BYTES >> 20)]
    RosterTooLarge,
    #[error("the upload contains no file")]
    Empty,
    #[error("the upload was interrupted")]
    Aborted(#[source] axum::Error),
    #[error("the upload ends before its last boundary")]
    Incomplete,
    #[error("nothing was received for {} seconds", .0.as_secs())]
    Idle(Duration),
    #[error("the upload took longer than {} minutes", .0.as_secs() / 60)]
    TooSlow(Duration),
    #[error("other uploads are under way: try again in a moment")]
    TooMany,
    #[error("expected a form with a boundary of at most 70 characters")]
    NoBoundary,
    #[error("the files could not be stored")]
    Disk(#[from] std::io::Error),
    #[error(transparent)]
    Add(#[from] AddExportsError),
}

/// The files of one request, in a temporary folder.
pub(crate) struct Upload {
    folder: tempfile::TempDir,
    files: usize,
    /// The number of files per name.
    name_counts: BTreeMap<String, usize>,
    /// Rejected files, with the reason.
    failed: BTreeMap<String, String>,
    received: Vec<ReceivedFile>,
}

/// A file in the temporary folder.
struct ReceivedFile {
    /// The name of its folder.
    folder: String,
    name: String,
}

impl Upload {
    pub(crate) fn begin() -> Result<Self, UploadError> {
        Ok(Self {
            folder: private_folder()?,
            files: 0,
            name_counts: BTreeMap::new(),
            failed: BTreeMap::new(),
            received: Vec::new(),
        })
    }

    /// Receives every file of a form.
    pub(crate) async fn receive_form(
        &mut self,
        boundary: &str,
        body: impl Stream<Item = Result<Bytes, UploadError>> + Unpin,
    ) -> Result<(), UploadError> {
        let mut form = Form::new(boundary, at_most(body, MAX_BYTES));
        let mut parts = 0;
        while let Some(head) = form.next_part().await? {
            parts += 1;
            if parts > MAX_FILES {
                return Err(UploadError::TooManyFiles);
            }
            match head {
                PartHead::File(name) => match self.receive(&name, pieces_of(&mut form)).await {
                    // The other files are still added.
                    Err(error @ UploadError::FileTooLarge) => {
                        self.reject(&name, &error.to_string());
                    }
                    received => received?,
                },
                PartHead::Field => {}
                PartHead::Unreadable => {
                    self.files += 1;
                    let name = format!("part {parts} of the form");
                    self.reject(&name, "its head could not be read");
                }
            }
        }
        Ok(())
    }

    /// Receives one file.
    pub(crate) async fn receive(
        &mut self,
        name: &str,
        pieces: impl Stream<Item = Result<Bytes, UploadError>>,
    ) -> Result<(), UploadError> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(UploadError::TooManyFiles);
        }
        let rejection = match csv_file_name(name) {
            Some(name) => {
                // The key of an export outside `AWSLogs` is its name: files of the same name go to different folders.
                let times = self.name_counts.entry(name.clone()).or_default();
                *times += 1;
                let folder = times.to_string();
                let path = self.folder.path().join(&folder);
                create_private_folder(&path)?;
                let rejection = write_pieces(&path.join(&name), pieces).await?;
                if rejection.is_none() {
                    self.received.push(ReceivedFile { folder, name });
                }
                rejection
            }
            None => Some("expected a file whose name ends in `.csv`, without special characters"),
        };
        if let Some(reason) = rejection {
            self.reject(name, reason);
        }
        Ok(())
    }

    fn reject(&mut self, name: &str, reason: &str) {
        self.failed.insert(display_name(name), reason.to_owned());
    }

    /// Normalizes the received files whose content is new.
    pub(crate) async fn finish(
        mut self,
        watcher: &ExportWatcher,
    ) -> Result<UploadSummary, UploadError> {
        if self.files == 0 {
            return Err(UploadError::Empty);
        }
        let roster = self.import_roster(watcher).await?;
        let (new, known) = self.split_known(watcher).await?;
        let mut summary = UploadSummary {
            known,
            roster,
            ..UploadSummary::default()
        };
        let folders: BTreeSet<&String> = new.iter().map(|(file, _)| &file.folder).collect();
        for folder in folders {
            let run = watcher.add(&self.folder.path().join(folder)).await?;
            summary.added += run.files_processed;
            summary.known += run.files_skipped;
            for (file, content) in new.iter().filter(|(file, _)| file.folder == *folder) {
                let is_failed = |failure: &ExportFailure| failure.export.ends_with(&file.name);
                if !run.failures.iter().any(is_failed) {
                    watcher.remember_upload(content.clone());
                }
            }
            let failures = run.failures.into_iter();
            self.failed.extend(
                failures.map(|failure| (printable(&failure.export).into_owned(), failure.error)),
            );
        }
        let failed = self.failed.into_iter();
        summary.failed = failed
            .map(|(export, error)| ExportFailure {
                export,
                error,
                hint: None,
            })
            .collect();
        Ok(summary)
    }

    /// Takes the rosters out of the received files, and imports the only one.
    async fn import_roster(
        &mut self,
        watcher: &ExportWatcher,
    ) -> Result<Option<ImportedRoster>, UploadError> {
        let mut rosters = Vec::new();
        for file in std::mem::take(&mut self.received) {
            let head = read_start(&self.path_of(&file), HEAD_BYTES).await?;
            if is_roster(&head, watcher.names()) {
                rosters.push(file);
            } else {
                self.received.push(file);
            }
        }
        let mut contents = Vec::new();
        for file in &rosters {
            let path = self.path_of(file);
            contents.push(read_start(&path, MAX_ROSTER_BYTES + 1).await?);
            // What stays in the folder is read as an export.
            tokio::fs::remove_file(path).await?;
        }
        let (Some(content), [file]) = (contents.pop(), rosters.as_slice()) else {
            for file in &rosters {
                self.reject(&file.name, "one roster can be imported at a time");
            }
            return Ok(None);
        };
        let Some(people) = watcher.people() else {
            let reason = "names are not imported while e-mail addresses are hashed";
            self.reject(&file.name, reason);
            return Ok(None);
        };
        match people.import_roster(content, file.name.clone()).await {
            Ok(outcome) => {
                watcher.publish_people().await;
                Ok(Some(ImportedRoster {
                    file: file.name.clone(),
                    outcome,
                }))
            }
            Err(error) => {
                self.reject(&file.name, &error.message());
                Ok(None)
            }
        }
    }

    /// The files whose content is new, and the number of the others, which are removed: their content is that of an export of
    /// a source, of an earlier upload, or of an earlier file of this one.
    async fn split_known(
        &mut self,
        watcher: &ExportWatcher,
    ) -> Result<(Vec<(ReceivedFile, ContentHash)>, u64), UploadError> {
        let received = std::mem::take(&mut self.received);
        let mut contents = Vec::new();
        for file in &received {
            contents.push(hash_file(&self.path_of(file)).await?);
        }
        let is_known = watcher.has_contents(&contents).await;
        let mut new: Vec<(ReceivedFile, ContentHash)> = Vec::new();
        let mut known = 0;
        for ((file, content), is_known) in received.into_iter().zip(contents).zip(is_known) {
            if is_known || new.iter().any(|(_, earlier)| *earlier == content) {
                tokio::fs::remove_file(self.path_of(&file)).await?;
                known += 1;
            } else {
                new.push((file, content));
            }
        }
        Ok((new, known))
    }

    fn path_of(&self, file: &ReceivedFile) -> PathBuf {
        self.folder.path().join(&file.folder).join(&file.name)
    }
}

/// A temporary folder that only its owner can read.
fn private_folder() -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("kiro-analytics-upload-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

/// The content of the current part of a form.
fn pieces_of<S: Stream<Item = Result<Bytes, UploadError>> + Unpin>(
    form: &mut Form<S>,
) -> impl Stream<Item = Result<Bytes, UploadError>> {
    futures::stream::unfold(form, |form| async {
        let piece = form.next_piece().await.transpose()?;
        Some((piece, form))
    })
}

/// Fails once more than `max_bytes` were received.
fn at_most(
    pieces: impl Stream<Item = Result<Bytes, UploadError>> + Unpin,
    max_bytes: usize,
) -> impl Stream<Item = Result<Bytes, UploadError>> + Unpin {
    let mut bytes = 0;
    pieces.map(move |piece| {
        let piece = piece?;
        bytes += piece.len();
        if bytes > max_bytes {
            Err(UploadError::TooLarge)
        } else {
            Ok(piece)
        }
    })
}

/// Fails if the client pauses for too long, or takes too long altogether.
pub(crate) fn in_time(
    pieces: impl Stream<Item = Result<Bytes, UploadError>> + Unpin,
    limits: Limits,
) -> impl Stream<Item = Result<Bytes, UploadError>> {
    let end = Instant::now() + limits.max_upload_time;
    futures::stream::unfold(pieces, move |mut pieces| async move {
        let idle_end = Instant::now() + limits.body_idle_timeout;
        let piece = match timeout_at(idle_end.min(end), pieces.next()).await {
            Ok(piece) => piece?,
            Err(_) if Instant::now() >= end => Err(UploadError::TooSlow(limits.max_upload_time)),
            Err(_) => Err(UploadError::Idle(limits.body_idle_timeout)),
        };
        Some((piece, pieces))
    })
}

/// Writes a file. Returns the reason if it was rejected. Stops reading a file at the size limit.
async fn write_pieces(
    path: &Path,
    pieces: impl Stream<Item = Result<Bytes, UploadError>>,
) -> Result<Option<&'static str>, UploadError> {
    let mut pieces = std::pin::pin!(pieces);
    let mut file = private_file(path).await?;
    let (mut bytes, mut rejection) = (0, None);
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if bytes == 0 && (piece.starts_with(b"PK\x03\x04") || piece.starts_with(b"\x1f\x8b")) {
            rejection = Some("the file is compressed: unpack it first");
        }
        bytes += piece.len();
        if bytes > MAX_BYTES_PER_FILE {
            drop(file);
            tokio::fs::remove_file(path).await?;
            return Err(UploadError::FileTooLarge);
        }
        if rejection.is_none() {
            file.write_all(&piece).await?;
        }
    }
    file.flush().await?;
    drop(file);
    if rejection.is_some() {
        tokio::fs::remove_file(path).await?;
    }
    Ok(rejection)
}

/// The first bytes of a file.
async fn read_start(path: &Path, max_bytes: usize) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let mut file = File::open(path).await?.take(max_bytes as u64);
    file.read_to_end(&mut content).await?;
    Ok(content)
}

async fn hash_file(path: &Path) -> std::io::Result<ContentHash> {
    let mut file = File::open(path).await?;
    let mut hasher = ContentHasher::new();
    let mut piece = vec![0; HASHED_BYTES];
    loop {
        let bytes = file.read(&mut piece).await?;
        if bytes == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(&piece[..bytes]);
    }
}

async fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(path).await
}

/// Returns the last segment of a path if it is a portable name that ends in `.csv`.
fn csv_file_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_portable = !last.starts_with('.')
        && last.len() <= 200
        && !last
            .chars()
            .any(|c| c.is_control() || ":*?\"<>|".contains(c));
    let is_csv = Path::new(last)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    (is_portable && is_csv).then(|| last.to_owned())
}

/// A name as messages show it: on one line, and not too long.
pub(crate) fn display_name(name: &str) -> String {
    let shown: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    if shown.trim().is_empty() {
        "a file without a name".to_owned()
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_portable_names_of_csv_files_are_accepted() {
        for (name, expected) in [
            ("a.csv", Some("a.csv")),
            ("A.CSV", Some("A.CSV")),
            ("../../etc/x.csv", Some("x.csv")),
            ("..\\..\\x.csv", Some("x.csv")),
            ("x.txt", None),
            (".csv", None),
            ("..", None),
            ("", None),
            ("x\0.csv", None),
            ("c:x.csv", None),
        ] {
            assert_eq!(csv_file_name(name).as_deref(), expected, "{name:?}");
        }
    }
}
