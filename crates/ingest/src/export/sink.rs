//! Takes the rows of one export and writes its parts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kiro_report::{
    CODE_COUNTERS, CodeRow, Dataset, FactRow, Issue, IssueKind, ReportKind, RowSink,
};

use super::NormalizeErrorKind;
use super::fact_lane::FactLane;
use super::fact_parts::{FactParts, begun};
use super::issues::IssueRows;
use super::part_writer::{PartTarget, PartWriter};

const ACTIVITY_DATE: usize = Dataset::Code.index_of("activity_date");
const USER_ID: usize = Dataset::Code.index_of("user_id");
const FIRST_COUNTER: usize = Dataset::Code.index_of(CODE_COUNTERS[0].name);
const EXTRA: usize = Dataset::Code.index_of("extra");
const LINE: usize = Dataset::Code.index_of("line");

/// The parts of one export, being written.
pub(super) struct ExportSink {
    target: PartTarget,
    /// An export has facts or code, whichever report it is.
    facts: Option<FactLane>,
    facts_beside: bool,
    code: Option<PartWriter>,
    issues: IssueRows,
    newest_activity: Option<NaiveDate>,
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
    pub(crate) newest_activity: Option<NaiveDate>,
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
    /// `facts_beside`: the export is large enough for encoding on a thread of its own.
    pub(super) fn new(target: PartTarget, facts_beside: bool) -> Self {
        let issues = IssueRows::new(target.clone());
        Self {
            target,
            facts: None,
            facts_beside,
            code: None,
            issues,
            newest_activity: None,
            failure: None,
        }
    }

    /// Hands over what is finished, or tells what has failed since the last call.
    pub(super) fn drain(&mut self) -> Result<(), NormalizeErrorKind> {
        if let Some(failure) = self.failure.take() {
            // Of a thread that hung up nobody knows more than the thread.
            let facts = self.facts.take().map(FactLane::finish);
            return Err(match (failure, facts) {
                (NormalizeErrorKind::Stopped, Some(Err(cause))) => cause,
                (failure, _) => failure,
            });
        }
        self.issues.drain()?;
        self.code.as_mut().map_or(Ok(()), PartWriter::drain)?;
        self.facts.as_mut().map_or(Ok(()), FactLane::drain)
    }

    /// Writes what is left and makes all parts visible, the facts or code part last. Parts of this name that are there
    /// already are replaced even by one without rows.
    pub(super) fn finish(mut self, kind: ReportKind) -> Result<ExportCounts, NormalizeErrorKind> {
        self.drain()?;
        let Self {
            target,
            facts,
            code,
            issues,
            newest_activity,
            ..
        } = self;
        let (facts, models) = match facts {
            Some(lane) => {
                let parts = lane.finish()?;
                (parts.facts, parts.models)
            }
            None => (None, None),
        };
        let counts = ExportCounts {
            fact_rows: facts.as_ref().map_or(0, PartWriter::rows),
            model_rows: models.as_ref().map_or(0, PartWriter::rows),
            code_rows: code.as_ref().map_or(0, PartWriter::rows),
            issues: issues.counts().clone(),
            newest_activity,
        };
        for (mut part, dataset) in [
            (models, Dataset::Models),
            (issues.finish(), Dataset::Issues),
        ] {
            if target.existing.has(&target.name, dataset) {
                begun(&mut part, &target, dataset)?;
            }
            if let Some(part) = part {
                part.complete()?.publish()?;
            }
        }
        let last = match kind {
            ReportKind::UserReport => facts,
            ReportKind::ByUserAnalytic => code,
        };
        let last = match last {
            Some(last) => last,
            None => PartWriter::begin(&target, kind.dataset())?,
        };
        last.complete()?.publish()?;
        Ok(counts)
    }

    fn attempt(&mut self, work: impl FnOnce(&mut Self) -> Result<(), NormalizeErrorKind>) {
        if self.failure.is_none() {
            self.failure = work(self).err();
        }
    }
}

impl RowSink for ExportSink {
    fn models(&mut self, names: Vec<String>) {
        self.attempt(|sink| {
            let parts = FactParts::new(sink.target.clone(), names);
            sink.facts = Some(if sink.facts_beside {
                FactLane::beside(parts)?
            } else {
                FactLane::here(parts)
            });
            Ok(())
        });
    }

    fn fact(&mut self, row: &FactRow<'_>) {
        self.newest_activity = self.newest_activity.max(Some(row.activity_date));
        self.attempt(|sink| sink.facts.as_mut().map_or(Ok(()), |facts| facts.push(row)));
    }

    fn code(&mut self, row: &CodeRow<'_>) {
        self.newest_activity = self.newest_activity.max(Some(row.activity_date));
        self.attempt(|sink| {
            begun(&mut sink.code, &sink.target, Dataset::Code)?.push(|cells| {
                cells.date(ACTIVITY_DATE, row.activity_date);
                cells.text(USER_ID, row.user_id.as_str());
                for (column, counter) in (FIRST_COUNTER..).zip(row.counters) {
                    cells.count(column, *counter);
                }
                cells.text(EXTRA, row.extra);
                cells.count(LINE, row.line.cast_signed());
            })
        });
    }

    fn issue(&mut self, issue: Issue) {
        self.attempt(|sink| sink.issues.push(&issue));
    }
}
