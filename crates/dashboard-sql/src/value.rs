//! Typed cells, and the rows of a result.

use std::cmp::Ordering;

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

/// One cell, not formatted.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    #[default]
    Null,
    Flag(bool),
    Whole(i64),
    Number(f64),
    Text(String),
    Date(NaiveDate),
}

/// Rows of one statement, in the statement's order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResultSet {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

impl Value {
    /// The value as a number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
            Self::Whole(whole) => Some(*whole as f64),
            Self::Number(number) => Some(*number),
            Self::Null | Self::Flag(_) | Self::Text(_) | Self::Date(_) => None,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The sum of two cells; NULL counts as 0.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.checked_add(*b).map_or(Self::Null, Self::Whole),
            (Self::Null, value) | (value, Self::Null) => value.clone(),
            (a, b) => match (a.number(), b.number()) {
                (Some(a), Some(b)) => Self::Number(a + b),
                _ => Self::Null,
            },
        }
    }

    /// The order of two cells that are not NULL; texts without regard to case.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a
                .to_lowercase()
                .cmp(&b.to_lowercase())
                .then_with(|| a.cmp(b)),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Flag(a), Self::Flag(b)) => a.cmp(b),
            (a, b) => match (a.number(), b.number()) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                _ => Ordering::Equal,
            },
        }
    }

    /// The cell as text, as a search compares it.
    pub fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Flag(flag) => flag.to_string(),
            Self::Whole(whole) => whole.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Whole(whole) => serializer.serialize_i64(*whole),
            Self::Number(number) if number.is_finite() => serializer.serialize_f64(*number),
            // JSON has no infinity.
            Self::Null | Self::Number(_) => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Date(date) => serializer.collect_str(date),
        }
    }
}
