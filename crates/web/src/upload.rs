//! Uploaded exports: written to a temporary folder, normalized, and reported file by file.

use std::collections::BTreeMap;
use std::path::Path;

use axum::extract::multipart::{Field, Multipart, MultipartError};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use kiro_ingest::ExportFailure;
use serde::Serialize;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::export_watcher::{AddExportsError, ExportWatcher};

/// The maximum size of one request.
pub(crate) const MAX_BYTES: usize = 512 << 20;
/// The maximum size of one file.
const MAX_BYTES_PER_FILE: usize = 256 << 20;
/// The maximum number of files in one request.
const MAX_FILES: usize = 500;

/// The outcome of an upload, per file.
#[derive(Debug, Default, Serialize)]
pub(crate) struct UploadSummary {
    /// The number of files that were added.
    pub(crate) added: u64,
    /// The number of files that had been added before.
    pub(crate) known: u64,
    pub(crate) failed: Vec<ExportFailure>,
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
    #[error("the upload contains no file")]
    Empty,
    #[error("the upload was interrupted")]
    Aborted(#[source] axum::Error),
    #[error("the form could not be read")]
    Form(#[source] MultipartError),
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
}

impl Upload {
    pub(crate) fn begin() -> Result<Self, UploadError> {
        Ok(Self {
            folder: tempfile::tempdir()?,
            files: 0,
            name_counts: BTreeMap::new(),
            failed: BTreeMap::new(),
        })
    }

    /// Receives every file of a form.
    pub(crate) async fn receive_form(&mut self, mut form: Multipart) -> Result<(), UploadError> {
        while let Some(field) = form.next_field().await.map_err(form_error)? {
            let Some(name) = field.file_name().map(str::to_owned) else {
                continue;
            };
            match self.receive(&name, field_pieces(field)).await {
                // The other files are still added.
                Err(error @ UploadError::FileTooLarge) => self.reject(&name, &error.to_string()),
                received => received?,
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
                let folder = self.folder.path().join(times.to_string());
                tokio::fs::create_dir_all(&folder).await?;
                write_pieces(&folder.join(name), pieces).await?
            }
            None => Some("expected a file whose name ends in `.csv`"),
        };
        if let Some(reason) = rejection {
            self.reject(name, reason);
        }
        Ok(())
    }

    fn reject(&mut self, name: &str, reason: &str) {
        self.failed.insert(display_name(name), reason.to_owned());
    }

    /// Normalizes the received files.
    pub(crate) async fn finish(
        self,
        watcher: &ExportWatcher,
    ) -> Result<UploadSummary, UploadError> {
        if self.files == 0 {
            return Err(UploadError::Empty);
        }
        let mut summary = UploadSummary::default();
        let mut failed = self.failed;
        let mut folders = tokio::fs::read_dir(self.folder.path()).await?;
        while let Some(folder) = folders.next_entry().await? {
            let run = watcher.add(&folder.path()).await?;
            summary.added += run.files_processed;
            summary.known += run.files_skipped;
            failed.extend(
                run.failures
                    .into_iter()
                    .map(|failure| (failure.export, failure.error)),
            );
        }
        summary.failed = failed
            .into_iter()
            .map(|(export, error)| ExportFailure {
                export,
                error,
                hint: None,
            })
            .collect();
        Ok(summary)
    }
}

fn field_pieces(field: Field<'_>) -> impl Stream<Item = Result<Bytes, UploadError>> + '_ {
    futures::stream::unfold(field, |mut field| async {
        match field.chunk().await {
            Ok(Some(piece)) => Some((Ok(piece), field)),
            Ok(None) => None,
            Err(error) => Some((Err(form_error(error)), field)),
        }
    })
}

fn form_error(error: MultipartError) -> UploadError {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        UploadError::TooLarge
    } else {
        UploadError::Form(error)
    }
}

/// Writes a file. Returns the reason if it was rejected. Stops reading a file at the size limit.
async fn write_pieces(
    path: &Path,
    pieces: impl Stream<Item = Result<Bytes, UploadError>>,
) -> Result<Option<&'static str>, UploadError> {
    let mut pieces = std::pin::pin!(pieces);
    let mut file = File::create(path).await?;
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

fn display_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(200).collect()
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
