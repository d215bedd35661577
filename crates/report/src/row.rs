//! The typed rows of both reports, borrowed from the reader.

use std::fmt;

use chrono::NaiveDate;

use crate::{CODE_COUNTERS, Issue, PLAIN_COLUMNS, PLAIN_SLOTS, PlainSlot, PlainValues, UserId};

/// A row of the current report.
#[derive(Clone, PartialEq)]
pub struct FactRow<'a> {
    /// The line of the source, counted from 1.
    pub line: u64,
    pub activity_date: NaiveDate,
    pub user_id: UserId<'a>,
    /// In upper case. Empty if blank, because it is part of the key.
    pub client_type: &'a str,
    /// The canonical code.
    pub subscription_tier: Option<&'a str>,
    /// The values of [`PLAIN_COLUMNS`].
    pub plain: PlainValues<&'a str>,
    /// What the row says of its account. Empty if it does not say it.
    pub source_account: &'a str,
    /// What the row says of its Region, in lower case. Empty if it does not say it.
    pub source_region: &'a str,
    /// A JSON object of the cells of unknown columns.
    pub extra: Option<&'a str>,
    /// Models with more than zero messages.
    pub models: &'a [ModelMessages],
}

impl fmt::Debug for FactRow<'_> {
    /// Shows the plain values under the names of their columns.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = formatter.debug_struct("FactRow");
        row.field("line", &self.line)
            .field("activity_date", &self.activity_date)
            .field("user_id", &self.user_id)
            .field("client_type", &self.client_type)
            .field("subscription_tier", &self.subscription_tier);
        for (column, slot) in PLAIN_COLUMNS.iter().zip(PLAIN_SLOTS) {
            match slot {
                PlainSlot::Count(slot) => row.field(column.name, &self.plain.counts[slot]),
                PlainSlot::Amount(slot) => row.field(column.name, &self.plain.amounts[slot]),
                PlainSlot::Boolean(slot) => row.field(column.name, &self.plain.booleans[slot]),
                PlainSlot::Text(slot) => row.field(column.name, &self.plain.texts[slot]),
            };
        }
        row.field("extra", &self.extra)
            .field("models", &self.models)
            .field("source_account", &self.source_account)
            .field("source_region", &self.source_region)
            .finish()
    }
}

/// The messages of one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelMessages {
    /// Its index among all names of [`RowSink::models`] so far.
    pub model: usize,
    pub messages: i64,
}

/// A row of the legacy report.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeRow<'a> {
    /// The line of the source, counted from 1.
    pub line: u64,
    pub activity_date: NaiveDate,
    pub user_id: UserId<'a>,
    /// In the order of [`CODE_COUNTERS`].
    pub counters: &'a [Option<i64>; CODE_COUNTERS.len()],
    /// As [`FactRow::source_account`].
    pub source_account: &'a str,
    /// As [`FactRow::source_region`].
    pub source_region: &'a str,
    /// A JSON object of the cells of unknown columns.
    pub extra: Option<&'a str>,
}

/// Receives the rows and issues of an export.
pub trait RowSink {
    /// Called after each header, before its rows: the models that no header before had, without `_messages`. Append them to
    /// those before, which keep their indexes.
    fn models(&mut self, names: Vec<String>);
    /// A row of the current report.
    fn fact(&mut self, row: &FactRow<'_>);
    /// A row of the legacy report.
    fn code(&mut self, row: &CodeRow<'_>);
    /// A problem of the export.
    fn issue(&mut self, issue: Issue);
}
