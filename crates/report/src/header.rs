//! Binds the columns of a file by their names.

use std::collections::HashMap;
use std::sync::Arc;

use crate::column_name::normalize_name;
use crate::header_names::HeaderNames;
use crate::origin::OriginColumns;
use crate::read_error::FoundColumns;
use crate::records::Record;
use crate::{Dataset, Issue, IssueKind, MODEL_SUFFIX, Names, ReadError, ReportKind};

/// A file with more columns is damaged.
pub(crate) const MAX_COLUMNS: usize = 65_536;

pub(crate) const USER_KEY: &str = "userid";
pub(crate) const DATE_KEY: &str = "date";

/// The columns of a file, bound to the columns of its dataset.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) kind: ReportKind,
    /// The name of every column, in lower case.
    pub(crate) names: Vec<Arc<str>>,
    pub(crate) date: usize,
    pub(crate) user: usize,
    /// The position of each column of the dataset in the file, in the order of the dataset.
    pub(crate) columns: Vec<Option<usize>>,
    /// The positions of the model columns, and the index of each model among those of the file.
    pub(crate) models: Vec<(usize, usize)>,
    /// Several columns are of one model: aliases.
    pub(crate) repeats_models: bool,
    /// The columns that would be models if they were not excluded. They are among the unknown ones, too.
    pub(crate) excluded: Vec<usize>,
    pub(crate) unknown: Vec<usize>,
    pub(crate) origin_columns: OriginColumns,
    /// The first and the repeated position of columns that occur again.
    pub(crate) duplicates: Vec<(usize, usize)>,
}

/// What a header adds to what the file had before.
#[derive(Debug, Default)]
pub(crate) struct HeaderNews {
    pub(crate) models: Vec<String>,
    pub(crate) issues: Vec<Issue>,
}

/// The meaning of a column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Meaning {
    /// A column of the dataset, by its index there.
    Column(usize),
    /// By its own name, not by the one that it is an alias of.
    Model(String),
    Excluded(Arc<str>),
    Unknown(Arc<str>),
}

impl Header {
    /// Binds a record of names. `names` is what the file's headers before had.
    ///
    /// # Errors
    ///
    /// If there is no column of users or of dates, there are too many columns, or it is the header of the other report.
    pub(crate) fn bind(
        record: &Record<'_>,
        kind: Option<ReportKind>,
        rules: &Names,
        file: &mut HeaderNames,
    ) -> Result<(Self, HeaderNews), ReadError> {
        let line = record.line();
        let too_many = ReadError::TooManyColumns {
            line,
            most: MAX_COLUMNS,
        };
        if record.len() > MAX_COLUMNS {
            return Err(too_many);
        }
        let names: Vec<Arc<str>> = (0..record.len())
            .map(|position| normalize_name(record.cell(position), position))
            .collect();
        let keys: Vec<String> = names.iter().map(|name| rules.header(name)).collect();
        let position_of = |wanted| keys.iter().position(|key| key == wanted);
        let user = position_of(USER_KEY).ok_or_else(|| ReadError::NoUserColumn {
            found: FoundColumns::of(&keys),
        })?;
        let date = position_of(DATE_KEY).ok_or_else(|| ReadError::NoDateColumn {
            found: FoundColumns::of(&keys),
        })?;
        let kind = match (kind, report_of(&names, &keys)) {
            (Some(expected), Some(found)) if expected != found => {
                return Err(ReadError::OtherReport {
                    line,
                    expected,
                    found,
                });
            }
            (kind, found) => kind.or(found).unwrap_or(ReportKind::UserReport),
        };
        let mut header = Self {
            kind,
            date,
            user,
            columns: vec![None; kind.dataset().columns().count()],
            models: Vec::new(),
            repeats_models: false,
            excluded: Vec::new(),
            unknown: Vec::new(),
            origin_columns: OriginColumns::default(),
            duplicates: Vec::new(),
            names: Vec::new(),
        };
        let mut news = HeaderNews::default();
        let mut first_places = HashMap::with_capacity(names.len());
        for (position, (name, key)) in names.iter().zip(&keys).enumerate() {
            let meaning = Meaning::of(name, key, kind, rules);
            let mut issue = |kind| {
                if file.is_new_issue(kind, name) {
                    news.issues.push(Issue {
                        kind,
                        column: Some(Arc::clone(name)),
                        line: Some(line),
                    });
                }
            };
            if let Some(first) = first_places.get(&meaning) {
                issue(IssueKind::DuplicateColumn);
                header.duplicates.push((*first, position));
                continue;
            }
            match &meaning {
                Meaning::Column(index) => header.columns[*index] = Some(position),
                Meaning::Model(model) => {
                    let model = rules.model(model);
                    let (index, is_new) = file.model_index(model);
                    header.repeats_models |= header.models.iter().any(|(_, one)| *one == index);
                    header.models.push((position, index));
                    if is_new {
                        news.models.push(model.to_owned());
                    }
                }
                Meaning::Excluded(_) => {
                    header.excluded.push(position);
                    header.unknown.push(position);
                }
                Meaning::Unknown(_) => {
                    issue(IssueKind::UnknownColumn);
                    header.unknown.push(position);
                }
            }
            first_places.insert(meaning, position);
        }
        if file.len() > MAX_COLUMNS {
            return Err(too_many);
        }
        let column_at = |name| header.columns[kind.dataset().index_of(name)];
        header.origin_columns = OriginColumns {
            profile: (kind == ReportKind::UserReport)
                .then(|| column_at("profile_id"))
                .flatten(),
            account: column_at("source_account"),
            region: column_at("source_region"),
        };
        header.names = names;
        Ok((header, news))
    }
}

impl Meaning {
    fn of(name: &Arc<str>, key: &str, kind: ReportKind, rules: &Names) -> Self {
        if let Some(index) = column_of(kind.dataset(), key) {
            return Self::Column(index);
        }
        match model_of(name) {
            Some(model) if kind == ReportKind::UserReport => {
                if rules.is_excluded(key) {
                    Self::Excluded(Arc::clone(name))
                } else {
                    Self::Model(model.to_owned())
                }
            }
            _ => Self::Unknown(Arc::clone(name)),
        }
    }
}

impl FoundColumns {
    fn of(keys: &[String]) -> Self {
        let headers = [Dataset::Facts, Dataset::Code]
            .into_iter()
            .flat_map(Dataset::columns);
        let mut known: Vec<&'static str> = Vec::new();
        for column in headers.filter(|column| keys.iter().any(|key| column.has_header(key))) {
            if let Some(name) = column.headers.first()
                && !known.contains(name)
            {
                known.push(name);
            }
        }
        Self {
            columns: keys.len(),
            known,
        }
    }
}

/// The model of a column's name: what stands before `_messages`, whatever separates that.
fn model_of(name: &str) -> Option<&str> {
    let (model, ending) = name.split_at_checked(name.len().checked_sub(MODEL_SUFFIX.len())?)?;
    let is_model = !model.is_empty() && ending.replace([' ', '-'], "_") == MODEL_SUFFIX;
    is_model.then_some(model)
}

/// The index of the column of a dataset that has a header with this key.
fn column_of(dataset: Dataset, key: &str) -> Option<usize> {
    dataset.columns().position(|column| column.has_header(key))
}

/// The report that alone has these columns; `None` if they are of both reports or of neither.
fn report_of(names: &[Arc<str>], keys: &[String]) -> Option<ReportKind> {
    let has_any_only_of = |dataset, other| {
        keys.iter()
            .any(|key| column_of(dataset, key).is_some() && column_of(other, key).is_none())
    };
    let is_legacy = has_any_only_of(Dataset::Code, Dataset::Facts);
    let is_current = has_any_only_of(Dataset::Facts, Dataset::Code)
        || (!is_legacy && names.iter().any(|name| model_of(name).is_some()));
    match (is_current, is_legacy) {
        (true, false) => Some(ReportKind::UserReport),
        (false, true) => Some(ReportKind::ByUserAnalytic),
        _ => None,
    }
}
