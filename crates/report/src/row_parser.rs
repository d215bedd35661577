//! From the cells of a record to a typed row.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::cell::{parse_boolean, trim};
use crate::extra::ExtraBuilder;
use crate::header::Header;
use crate::origin::{Origin, OriginReader};
use crate::records::Record;
use crate::{
    CODE_COUNTERS, CodeRow, Dataset, FactRow, Issue, IssueKind, ModelMessages, PLAIN_COLUMNS,
    PLAIN_SLOTS, PlainSlot, PlainValues, ReportKind, RowSink, UserId, parse_activity_date,
    parse_amount, parse_count, tier_code,
};

const CLIENT_TYPE: usize = Dataset::Facts.index_of("client_type");
const SUBSCRIPTION_TIER: usize = Dataset::Facts.index_of("subscription_tier");
const FIRST_PLAIN_COLUMN: usize = Dataset::Facts.index_of(PLAIN_COLUMNS[0].name);
const FIRST_COUNTER: usize = Dataset::Code.index_of(CODE_COUNTERS[0].name);

/// State from row to row: buffers, and the last value of columns that seldom change.
#[derive(Debug, Default)]
pub(crate) struct RowParser {
    tier: Memo<Option<Cow<'static, str>>>,
    date: Memo<Option<NaiveDate>>,
    models: Vec<ModelMessages>,
    extra: ExtraBuilder,
    origin: OriginReader,
}

/// The last raw cell of a column and its value.
#[derive(Debug, Default)]
struct Memo<T> {
    raw: Vec<u8>,
    value: T,
}

impl<T> Memo<T> {
    /// The value of a cell, computed only if the cell differs from the one before.
    fn get(&mut self, raw: &[u8], compute: impl FnOnce(&[u8]) -> T) -> &T {
        if self.raw != raw || raw.is_empty() {
            self.value = compute(raw);
            self.raw.clear();
            self.raw.extend_from_slice(raw);
        }
        &self.value
    }
}

/// The cells of one record, and the sink for their issues.
struct Cells<'a, 's, S> {
    record: Record<'a>,
    header: &'a Header,
    sink: &'s mut S,
}

impl RowParser {
    /// Passes the row of a record to the sink, or the issue because of which it is rejected.
    pub(crate) fn parse(&mut self, record: Record<'_>, header: &Header, sink: &mut impl RowSink) {
        let mut cells = Cells {
            record,
            header,
            sink,
        };
        let Some(user_id) = cells.text(Some(header.user)).and_then(UserId::canonical) else {
            return cells.report_issue(IssueKind::MissingUser, Some(header.user));
        };
        let Some(activity_date) = *self.date.get(cells.cell(header.date), parse_activity_date)
        else {
            return cells.report_issue(IssueKind::BadDate, Some(header.date));
        };
        match record.len().cmp(&header.names.len()) {
            std::cmp::Ordering::Less => cells.report_issue(IssueKind::ShortRow, None),
            std::cmp::Ordering::Greater => cells.report_issue(IssueKind::SurplusCells, None),
            std::cmp::Ordering::Equal => {}
        }
        let origin = self.origin.read(cells.origin());
        let has_extra =
            !header.unknown.is_empty() || origin.is_other_account || origin.is_other_region;
        let extra = if has_extra {
            collect_extra(&mut self.extra, &mut cells, &origin)
        } else {
            None
        };
        match header.kind {
            ReportKind::UserReport => {
                self.models.clear();
                for (model, position) in header.models.iter().enumerate() {
                    if let Some(messages) = cells
                        .count(Some(*position))
                        .filter(|messages| *messages > 0)
                    {
                        self.models.push(ModelMessages { model, messages });
                    }
                }
                let client_type = cells.text(header.columns[CLIENT_TYPE]).unwrap_or_default();
                let tier = cells
                    .text(header.columns[SUBSCRIPTION_TIER])
                    .unwrap_or_default();
                let row = FactRow {
                    line: record.line(),
                    activity_date,
                    user_id,
                    client_type: &upper_case(client_type),
                    subscription_tier: self
                        .tier
                        .get(tier.as_bytes(), |_| tier_code(tier))
                        .as_deref(),
                    plain: cells.plain_values(),
                    source_account: origin.account,
                    source_region: origin.region,
                    extra,
                    models: &self.models,
                };
                sink.fact(&row);
            }
            ReportKind::ByUserAnalytic => {
                let mut counters = [None; CODE_COUNTERS.len()];
                for (counter, position) in counters.iter_mut().zip(&header.columns[FIRST_COUNTER..])
                {
                    *counter = cells.count(*position);
                }
                sink.code(&CodeRow {
                    line: record.line(),
                    activity_date,
                    user_id,
                    counters: &counters,
                    source_account: origin.account,
                    source_region: origin.region,
                    extra,
                });
            }
        }
    }
}

/// Borrows a text that is in upper case already, as nearly all are.
fn upper_case(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_lowercase())
    {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_uppercase())
    }
}

fn collect_extra<'e, S: RowSink>(
    extra: &'e mut ExtraBuilder,
    cells: &mut Cells<'_, '_, S>,
    origin: &Origin<'_>,
) -> Option<&'e str> {
    extra.clear();
    let columns = &cells.header.origin_columns;
    let other_account = columns.account.filter(|_| origin.is_other_account);
    let other_region = columns.region.filter(|_| origin.is_other_region);
    let unknown = cells.header.unknown.iter().copied();
    for position in unknown.chain(other_account).chain(other_region) {
        if let Some(text) = cells.text(Some(position)) {
            extra.add(&cells.header.names[position], text);
        }
    }
    extra.finish()
}

impl<'a, S: RowSink> Cells<'a, '_, S> {
    fn cell(&self, position: usize) -> &'a [u8] {
        trim(self.record.cell(position))
    }

    /// The cells of profile, account and Region.
    fn origin(&self) -> [&'a [u8]; 3] {
        let columns = &self.header.origin_columns;
        [columns.profile, columns.account, columns.region]
            .map(|position| position.map_or(&[][..], |position| self.cell(position)))
    }

    /// `None` if blank, missing, or not UTF-8.
    fn text(&mut self, position: Option<usize>) -> Option<&'a str> {
        let text = self.record.text(position?);
        if text.is_none() {
            self.report_issue(IssueKind::InvalidUtf8, position);
        }
        text.filter(|text| !text.is_empty())
    }

    fn count(&mut self, position: Option<usize>) -> Option<i64> {
        parse_count(self.cell(position?)).unwrap_or_else(|_| self.reject(position))
    }

    fn amount(&mut self, position: Option<usize>) -> Option<f64> {
        parse_amount(self.cell(position?)).unwrap_or_else(|_| self.reject(position))
    }

    fn boolean(&mut self, position: Option<usize>) -> Option<bool> {
        parse_boolean(self.cell(position?)).unwrap_or_else(|_| self.reject(position))
    }

    fn plain_values(&mut self) -> PlainValues<&'a str> {
        let mut values = PlainValues::default();
        let positions = &self.header.columns[FIRST_PLAIN_COLUMN..];
        for (slot, position) in PLAIN_SLOTS.into_iter().zip(positions) {
            match slot {
                PlainSlot::Count(slot) => values.counts[slot] = self.count(*position),
                PlainSlot::Amount(slot) => values.amounts[slot] = self.amount(*position),
                PlainSlot::Boolean(slot) => values.booleans[slot] = self.boolean(*position),
                PlainSlot::Text(slot) => values.texts[slot] = self.text(*position),
            }
        }
        values
    }

    /// Reports a value that cannot be read.
    fn reject<T>(&mut self, position: Option<usize>) -> Option<T> {
        let is_text =
            position.is_none_or(|position| std::str::from_utf8(self.cell(position)).is_ok());
        self.report_issue(
            if is_text {
                IssueKind::BadValue
            } else {
                IssueKind::InvalidUtf8
            },
            position,
        );
        None
    }

    fn report_issue(&mut self, kind: IssueKind, position: Option<usize>) {
        let column = position.map(|position| Arc::clone(&self.header.names[position]));
        self.sink.issue(Issue {
            kind,
            column,
            line: Some(self.record.line()),
        });
    }
}
