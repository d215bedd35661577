//! Binds the columns of a file by their names.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::origin::OriginColumns;
use crate::records::Record;
use crate::{Dataset, Issue, IssueKind, MODEL_SUFFIX, ReadError, ReportKind};

/// A file with more columns is damaged.
const MAX_COLUMNS: usize = 65_536;

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
    /// The positions of the model columns, and their names without the suffix.
    pub(crate) models: Vec<usize>,
    pub(crate) model_names: Vec<String>,
    pub(crate) unknown: Vec<usize>,
    pub(crate) origin_columns: OriginColumns,
    /// The first and the repeated position of columns that occur again.
    pub(crate) duplicates: Vec<(usize, usize)>,
    pub(crate) issues: Vec<Issue>,
}

/// The meaning of a column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Meaning {
    /// A column of the dataset, by its index there.
    Column(usize),
    Model(String),
    Unknown(Arc<str>),
}

impl Header {
    /// Binds the first record of a file. Without a kind, the header decides which report it is.
    ///
    /// # Errors
    ///
    /// If there is no column of users or of dates, or there are too many columns.
    pub(crate) fn bind(record: &Record<'_>, kind: Option<ReportKind>) -> Result<Self, ReadError> {
        if record.len() > MAX_COLUMNS {
            return Err(ReadError::TooManyColumns {
                line: record.line(),
                most: MAX_COLUMNS,
            });
        }
        let names: Vec<Arc<str>> = (0..record.len())
            .map(|position| normalize_name(record.cell(position), position))
            .collect();
        let kind = kind.unwrap_or_else(|| detect_kind(&names));
        let mut header = Self {
            kind,
            date: 0,
            user: 0,
            columns: vec![None; kind.dataset().columns().count()],
            models: Vec::new(),
            model_names: Vec::new(),
            unknown: Vec::new(),
            origin_columns: OriginColumns::default(),
            duplicates: Vec::new(),
            issues: Vec::new(),
            names: Vec::new(),
        };
        let mut first_places = HashMap::with_capacity(names.len());
        for (position, name) in names.iter().enumerate() {
            let meaning = Meaning::of(name, kind);
            let mut issue = |kind| {
                header.issues.push(Issue {
                    kind,
                    column: Some(Arc::clone(name)),
                    line: Some(record.line()),
                });
            };
            if let Some(first) = first_places.get(&meaning) {
                issue(IssueKind::DuplicateColumn);
                header.duplicates.push((*first, position));
                continue;
            }
            match &meaning {
                Meaning::Column(index) => header.columns[*index] = Some(position),
                Meaning::Model(model) => {
                    header.models.push(position);
                    header.model_names.push(model.clone());
                }
                Meaning::Unknown(_) => {
                    issue(IssueKind::UnknownColumn);
                    header.unknown.push(position);
                }
            }
            first_places.insert(meaning, position);
        }
        let position_of = |name| header.columns[kind.dataset().index_of(name)];
        header.user = position_of("user_id").ok_or_else(|| ReadError::NoUserColumn {
            found: list_names(&names),
        })?;
        header.date = position_of("activity_date").ok_or_else(|| ReadError::NoDateColumn {
            found: list_names(&names),
        })?;
        header.origin_columns = OriginColumns {
            profile: (kind == ReportKind::UserReport)
                .then(|| position_of("profile_id"))
                .flatten(),
            account: position_of("source_account"),
            region: position_of("source_region"),
        };
        header.names = names;
        Ok(header)
    }
}

impl Meaning {
    fn of(name: &Arc<str>, kind: ReportKind) -> Self {
        let key = lookup_key(name);
        if let Some(index) = column_of(kind.dataset(), &key) {
            return Self::Column(index);
        }
        if kind == ReportKind::UserReport
            && key.len() > MODEL_SUFFIX.len()
            && key.ends_with(MODEL_SUFFIX)
        {
            return Self::Model(name[..name.len() - MODEL_SUFFIX.len()].to_owned());
        }
        Self::Unknown(Arc::clone(name))
    }
}

/// The index of the column of a dataset that has this header.
fn column_of(dataset: Dataset, key: &str) -> Option<usize> {
    dataset.columns().position(|column| column.has_header(key))
}

/// The current report unless the header has legacy counters and nothing that only the current report has.
fn detect_kind(names: &[Arc<str>]) -> ReportKind {
    let keys: Vec<String> = names.iter().map(|name| lookup_key(name)).collect();
    let has_any_only_of = |dataset, other| {
        keys.iter()
            .any(|key| column_of(dataset, key).is_some() && column_of(other, key).is_none())
    };
    if has_any_only_of(Dataset::Code, Dataset::Facts)
        && !has_any_only_of(Dataset::Facts, Dataset::Code)
    {
        ReportKind::ByUserAnalytic
    } else {
        ReportKind::UserReport
    }
}

/// The name of a column in lower case, without blanks and byte order mark around it. A column without a name is named by its
/// position.
fn normalize_name(cell: &[u8], position: usize) -> Arc<str> {
    let name = String::from_utf8_lossy(cell);
    let name = name
        .trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
        .to_lowercase();
    if name.is_empty() {
        format!("column_{}", position + 1).into()
    } else {
        name.into()
    }
}

/// Replaces blanks and hyphens by `_`. Keeps the position of every byte.
fn lookup_key(name: &str) -> String {
    name.replace([' ', '-'], "_")
}

/// The first names, for a message.
fn list_names(names: &[Arc<str>]) -> String {
    const MAX_NAMES: usize = 6;
    const MAX_LETTERS: usize = 40;
    let mut text = names
        .iter()
        .take(MAX_NAMES)
        .map(|name| {
            let letters: String = name
                .chars()
                .take(MAX_LETTERS)
                .map(|letter| if letter.is_control() { '?' } else { letter })
                .collect();
            let more = if name.chars().nth(MAX_LETTERS).is_some() {
                "…"
            } else {
                ""
            };
            format!("`{letters}{more}`")
        })
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > MAX_NAMES {
        // Writing to a string cannot fail.
        write!(text, " and {} more", names.len() - MAX_NAMES).ok();
    }
    text
}
