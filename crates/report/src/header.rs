//! Which column of a file is which, by name alone.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::records::Record;
use crate::{Dataset, Issue, IssueKind, MODEL_SUFFIX, ReadError, ReportKind};

/// More columns than this are a damaged file.
const MAX_COLUMNS: usize = 65_536;

/// The columns of a file, bound to what they mean.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) kind: ReportKind,
    /// Every column's name, lower-cased.
    pub(crate) names: Vec<Arc<str>>,
    pub(crate) date: usize,
    pub(crate) user: usize,
    /// Where the values of each column of the dataset are, in the order of the dataset.
    pub(crate) columns: Vec<Option<usize>>,
    /// Positions of the model columns; the names are theirs without the suffix.
    pub(crate) models: Vec<usize>,
    pub(crate) model_names: Vec<String>,
    pub(crate) unknown: Vec<usize>,
    /// A column that occurs again: where it occurred first, and where now.
    pub(crate) duplicates: Vec<(usize, usize)>,
    pub(crate) issues: Vec<Issue>,
}

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Meaning {
    /// One of the dataset, by its index there.
    Column(usize),
    Model(String),
    Unknown(Arc<str>),
}

impl Header {
    /// Binds the first record of a file. A loose file's header also tells which report it is.
    pub(crate) fn bind(record: &Record<'_>, kind: Option<ReportKind>) -> Result<Self, ReadError> {
        if record.len() > MAX_COLUMNS {
            return Err(ReadError::TooManyColumns {
                line: record.line(),
                most: MAX_COLUMNS,
            });
        }
        let names: Vec<Arc<str>> = (0..record.len())
            .map(|position| clean(record.cell(position), position))
            .collect();
        let kind = kind.unwrap_or_else(|| tell_kind(&names));
        let mut header = Self {
            kind,
            date: 0,
            user: 0,
            columns: vec![None; kind.dataset().columns().count()],
            models: Vec::new(),
            model_names: Vec::new(),
            unknown: Vec::new(),
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
            found: list(&names),
        })?;
        header.date = position_of("activity_date").ok_or_else(|| ReadError::NoDateColumn {
            found: list(&names),
        })?;
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
fn tell_kind(names: &[Arc<str>]) -> ReportKind {
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

/// The name of a column: no blanks around it, no byte order mark, lower case. One without a name is named by its place.
fn clean(cell: &[u8], position: usize) -> Arc<str> {
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

/// Blanks and hyphens in a header are as good as `_`. Keeps every byte's place.
fn lookup_key(name: &str) -> String {
    name.replace([' ', '-'], "_")
}

/// The first few names, for a message.
fn list(names: &[Arc<str>]) -> String {
    const MOST_NAMES: usize = 6;
    const MOST_LETTERS: usize = 40;
    let mut text = names
        .iter()
        .take(MOST_NAMES)
        .map(|name| {
            let letters: String = name
                .chars()
                .take(MOST_LETTERS)
                .map(|letter| if letter.is_control() { '?' } else { letter })
                .collect();
            let more = if name.chars().nth(MOST_LETTERS).is_some() {
                "…"
            } else {
                ""
            };
            format!("`{letters}{more}`")
        })
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > MOST_NAMES {
        // Writing to a string cannot fail.
        write!(text, " and {} more", names.len() - MOST_NAMES).ok();
    }
    text
}
