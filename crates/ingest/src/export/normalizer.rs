//! Normalizes one export. Runs on a thread that may block.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use kiro_report::{
    Dataset, DateRules, ExportKey, Issue, IssueKind, Names, ReadOptions, ReportKind, ReportReader,
};
use tokio::runtime::Handle;

use super::NormalizeErrorKind;
use super::issues::IssueRows;
use super::part_writer::PartTarget;
pub(crate) use super::sink::ExportCounts;
use super::sink::ExportSink;
use crate::part::{ExistingParts, PartMetadata, PartName, VersionRecord};
use crate::store::{ObjectMeta, ObjectStore};

/// The facts of larger exports are encoded on another thread than the one that reads them.
const LARGE_BYTES: u64 = 2 << 20;
/// Bytes read between two checks for finished row groups and a stop.
const SLICE_BYTES: usize = 256 << 10;

/// What the exports of a run have in common.
pub(crate) struct ExportSettings {
    /// The time of the run.
    pub(crate) processed_at: DateTime<Utc>,
    pub(crate) names: Arc<Names>,
}

/// One export to be normalized.
pub(crate) struct ExportJob {
    pub(crate) export: ExportKey,
    pub(crate) object: ObjectMeta,
    pub(crate) name: PartName,
    pub(crate) source: Arc<dyn ObjectStore>,
    pub(crate) destination: Arc<dyn ObjectStore>,
    pub(crate) existing: Arc<ExistingParts>,
    pub(crate) settings: Arc<ExportSettings>,
    pub(crate) processed_time: String,
    /// Set when the run was dropped.
    pub(crate) stopped: Arc<AtomicBool>,
    pub(crate) runtime: Handle,
}

impl ExportJob {
    /// Reads the export and writes its parts. Reads it twice if only its later rows say how to read the dates of earlier ones.
    pub(crate) fn run(&self) -> Result<ExportCounts, NormalizeErrorKind> {
        let dates = DateRules::of_export(&self.export, self.settings.processed_at.date_naive());
        let (reader, sink) = self.read(dates.clone())?;
        let Some(order) = reader.order_for_second_pass() else {
            return finish(&reader, sink);
        };
        sink.discard()?;
        let (reader, sink) = self.read(DateRules {
            order: Some(order),
            ..dates
        })?;
        finish(&reader, sink)
    }

    /// Reads the export once, from its first byte to its last.
    fn read(&self, dates: DateRules) -> Result<(ReportReader, ExportSink), NormalizeErrorKind> {
        let mut reader = ReportReader::new(ReadOptions {
            kind: self.export.kind,
            dates,
            names: Arc::clone(&self.settings.names),
        });
        let mut sink = ExportSink::new(self.target(), self.object.bytes > LARGE_BYTES);
        let object = self.runtime.block_on(self.source.get(&self.object));
        let mut object = object.map_err(NormalizeErrorKind::Source)?;
        while let Some(piece) = self
            .runtime
            .block_on(object.next())
            .map_err(NormalizeErrorKind::Source)?
        {
            for slice in piece.chunks(SLICE_BYTES) {
                if self.stopped.load(Ordering::Relaxed) {
                    return Err(NormalizeErrorKind::Stopped);
                }
                reader
                    .read(slice, &mut sink)
                    .map_err(NormalizeErrorKind::Content)?;
                sink.drain()?;
            }
        }
        reader
            .finish(&mut sink)
            .map_err(NormalizeErrorKind::Content)?;
        Ok((reader, sink))
    }

    /// Records in the issues dataset that the export failed, unless an earlier run did, or [`Self::run`] with all issues.
    pub(crate) fn record_failure(
        &self,
        failure: &NormalizeErrorKind,
    ) -> Result<(), NormalizeErrorKind> {
        let is_recorded = matches!(failure, NormalizeErrorKind::NoUsableRow { .. })
            || self.existing.has(&self.name, Dataset::Issues);
        if !failure.is_about_the_export() || is_recorded {
            return Ok(());
        }
        let mut issues = IssueRows::new(self.target());
        issues.push(&Issue {
            kind: IssueKind::UnreadableExport,
            column: None,
            line: failure.line(),
        })?;
        issues
            .finish()
            .map_or(Ok(()), |part| part.complete()?.publish())
    }

    fn target(&self) -> PartTarget {
        let metadata = PartMetadata {
            source_account: self.export.account.clone(),
            source_region: self.export.region.clone(),
            source_path: self.export.key.as_str().to_owned(),
            export_time: self.export.time.to_string(),
            part_id: self.name.as_str().to_owned(),
            processed_time: self.processed_time.clone(),
            modified_time: self
                .object
                .last_modified
                .format("%Y%m%d%H%M%S%6f")
                .to_string(),
        };
        let export_date = self.existing.export_date(&self.name);
        let export_date = export_date.unwrap_or_else(|| self.export.time.date());
        let may_have_version = self.existing.may_have_version(&self.export, export_date);
        let version = || VersionRecord::new(&self.export.key, &self.processed_time, &self.name);
        PartTarget {
            destination: Arc::clone(&self.destination),
            metadata: Arc::new(metadata),
            export_date,
            version: may_have_version.then(version),
            name: self.name.clone(),
            existing: Arc::clone(&self.existing),
            runtime: self.runtime.clone(),
        }
    }
}

fn finish(reader: &ReportReader, sink: ExportSink) -> Result<ExportCounts, NormalizeErrorKind> {
    let kind = reader.kind().unwrap_or(ReportKind::UserReport);
    sink.finish(kind, reader.data_rows())
}
