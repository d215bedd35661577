//! Notes below a figure: the key of a text, and values for its placeholders.

use std::collections::BTreeMap;

use kiro_dashboard::spec::Format;
use serde::Serialize;

/// The text `key` with each `{name}` replaced by its value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Note {
    pub key: String,
    pub values: BTreeMap<String, NoteValue>,
}

/// A value of a note.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteValue {
    /// The key of another text.
    Text(String),
    /// Keys of other texts, to be listed.
    Texts(Vec<String>),
    Number {
        number: f64,
        format: Format,
    },
}

impl Note {
    pub(super) fn new(key: &str) -> Self {
        Self {
            key: format!("note.{key}"),
            values: BTreeMap::new(),
        }
    }

    pub(super) fn with(mut self, name: &str, value: NoteValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }
}
