//! Writes one part to the destination.

use std::sync::Arc;

use bytes::Bytes;
use kiro_report::{Dataset, ObjectKey};
use tokio::runtime::Handle;

use super::NormalizeErrorKind;
use crate::part::{ExistingParts, PartEncoder, PartMetadata, RowCells, VersionRecord};
use crate::store::{ObjectStore, ObjectWriter, PutMode};

/// The destination of an export's parts, and what they have in common.
#[derive(Clone)]
pub(super) struct PartTarget {
    pub(super) destination: Arc<dyn ObjectStore>,
    pub(super) metadata: Arc<PartMetadata>,
    pub(super) export_date: chrono::NaiveDate,
    pub(super) name: crate::part::PartName,
    /// Written if the export may have replaced another content.
    pub(super) version: Option<VersionRecord>,
    /// The parts that the destination had when the run began.
    pub(super) existing: Arc<ExistingParts>,
    pub(super) runtime: Handle,
}

impl PartTarget {
    /// Records that this content of the export is the newest, if another one may exist.
    pub(super) fn record_version(&self) -> Result<(), NormalizeErrorKind> {
        let Some(version) = &self.version else {
            return Ok(());
        };
        let content = Bytes::from(format!("{}\n", self.metadata.source_path));
        let key = version.object_key();
        let written = async {
            let mut object = self.destination.create(&key, PutMode::Overwrite).await?;
            object.write(content).await?;
            object.finish().await
        };
        self.runtime
            .block_on(written)
            .map_err(NormalizeErrorKind::Destination)
    }
}

/// Encodes rows and writes finished row groups. Runs on threads that may block.
pub(super) struct PartWriter {
    encoder: Box<PartEncoder>,
    object: Box<dyn ObjectWriter>,
    key: ObjectKey,
    runtime: Handle,
    rows: u64,
}

/// A complete part, not visible yet.
pub(super) struct CompletePart {
    object: Box<dyn ObjectWriter>,
    runtime: Handle,
}

impl PartWriter {
    pub(super) fn begin(target: &PartTarget, dataset: Dataset) -> Result<Self, NormalizeErrorKind> {
        let key = target.name.object_key(dataset, target.export_date);
        let encoder = PartEncoder::new(dataset, &target.metadata);
        let encoder = encoder.map_err(|source| NormalizeErrorKind::Encode {
            part: key.clone(),
            source,
        })?;
        // A part that appears meanwhile is of another run and has the same rows: replacing it would only disturb readers.
        let mode = if target.existing.exists(&target.name, dataset) {
            PutMode::Overwrite
        } else {
            PutMode::Create
        };
        let object = target
            .runtime
            .block_on(target.destination.create(&key, mode));
        let object = object.map_err(NormalizeErrorKind::Destination)?;
        Ok(Self {
            encoder: Box::new(encoder),
            object,
            key,
            runtime: target.runtime.clone(),
            rows: 0,
        })
    }

    /// As [`PartEncoder::set_repeated`].
    pub(super) fn set_repeated(&mut self, column: usize, text: &str) {
        self.encoder.set_repeated(column, text);
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn push(
        &mut self,
        fill: impl FnOnce(&mut RowCells<'_>),
    ) -> Result<(), NormalizeErrorKind> {
        self.rows += 1;
        let pushed = self.encoder.push(fill);
        pushed.map_err(|source| NormalizeErrorKind::Encode {
            part: self.key.clone(),
            source,
        })
    }

    /// Writes finished row groups.
    pub(super) fn drain(&mut self) -> Result<(), NormalizeErrorKind> {
        let output = self.encoder.take_output();
        let output = output.map_err(|source| NormalizeErrorKind::Encode {
            part: self.key.clone(),
            source,
        })?;
        write(&mut self.object, &self.runtime, output)
    }

    pub(super) fn complete(mut self) -> Result<CompletePart, NormalizeErrorKind> {
        self.drain()?;
        let output = self.encoder.finish();
        let output = output.map_err(|source| NormalizeErrorKind::Encode {
            part: self.key,
            source,
        })?;
        write(&mut self.object, &self.runtime, output)?;
        Ok(CompletePart {
            object: self.object,
            runtime: self.runtime,
        })
    }
}

impl CompletePart {
    /// Makes the part visible.
    pub(super) fn publish(self) -> Result<(), NormalizeErrorKind> {
        self.runtime
            .block_on(self.object.finish())
            .map_err(NormalizeErrorKind::Destination)
    }
}

fn write(
    object: &mut Box<dyn ObjectWriter>,
    runtime: &Handle,
    output: Bytes,
) -> Result<(), NormalizeErrorKind> {
    if output.is_empty() {
        return Ok(());
    }
    runtime
        .block_on(object.write(output))
        .map_err(NormalizeErrorKind::Destination)
}
