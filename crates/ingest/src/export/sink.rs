//! Takes the rows of one export and writes its parts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kiro_report::{
    CODE_COUNTERS, CodeRow, Dataset, FactRow, Issue, IssueKind, ReportKind, RowSink,
};

use super::NormalizeErrorKind;
use super::fact_parts::{FactParts, get_or_begin};
use super::fact_sink::FactSink;
use super::issues::IssueRows;
use super::part_writer::{PartTarget, PartWriter};

const ACTIVITY_DATE: usize = Dataset::Code.index_of("activity_date");
const USER_ID: usize = Dataset::Code.index_of("user_id");
const FIRST_COUNTER: usize = Dataset::Code.index_of(CODE_COUNTERS[0].name);
const SOURCE_ACCOUNT: usize = Dataset::Code.index_of("source_account");
const SOURCE_REGION: usize = Dataset::Code.index_of("source_region");
const EXTRA: usize = Dataset::Code.index_of("extra");
const LINE: usize = Dataset::Code.index_of("line");

/// The unfinished parts of one export.
pub(super) struct ExportSink {
    target: PartTarget,
    /// Set once a header has been read.
    facts: Option<FactSink>,
    is_threaded: bool,
    code: Option<PartWriter>,
    issues: IssueRows,
    newest_activity: Option<NaiveDate>,
    /// The first failure. Later rows are ignored.
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
    /// Rows that were left out.
    pub(crate) fn rejected_rows(&self) -> u64 {
        self.issues
            .iter()
            .filter(|(kind, _)| kind.rejects_row())
            .map(|(_, count)| count)
            .sum()
    }
}

impl ExportSink {
    /// `is_threaded`: encode facts on another thread, for large exports.
    pub(super) fn new(target: PartTarget, is_threaded: bool) -> Self {
        let issues = IssueRows::new(target.clone());
        Self {
            target,
            facts: None,
            is_threaded,
            code: None,
            issues,
            newest_activity: None,
            failure: None,
        }
    }

    /// Writes finished row groups.
    ///
    /// # Errors
    ///
    /// The first failure since the last call.
    pub(super) fn drain(&mut self) -> Result<(), NormalizeErrorKind> {
        if let Some(failure) = self.failure.take() {
            // A thread that has stopped knows the cause.
            let facts = self.facts.take().map(FactSink::finish);
            return Err(match (failure, facts) {
                (NormalizeErrorKind::Stopped, Some(Err(cause))) => cause,
                (failure, _) => failure,
            });
        }
        self.issues.drain()?;
        self.code.as_mut().map_or(Ok(()), PartWriter::drain)?;
        self.facts.as_mut().map_or(Ok(()), FactSink::drain)
    }

    /// Drops the parts. Nothing of them was visible.
    ///
    /// # Errors
    ///
    /// If they could not be written, which another pass would only find out again.
    pub(super) fn discard(mut self) -> Result<(), NormalizeErrorKind> {
        self.drain()?;
        // Another thread must not write any longer when the next pass begins.
        self.facts
            .map_or(Ok(()), |facts| facts.finish().map(|_| ()))
    }

    /// Writes the rest and makes all parts visible, the facts or code part last. An existing part of this name is replaced
    /// even by one without rows.
    pub(super) fn finish(
        mut self,
        kind: ReportKind,
        data_rows: u64,
    ) -> Result<ExportCounts, NormalizeErrorKind> {
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
            Some(facts) => {
                let parts = facts.finish()?;
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
        if data_rows > 0 && counts.fact_rows + counts.code_rows == 0 {
            return Err(fail_without_rows(&target, issues, data_rows)?);
        }
        for (mut part, dataset) in [
            (models, Dataset::Models),
            (issues.finish(), Dataset::Issues),
        ] {
            if target.existing.has(&target.name, dataset) {
                get_or_begin(&mut part, &target, dataset)?;
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
        // A run that is killed in between leaves a content that the next run writes, for the first time or once more.
        let is_new = !target.existing.is_done(&target.name);
        if is_new {
            target.record_version()?;
        }
        last.complete()?.publish()?;
        if !is_new {
            target.record_version()?;
        }
        Ok(counts)
    }

    fn attempt(&mut self, work: impl FnOnce(&mut Self) -> Result<(), NormalizeErrorKind>) {
        if self.failure.is_none() {
            self.failure = work(self).err();
        }
    }
}

/// Writes the issues of an export without a usable row, unless an earlier run did. Returns the failure.
fn fail_without_rows(
    target: &PartTarget,
    mut issues: IssueRows,
    rows: u64,
) -> Result<NormalizeErrorKind, NormalizeErrorKind> {
    let rejections = issues.counts().iter();
    let rejections = rejections
        .filter(|(kind, _)| kind.rejects_row())
        .map(|(kind, count)| (*kind, *count))
        .collect();
    if !target.existing.has_recorded_failure(&target.name) {
        issues.push(&Issue {
            kind: IssueKind::UnreadableExport,
            column: None,
            line: None,
        })?;
        if let Some(part) = issues.finish() {
            part.complete()?.publish()?;
        }
    }
    Ok(NormalizeErrorKind::NoUsableRow { rows, rejections })
}

impl RowSink for ExportSink {
    fn models(&mut self, names: Vec<String>) {
        self.attempt(|sink| {
            let facts = match &mut sink.facts {
                Some(facts) => facts,
                facts => {
                    let parts = FactParts::new(sink.target.clone());
                    facts.insert(if sink.is_threaded {
                        FactSink::threaded(parts)?
                    } else {
                        FactSink::inline(parts)
                    })
                }
            };
            facts.add_models(names);
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
            let code = get_or_begin(&mut sink.code, &sink.target, Dataset::Code)?;
            code.set_repeated(SOURCE_ACCOUNT, row.source_account);
            code.set_repeated(SOURCE_REGION, row.source_region);
            code.push(|cells| {
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
