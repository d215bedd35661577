//! A column of a table or view: name, type, meaning.

use std::fmt;

/// The types that Athena, `QuickSight` and the embedded engine share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    Varchar,
    Bigint,
    Double,
    Boolean,
    Date,
}

impl ColumnType {
    /// The name in SQL, in lower case.
    pub const fn sql_name(self) -> &'static str {
        match self {
            Self::Varchar => "varchar",
            Self::Bigint => "bigint",
            Self::Double => "double",
            Self::Boolean => "boolean",
            Self::Date => "date",
        }
    }

    /// The name in a Glue table definition.
    pub const fn hive_name(self) -> &'static str {
        match self {
            Self::Varchar => "string",
            other => other.sql_name(),
        }
    }

    /// Parses a lower-case SQL name.
    pub fn from_sql_name(name: &str) -> Option<Self> {
        [
            Self::Varchar,
            Self::Bigint,
            Self::Double,
            Self::Boolean,
            Self::Date,
        ]
        .into_iter()
        .find(|column_type| column_type.sql_name() == name)
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.sql_name())
    }
}

/// A column, declared beside its expression in a view's file, or by `kiro-report` for a raw dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub column_type: ColumnType,
    pub meaning: String,
}

impl Column {
    pub(crate) fn new(name: &str, column_type: ColumnType, meaning: &str) -> Self {
        Self {
            name: name.to_owned(),
            column_type,
            meaning: meaning.to_owned(),
        }
    }
}
