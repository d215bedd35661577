//! From the cells of a record to a typed row.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use chrono::Datelike;

use crate::cell::{content, is_blank_word, parse_boolean, trim};
use crate::date_reader::DateReader;
use crate::extra::ExtraBuilder;
use crate::header::Header;
use crate::key_set::{KeyHash, KeySet};
use crate::memo::Memo;
use crate::origin::{Origin, OriginReader};
use crate::records::Record;
use crate::{
    BadNumber, CODE_COUNTERS, CodeRow, Dataset, FactRow, Issue, IssueKind, ModelMessages, Names,
    PLAIN_COLUMNS, PLAIN_SLOTS, PlainSlot, PlainValues, ReportKind, RowSink, UserId, parse_amount,
    parse_count,
};

const CLIENT_TYPE: usize = Dataset::Facts.index_of("client_type");
const SUBSCRIPTION_TIER: usize = Dataset::Facts.index_of("subscription_tier");
const FIRST_PLAIN_COLUMN: usize = Dataset::Facts.index_of(PLAIN_COLUMNS[0].name);
const TOTAL_MESSAGES: usize = match PLAIN_SLOTS[plain_index("total_messages")] {
    PlainSlot::Count(slot) => slot,
    _ => panic!("the total is a count"),
};
const FIRST_COUNTER: usize = Dataset::Code.index_of(CODE_COUNTERS[0].name);

/// The index of a column among [`PLAIN_COLUMNS`].
const fn plain_index(name: &str) -> usize {
    Dataset::Facts.index_of(name) - FIRST_PLAIN_COLUMN
}

/// State from row to row: buffers, and the last value of columns that seldom change.
#[derive(Debug, Default)]
pub(crate) struct RowParser {
    names: Arc<Names>,
    tier: Memo<Option<Cow<'static, str>>>,
    models: Vec<ModelMessages>,
    extra: ExtraBuilder,
    keys: KeySet,
    origin: OriginReader,
}

/// Why a record is no row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rejection {
    kind: IssueKind,
    position: usize,
}

impl Rejection {
    pub(crate) fn into_issue(self, header: &Header, line: u64) -> Issue {
        Issue {
            kind: self.kind,
            column: Some(Arc::clone(&header.names[self.position])),
            line: Some(line),
        }
    }
}

/// The cells of one record, and the sink for their issues.
struct Cells<'a, 's, S> {
    record: Record<'a>,
    header: &'a Header,
    sink: &'s mut S,
}

impl RowParser {
    /// A parser that applies these names.
    pub(crate) fn new(names: Arc<Names>) -> Self {
        Self {
            names,
            ..Self::default()
        }
    }

    /// Passes the row of a record to the sink.
    ///
    /// # Errors
    ///
    /// The reason why the record is no row. Nothing but an issue of a user that is not UTF-8 was passed to the sink then.
    pub(crate) fn parse(
        &mut self,
        record: Record<'_>,
        header: &Header,
        dates: &mut DateReader,
        sink: &mut impl RowSink,
    ) -> Result<(), Rejection> {
        let mut cells = Cells {
            record,
            header,
            sink,
        };
        let user_id = cells.text(Some(header.user)).and_then(UserId::canonical);
        let user_id = user_id.filter(|id| !is_blank_word(id.as_str().as_bytes()));
        let Some(user_id) = user_id else {
            return Err(Rejection {
                kind: IssueKind::MissingUser,
                position: header.user,
            });
        };
        let activity_date = dates.read(cells.cell(header.date));
        let activity_date = activity_date.map_err(|kind| Rejection {
            kind,
            position: header.date,
        })?;
        match record.len().cmp(&header.names.len()) {
            Ordering::Less => cells.report_issue(IssueKind::ShortRow, None),
            Ordering::Greater => cells.report_issue(IssueKind::SurplusCells, None),
            Ordering::Equal => {}
        }
        let origin = self.origin.read(cells.origin());
        let has_extra =
            !header.unknown.is_empty() || origin.is_other_account || origin.is_other_region;
        let extra = if has_extra {
            collect_extra(&mut self.extra, &mut cells, &origin)
        } else {
            None
        };
        let day = u64::from(activity_date.num_days_from_ce().unsigned_abs());
        let key_from = |origin: KeyHash| origin.number(day).text(user_id.as_str().as_bytes());
        match header.kind {
            ReportKind::UserReport => {
                let model_sum = collect_models(&mut self.models, &mut cells);
                if header.repeats_models {
                    add_up(&mut self.models);
                }
                let client_type = cells.text(header.columns[CLIENT_TYPE]).unwrap_or_default();
                let client_type = self.names.client(upper_case(client_type));
                let tier = cells
                    .text(header.columns[SUBSCRIPTION_TIER])
                    .unwrap_or_default();
                let plain = cells.plain_values();
                cells.check_model_sum(model_sum, plain.counts[TOTAL_MESSAGES]);
                let key = key_from(origin.profile_key).text(client_type.as_bytes());
                if self.keys.is_repeated(key) {
                    cells.report_issue(IssueKind::RepeatedKey, None);
                }
                let row = FactRow {
                    line: record.line(),
                    activity_date,
                    user_id,
                    client_type: &client_type,
                    subscription_tier: self
                        .tier
                        .get(tier.as_bytes(), |_| self.names.tier(tier))
                        .as_deref(),
                    plain,
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
                if self.keys.is_repeated(key_from(origin.key)) {
                    cells.report_issue(IssueKind::RepeatedKey, None);
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
        Ok(())
    }
}

/// Adds up the messages of columns that are aliases of one model.
fn add_up(models: &mut Vec<ModelMessages>) {
    models.sort_by_key(|of_column| of_column.model);
    models.dedup_by(|next, first| {
        let is_same = next.model == first.model;
        if is_same {
            first.messages = first.messages.saturating_add(next.messages);
        }
        is_same
    });
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

/// The messages of a row's models, if they can be compared with its total.
#[derive(Debug, Clone, Copy)]
struct ModelSum {
    messages: i64,
    /// At least one model has a number, and none has one that cannot be read.
    is_known: bool,
}

/// Collects the models of a row with more than zero messages.
fn collect_models<S: RowSink>(
    models: &mut Vec<ModelMessages>,
    cells: &mut Cells<'_, '_, S>,
) -> ModelSum {
    models.clear();
    let (mut messages, mut has_any, mut are_readable) = (0_i64, false, true);
    for (position, model) in &cells.header.models {
        match cells.try_count(*position) {
            Ok(Some(count)) => {
                has_any = true;
                messages = messages.saturating_add(count);
                if count > 0 {
                    models.push(ModelMessages {
                        model: *model,
                        messages: count,
                    });
                }
            }
            Ok(None) => {}
            Err(_) => {
                are_readable = false;
                cells.reject::<i64>(*position);
            }
        }
    }
    ModelSum {
        messages,
        is_known: has_any && are_readable,
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

    #[inline]
    fn try_count(&self, position: usize) -> Result<Option<i64>, BadNumber> {
        let cell = self.cell(position);
        parse_count(cell).or_else(|_| parse_count(content(cell)))
    }

    fn count(&mut self, position: Option<usize>) -> Option<i64> {
        let position = position?;
        self.try_count(position)
            .unwrap_or_else(|_| self.reject(position))
    }

    fn amount(&mut self, position: Option<usize>) -> Option<f64> {
        let position = position?;
        let cell = self.cell(position);
        parse_amount(cell)
            .or_else(|_| parse_amount(content(cell)))
            .unwrap_or_else(|_| self.reject(position))
    }

    fn boolean(&mut self, position: Option<usize>) -> Option<bool> {
        let position = position?;
        let cell = self.cell(position);
        parse_boolean(cell)
            .or_else(|_| parse_boolean(content(cell)))
            .unwrap_or_else(|_| self.reject(position))
    }

    /// Reports models that do not add up to the total. A column that is excluded from the models may belong to it or not.
    fn check_model_sum(&mut self, models: ModelSum, total: Option<i64>) {
        let Some(total) = total.filter(|total| models.is_known && *total != models.messages) else {
            return;
        };
        let excluded = self.header.excluded.iter();
        let excluded = excluded.filter_map(|position| self.try_count(*position).ok().flatten());
        if total != excluded.fold(models.messages, i64::saturating_add) {
            self.report_issue(IssueKind::ModelSum, None);
        }
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
    fn reject<T>(&mut self, position: usize) -> Option<T> {
        let is_text = std::str::from_utf8(self.cell(position)).is_ok();
        self.report_issue(
            if is_text {
                IssueKind::BadValue
            } else {
                IssueKind::InvalidUtf8
            },
            Some(position),
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
