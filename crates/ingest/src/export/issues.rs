//! The issues part.

use std::collections::BTreeMap;

use kiro_report::{Dataset, Issue, IssueKind};

use super::NormalizeErrorKind;
use super::fact_parts::get_or_begin;
use super::part_writer::{PartTarget, PartWriter};

const KIND: usize = Dataset::Issues.index_of("kind");
const COLUMN_NAME: usize = Dataset::Issues.index_of("column_name");
const ROW_REJECTED: usize = Dataset::Issues.index_of("row_rejected");
const LINE: usize = Dataset::Issues.index_of("line");

/// Counts issues and writes them. The part begins with the first one.
pub(super) struct IssueRows {
    target: PartTarget,
    part: Option<PartWriter>,
    counts: BTreeMap<IssueKind, u64>,
}

impl IssueRows {
    pub(super) fn new(target: PartTarget) -> Self {
        Self {
            target,
            part: None,
            counts: BTreeMap::new(),
        }
    }

    pub(super) fn counts(&self) -> &BTreeMap<IssueKind, u64> {
        &self.counts
    }

    pub(super) fn push(&mut self, issue: &Issue) -> Result<(), NormalizeErrorKind> {
        *self.counts.entry(issue.kind).or_default() += 1;
        let part = get_or_begin(&mut self.part, &self.target, Dataset::Issues)?;
        part.push(|cells| {
            cells.text(KIND, issue.kind.name());
            cells.text(COLUMN_NAME, issue.column.as_deref());
            cells.boolean(ROW_REJECTED, issue.kind.rejects_row());
            cells.count(LINE, issue.line.map(u64::cast_signed));
        })
    }

    /// Writes finished row groups.
    pub(super) fn drain(&mut self) -> Result<(), NormalizeErrorKind> {
        self.part.as_mut().map_or(Ok(()), PartWriter::drain)
    }

    /// The part with all its rows; `None` if there are none.
    pub(super) fn finish(self) -> Option<PartWriter> {
        self.part
    }
}
