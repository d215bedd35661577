//! The facts part and the models part of one export.

use kiro_report::{Dataset, FactRow, PLAIN_COLUMNS, PLAIN_SLOTS, PlainSlot};

use super::NormalizeErrorKind;
use super::part_writer::{PartTarget, PartWriter};
use crate::part::RowCells;

const FACT: SharedColumns = SharedColumns::of(Dataset::Facts);
const MODEL: SharedColumns = SharedColumns::of(Dataset::Models);
const FIRST_PLAIN_COLUMN: usize = Dataset::Facts.index_of(PLAIN_COLUMNS[0].name);
const EXTRA: usize = Dataset::Facts.index_of("extra");
const MODEL_NAME: usize = Dataset::Models.index_of("model_name");
const MESSAGES: usize = Dataset::Models.index_of("messages");

/// The columns that facts and models share, by their indexes in one of the two datasets.
struct SharedColumns {
    activity_date: usize,
    user_id: usize,
    client_type: usize,
    subscription_tier: usize,
    source_account: usize,
    source_region: usize,
    line: usize,
}

/// Writes facts, and one model row for each model of a fact. A part begins with its first row.
pub(super) struct FactParts {
    target: PartTarget,
    /// Of all headers so far.
    model_names: Vec<String>,
    pub(super) facts: Option<PartWriter>,
    pub(super) models: Option<PartWriter>,
}

impl FactParts {
    pub(super) fn new(target: PartTarget) -> Self {
        Self {
            target,
            model_names: Vec::new(),
            facts: None,
            models: None,
        }
    }

    pub(super) fn add_models(&mut self, names: &mut Vec<String>) {
        self.model_names.append(names);
    }

    pub(super) fn push(&mut self, row: &FactRow<'_>) -> Result<(), NormalizeErrorKind> {
        let facts = get_or_begin(&mut self.facts, &self.target, Dataset::Facts)?;
        FACT.set_origin(facts, row);
        facts.push(|cells| {
            FACT.fill(cells, row);
            fill_plain_columns(cells, row);
            cells.text(EXTRA, row.extra);
        })?;
        if row.models.is_empty() {
            Ok(())
        } else {
            self.push_models(row)
        }
    }

    fn push_models(&mut self, row: &FactRow<'_>) -> Result<(), NormalizeErrorKind> {
        let models = get_or_begin(&mut self.models, &self.target, Dataset::Models)?;
        MODEL.set_origin(models, row);
        for model in row.models {
            models.push(|cells| {
                MODEL.fill(cells, row);
                cells.text(MODEL_NAME, self.model_names[model.model].as_str());
                cells.count(MESSAGES, model.messages);
            })?;
        }
        Ok(())
    }

    /// Writes finished row groups.
    pub(super) fn drain(&mut self) -> Result<(), NormalizeErrorKind> {
        self.facts.as_mut().map_or(Ok(()), PartWriter::drain)?;
        self.models.as_mut().map_or(Ok(()), PartWriter::drain)
    }
}

impl SharedColumns {
    const fn of(dataset: Dataset) -> Self {
        Self {
            activity_date: dataset.index_of("activity_date"),
            user_id: dataset.index_of("user_id"),
            client_type: dataset.index_of("client_type"),
            subscription_tier: dataset.index_of("subscription_tier"),
            source_account: dataset.index_of("source_account"),
            source_region: dataset.index_of("source_region"),
            line: dataset.index_of("line"),
        }
    }

    fn fill(&self, cells: &mut RowCells<'_>, row: &FactRow<'_>) {
        cells.date(self.activity_date, row.activity_date);
        cells.text(self.user_id, row.user_id.as_str());
        cells.text(self.client_type, row.client_type);
        cells.text(self.subscription_tier, row.subscription_tier);
        cells.count(self.line, row.line.cast_signed());
    }

    /// Sets account and Region, which few exports change from row to row.
    fn set_origin(&self, part: &mut PartWriter, row: &FactRow<'_>) {
        part.set_repeated(self.source_account, row.source_account);
        part.set_repeated(self.source_region, row.source_region);
    }
}

fn fill_plain_columns(cells: &mut RowCells<'_>, row: &FactRow<'_>) {
    for (column, slot) in (FIRST_PLAIN_COLUMN..).zip(PLAIN_SLOTS) {
        match slot {
            PlainSlot::Count(slot) => cells.count(column, row.plain.counts[slot]),
            PlainSlot::Amount(slot) => cells.amount(column, row.plain.amounts[slot]),
            PlainSlot::Boolean(slot) => cells.boolean(column, row.plain.booleans[slot]),
            PlainSlot::Text(slot) => cells.text(column, row.plain.texts[slot]),
        }
    }
}

/// The part, begun if there is none yet.
pub(super) fn get_or_begin<'a>(
    part: &'a mut Option<PartWriter>,
    target: &PartTarget,
    dataset: Dataset,
) -> Result<&'a mut PartWriter, NormalizeErrorKind> {
    match part {
        Some(part) => Ok(part),
        part => Ok(part.insert(PartWriter::begin(target, dataset)?)),
    }
}
