//! Exports whole relations to files. A file appears only when it is complete.

use std::io::{BufWriter, Write};
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use futures::StreamExt;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use tempfile::NamedTempFile;

use crate::engine::Engine;
use crate::error::QueryError;
use crate::format::{ResultFormat, RowWriter};

/// The format of an exported relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    Csv,
    /// See [`ResultFormat::RawCsv`].
    RawCsv,
    Json,
    Parquet,
}

impl Engine {
    /// Writes all rows of a table or view to `path` and returns their number. The folder must exist. The file appears
    /// when it is complete and replaces an existing one. Only its owner can read it.
    ///
    /// # Errors
    ///
    /// `UnknownRelation`, or any error of [`Engine::query`]; `Write` and `Encode` name the file.
    pub async fn export(
        &self,
        relation: &str,
        format: ExportFormat,
        path: &Path,
    ) -> Result<u64, QueryError> {
        let relation = self.resolve(relation)?.to_owned();
        let mut batches = self.query(&format!("SELECT * FROM {relation}")).await?;
        let failed = |source| QueryError::Write {
            path: path.to_owned(),
            source,
        };
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let file = temporary_file(folder).map_err(failed)?;
        let mut writer = FileWriter::new(format, batches.schema(), file, path)?;
        let mut rows = 0;
        while let Some(batch) = batches.next().await {
            let batch = batch.map_err(QueryError::from_stream)?;
            rows += batch.num_rows() as u64;
            writer
                .write(batch)
                .map_err(|error| with_path(error, path))?;
        }
        let file = writer.finish().map_err(|error| with_path(error, path))?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(rows)
    }
}

/// Creates a hidden file beside the target, which only its owner can read.
fn temporary_file(folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".partial");
    builder.tempfile_in(folder)
}

enum FileWriter {
    Rows(Box<RowWriter<BufWriter<NamedTempFile>>>),
    Parquet(Box<ArrowWriter<NamedTempFile>>),
}

impl FileWriter {
    fn new(
        format: ExportFormat,
        schema: SchemaRef,
        file: NamedTempFile,
        path: &Path,
    ) -> Result<Self, QueryError> {
        let format = match format {
            ExportFormat::Csv => ResultFormat::Csv,
            ExportFormat::RawCsv => ResultFormat::RawCsv,
            ExportFormat::Json => ResultFormat::Json,
            ExportFormat::Parquet => {
                let properties = WriterProperties::builder()
                    .set_compression(Compression::SNAPPY)
                    .build();
                // Older readers do not know the types that the embedded Arrow schema would name.
                let options = ArrowWriterOptions::new()
                    .with_properties(properties)
                    .with_skip_arrow_metadata(true);
                let writer = ArrowWriter::try_new_with_options(file, schema, options);
                return Ok(Self::Parquet(Box::new(
                    writer.map_err(|source| encode_error(source, path))?,
                )));
            }
        };
        let writer = RowWriter::new(format, schema, BufWriter::new(file));
        Ok(Self::Rows(Box::new(
            writer.map_err(|error| with_path(error, path))?,
        )))
    }

    fn write(&mut self, batch: RecordBatch) -> Result<(), QueryError> {
        match self {
            Self::Rows(writer) => writer.write(batch),
            Self::Parquet(writer) => writer
                .write(&batch)
                .map_err(|source| encode_error(source, Path::new(""))),
        }
    }

    fn finish(self) -> Result<NamedTempFile, QueryError> {
        match self {
            Self::Rows(writer) => writer
                .finish()?
                .into_inner()
                .map_err(|error| QueryError::Output(error.into_error())),
            Self::Parquet(writer) => {
                let mut file = writer
                    .into_inner()
                    .map_err(|source| encode_error(source, Path::new("")))?;
                file.flush().map_err(QueryError::Output)?;
                Ok(file)
            }
        }
    }
}

fn encode_error(source: ParquetError, path: &Path) -> QueryError {
    match source {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(source) => QueryError::Output(*source),
            Err(inner) => QueryError::Encode {
                path: path.to_owned(),
                source: ParquetError::External(inner),
            },
        },
        source => QueryError::Encode {
            path: path.to_owned(),
            source,
        },
    }
}

/// Adds the path to an error of writing.
fn with_path(error: QueryError, path: &Path) -> QueryError {
    match error {
        QueryError::Output(source) => QueryError::Write {
            path: path.to_owned(),
            source,
        },
        QueryError::Encode { source, .. } => QueryError::Encode {
            path: path.to_owned(),
            source,
        },
        other => other,
    }
}
