//! Exports that people drop on the page: written to a folder of their own, normalized, and answered file by file.

use std::collections::BTreeMap;
use std::path::Path;

use axum::extract::multipart::{Field, Multipart, MultipartError};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use kiro_ingest::ExportFailure;
use serde::Serialize;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::reading::{ReadError, Reader};

/// The most bytes of one request and of one file, and the most files.
pub(crate) const MOST_BYTES: usize = 512 << 20;
const MOST_BYTES_PER_FILE: usize = 256 << 20;
const MOST_FILES: usize = 500;

/// What became of uploaded files.
#[derive(Debug, Default, Serialize)]
pub(crate) struct UploadAnswer {
    /// Files that were read and added.
    pub(crate) added: u64,
    /// Files that had been added before.
    pub(crate) known: u64,
    pub(crate) failed: Vec<ExportFailure>,
}

/// Why an upload was refused as a whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    #[error("at most {MOST_FILES} files can be added at once")]
    TooMany,
    #[error("the upload is larger than {} MiB", MOST_BYTES >> 20)]
    TooLarge,
    #[error("the file is larger than {} MiB", MOST_BYTES_PER_FILE >> 20)]
    FileTooLarge,
    #[error("the upload holds no file")]
    Nothing,
    #[error("the upload broke off")]
    Broken(#[source] axum::Error),
    #[error("the upload could not be understood")]
    Form(#[source] MultipartError),
    #[error("the files could not be put aside")]
    Disk(#[from] std::io::Error),
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// A folder for the files of one request.
pub(crate) struct Upload {
    folder: tempfile::TempDir,
    files: usize,
    /// How often each name was given.
    names: BTreeMap<String, usize>,
    failed: BTreeMap<String, String>,
}

impl Upload {
    pub(crate) fn begin() -> Result<Self, UploadError> {
        Ok(Self {
            folder: tempfile::tempdir()?,
            files: 0,
            names: BTreeMap::new(),
            failed: BTreeMap::new(),
        })
    }

    /// Takes every file of a form.
    pub(crate) async fn take_form(&mut self, mut form: Multipart) -> Result<(), UploadError> {
        while let Some(field) = form.next_field().await.map_err(form_error)? {
            let Some(name) = field.file_name().map(str::to_owned) else {
                continue;
            };
            match self.take(&name, field_pieces(field)).await {
                // The others may still be added.
                Err(error @ UploadError::FileTooLarge) => self.refuse(&name, &error.to_string()),
                taken => taken?,
            }
        }
        Ok(())
    }

    /// Takes one file.
    pub(crate) async fn take(
        &mut self,
        name: &str,
        pieces: impl Stream<Item = Result<Bytes, UploadError>>,
    ) -> Result<(), UploadError> {
        self.files += 1;
        if self.files > MOST_FILES {
            return Err(UploadError::TooMany);
        }
        let refused = match plain_name(name) {
            Some(name) => {
                // The key of a loose export is its name: a second file of the same name goes to a second folder.
                let times = self.names.entry(name.clone()).or_default();
                *times += 1;
                let folder = self.folder.path().join(times.to_string());
                tokio::fs::create_dir_all(&folder).await?;
                write_pieces(&folder.join(name), pieces).await?
            }
            None => Some("expected a file whose name ends in `.csv`"),
        };
        if let Some(reason) = refused {
            self.refuse(name, reason);
        }
        Ok(())
    }

    fn refuse(&mut self, name: &str, reason: &str) {
        self.failed.insert(shown_name(name), reason.to_owned());
    }

    /// Normalizes what was taken.
    pub(crate) async fn finish(self, reader: &Reader) -> Result<UploadAnswer, UploadError> {
        if self.files == 0 {
            return Err(UploadError::Nothing);
        }
        let mut answer = UploadAnswer::default();
        let mut failed = self.failed;
        let mut folders = tokio::fs::read_dir(self.folder.path()).await?;
        while let Some(folder) = folders.next_entry().await? {
            let summary = reader.add(&folder.path()).await?;
            answer.added += summary.files_processed;
            answer.known += summary.files_skipped;
            failed.extend(
                summary
                    .failures
                    .into_iter()
                    .map(|failure| (failure.export, failure.error)),
            );
        }
        answer.failed = failed
            .into_iter()
            .map(|(export, error)| ExportFailure {
                export,
                error,
                hint: None,
            })
            .collect();
        Ok(answer)
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

/// Writes a file; the answer is why it was not kept. What is too large is not read to its end.
async fn write_pieces(
    path: &Path,
    pieces: impl Stream<Item = Result<Bytes, UploadError>>,
) -> Result<Option<&'static str>, UploadError> {
    let mut pieces = std::pin::pin!(pieces);
    let mut file = File::create(path).await?;
    let (mut bytes, mut refused) = (0, None);
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if bytes == 0 && (piece.starts_with(b"PK\x03\x04") || piece.starts_with(b"\x1f\x8b")) {
            refused = Some("the file is compressed: unpack it first");
        }
        bytes += piece.len();
        if bytes > MOST_BYTES_PER_FILE {
            drop(file);
            tokio::fs::remove_file(path).await?;
            return Err(UploadError::FileTooLarge);
        }
        if refused.is_none() {
            file.write_all(&piece).await?;
        }
    }
    file.flush().await?;
    drop(file);
    if refused.is_some() {
        tokio::fs::remove_file(path).await?;
    }
    Ok(refused)
}

/// The last part of a file's name, if it is an ordinary name of a CSV file.
fn plain_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_ordinary = !last.starts_with('.')
        && last.len() <= 200
        && !last
            .chars()
            .any(|c| c.is_control() || ":*?\"<>|".contains(c));
    let is_csv = Path::new(last)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    (is_ordinary && is_csv).then(|| last.to_owned())
}

fn shown_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_of_csv_files_are_taken() {
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
            assert_eq!(plain_name(name).as_deref(), expected, "{name:?}");
        }
    }
}
