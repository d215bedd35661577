//! The typed rows of both reports, borrowed from the reader.

use chrono::NaiveDate;

use crate::{CODE_COUNTERS, Issue, UserId};

/// A row of the current report.
#[derive(Debug, Clone, PartialEq)]
pub struct FactRow<'a> {
    /// The line of the source, counted from 1.
    pub line: u64,
    pub activity_date: NaiveDate,
    pub user_id: UserId<'a>,
    /// Upper-cased; empty when blank, never missing, because it is part of the key.
    pub client_type: &'a str,
    /// A canonical code.
    pub subscription_tier: Option<&'a str>,
    pub chat_conversations: Option<i64>,
    pub total_messages: Option<i64>,
    pub credits_used: Option<f64>,
    pub overage_cap: Option<f64>,
    pub overage_credits_used: Option<f64>,
    pub overage_enabled: Option<bool>,
    pub usage_limit: Option<f64>,
    pub new_user: Option<bool>,
    pub profile_id: Option<&'a str>,
    pub email: Option<&'a str>,
    /// A JSON object of the cells of unknown columns.
    pub extra: Option<&'a str>,
    /// Models with more than zero messages.
    pub models: &'a [ModelMessages],
}

/// How many messages a model served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelMessages {
    /// Its place in the names told by [`RowSink::models`].
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
    /// A JSON object of the cells of unknown columns.
    pub extra: Option<&'a str>,
}

/// Takes what a reader reads.
pub trait RowSink {
    /// The header was read; these are the models it names, without `_messages`.
    fn models(&mut self, names: Vec<String>);
    /// A row of the current report.
    fn fact(&mut self, row: &FactRow<'_>);
    /// A row of the legacy report.
    fn code(&mut self, row: &CodeRow<'_>);
    /// Something to know about the export.
    fn issue(&mut self, issue: Issue);
}
