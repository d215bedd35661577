//! A column of a table or view: name, type, meaning.

use std::fmt;

/// The types that mean the same to Athena, `QuickSight` and the embedded engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    Varchar,
    Bigint,
    Double,
    Boolean,
    Date,
}

impl ColumnType {
    /// The name as SQL writes it, in lower case.
    pub const fn sql_name(self) -> &'static str {
        match self {
            Self::Varchar => "varchar",
            Self::Bigint => "bigint",
            Self::Double => "double",
            Self::Boolean => "boolean",
            Self::Date => "date",
        }
    }

    /// The name as a Glue table definition writes it.
    pub const fn hive_name(self) -> &'static str {
        match self {
            Self::Varchar => "string",
            other => other.sql_name(),
        }
    }

    /// Reads a lower-case SQL name.
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

/// One column, declared once: beside its expression in the view's file, or in the list of tables.
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
