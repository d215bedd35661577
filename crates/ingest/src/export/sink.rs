//! Takes the rows of one export and writes its parts.

use std::collections::BTreeMap;

use kiro_report::{CodeRow, FactRow, Issue, IssueKind, ReportKind, RowSink};

use super::NormalizeErrorKind;
use super::issues::IssueRows;
use super::models::ModelRows;
use super::part_writer::{PartTarget, PartWriter};
use crate::part::Dataset;

/// The parts of one export, being written.
pub(super) struct ExportSink {
    target: PartTarget,
    /// Facts or code, whichever report it is; written last.
    rows: Option<PartWriter>,
    models: Option<ModelRows>,
    models_beside: bool,
    issues: IssueRows,
    /// The first failure; what comes after it is of no interest.
    failure: Option<NormalizeErrorKind>,
}

/// Rows written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ExportCounts {
    pub(crate) fact_rows: u64,
    pub(crate) model_rows: u64,
    pub(crate) code_rows: u64,
    pub(crate) issues: BTreeMap<IssueKind, u64>,
}

impl ExportCounts {
    /// Rows that are in no dataset.
    pub(crate) fn rejected_rows(&self) -> u64 {
        self.issues
            .iter()
            .filter(|(kind, _)| kind.rejects_row())
            .map(|(_, count)| count)
            .sum()
    }
}

impl ExportSink {
    /// `models_beside`: the models part is worth a thread of its own.
    pub(super) fn new(target: PartTarget, models_beside: bool) -> Self {
        let issues = IssueRows::new(target.clone());
        Self {
            target,
            rows: None,
            models: None,
            models_beside,
            issues,
            failure: None,
        }
    }

    /// Hands over what is finished, or tells what has failed since the last call.
    pub(super) fn drain(&mut self) -> Result<(), NormalizeErrorKind> {
        if let Some(failure) = self.failure.take() {
            // Of a worker that hung up nobody knows more than the worker.
            let worker = self.models.take().map(ModelRows::finish);
            return Err(match (failure, worker) {
                (NormalizeErrorKind::Stopped, Some(Err(cause))) => cause,
                (failure, _) => failure,
            });
        }
        self.issues.drain()?;
        self.rows.as_mut().map_or(Ok(()), PartWriter::drain)
    }

    /// Writes what is left and makes all parts visible, the facts or code part last. `stale` says which parts of this
    /// name exist already: they are replaced even by an empty one.
    pub(super) fn finish(
        mut self,
        kind: ReportKind,
        stale: impl Fn(Dataset) -> bool,
    ) -> Result<ExportCounts, NormalizeErrorKind> {
        self.drain()?;
        let Self {
            target,
            rows,
            models,
            issues,
            ..
        } = self;
        let mut counts = ExportCounts {
            issues: issues.counts().clone(),
            ..ExportCounts::default()
        };
        let models = models.map_or(Ok(None), ModelRows::finish)?;
        counts.model_rows = models.as_ref().map_or(0, PartWriter::rows);
        for (part, dataset) in [
            (models, Dataset::Models),
            (issues.finish(), Dataset::Issues),
        ] {
            match part {
                Some(part) => part.complete()?.publish()?,
                None if stale(dataset) => {
                    PartWriter::begin(&target, dataset)?.complete()?.publish()?;
                }
                None => {}
            }
        }
        let dataset = dataset_of(kind);
        let rows = match rows {
            Some(rows) => rows,
            None => PartWriter::begin(&target, dataset)?,
        };
        match kind {
            ReportKind::UserReport => counts.fact_rows = rows.rows(),
            ReportKind::ByUserAnalytic => counts.code_rows = rows.rows(),
        }
        rows.complete()?.publish()?;
        Ok(counts)
    }

    fn attempt(&mut self, work: impl FnOnce(&mut Self) -> Result<(), NormalizeErrorKind>) {
        if self.failure.is_none() {
            self.failure = work(self).err();
        }
    }

    fn rows(&mut self, dataset: Dataset) -> Result<&mut PartWriter, NormalizeErrorKind> {
        match &mut self.rows {
            Some(rows) => Ok(rows),
            rows => Ok(rows.insert(PartWriter::begin(&self.target, dataset)?)),
        }
    }
}

/// The dataset that marks an export of this kind as done.
fn dataset_of(kind: ReportKind) -> Dataset {
    match kind {
        ReportKind::UserReport => Dataset::Facts,
        ReportKind::ByUserAnalytic => Dataset::Code,
    }
}

impl RowSink for ExportSink {
    fn models(&mut self, names: Vec<String>) {
        if !names.is_empty() {
            self.models = Some(ModelRows::new(
                self.target.clone(),
                names,
                self.models_beside,
            ));
        }
    }

    fn fact(&mut self, row: &FactRow<'_>) {
        self.attempt(|sink| {
            sink.rows(Dataset::Facts)?.push(|cells| {
                cells.date(row.activity_date);
                cells.text(row.user_id.as_str());
                cells.text(row.client_type);
                cells.maybe_text(row.subscription_tier);
                cells.maybe_count(row.chat_conversations);
                cells.maybe_count(row.total_messages);
                cells.maybe_amount(row.credits_used);
                cells.maybe_amount(row.overage_cap);
                cells.maybe_amount(row.overage_credits_used);
                cells.maybe_boolean(row.overage_enabled);
                cells.maybe_amount(row.usage_limit);
                cells.maybe_boolean(row.new_user);
                cells.maybe_text(row.profile_id);
                cells.maybe_text(row.email);
                cells.maybe_text(row.extra);
                cells.count(row.line.cast_signed());
            })?;
            sink.models
                .as_mut()
                .map_or(Ok(()), |models| models.push(row))
        });
    }

    fn code(&mut self, row: &CodeRow<'_>) {
        self.attempt(|sink| {
            sink.rows(Dataset::Code)?.push(|cells| {
                cells.date(row.activity_date);
                cells.text(row.user_id.as_str());
                row.counters
                    .iter()
                    .for_each(|counter| cells.maybe_count(*counter));
                cells.maybe_text(row.extra);
                cells.count(row.line.cast_signed());
            })
        });
    }

    fn issue(&mut self, issue: Issue) {
        self.attempt(|sink| sink.issues.push(&issue));
    }
}
