//! The properties of one column of a raw dataset.

/// The type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    Text,
    Date,
    /// A whole number that is not negative.
    Count,
    /// Credits, or a limit of credits.
    Amount,
    Boolean,
}

/// How the values of a column are encoded in a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnEncoding {
    /// Few distinct values, or many rows for each.
    Dictionary,
    /// Mostly distinct values.
    Plain,
    /// Numbers that rise from row to row.
    Delta,
    /// The same text in every row of a part.
    Constant(PartField),
    /// The same text in every row of a part that knows it before its first row, else a text per row.
    ConstantIfKnown(PartField),
}

/// What is known of a part before its first row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartField {
    SourceAccount,
    SourceRegion,
    SourcePath,
    ExportTime,
    PartId,
    ProcessedTime,
    ModifiedTime,
}

/// A column of a raw dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatasetColumn {
    pub name: &'static str,
    pub value_type: ValueType,
    pub nullable: bool,
    pub encoding: ColumnEncoding,
    /// The headers of this column in an export, Kiro's own spelling first. Empty if no cell of an export holds the value.
    ///
    /// Case, blanks, hyphens and `_` do not matter when a header is compared.
    pub headers: &'static [&'static str],
    /// One line for the catalogue.
    pub meaning: &'static str,
}

impl DatasetColumn {
    /// A column without NULL and without a header, encoded with a dictionary.
    pub(crate) const fn new(
        name: &'static str,
        value_type: ValueType,
        meaning: &'static str,
    ) -> Self {
        Self {
            name,
            value_type,
            nullable: false,
            encoding: ColumnEncoding::Dictionary,
            headers: &[],
            meaning,
        }
    }

    pub(crate) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    pub(crate) const fn encoding(mut self, encoding: ColumnEncoding) -> Self {
        self.encoding = encoding;
        self
    }

    pub(crate) const fn headers(mut self, headers: &'static [&'static str]) -> Self {
        self.headers = headers;
        self
    }

    /// Returns true if an export's column with this key of its name holds the values.
    pub(crate) fn has_header(&self, key: &str) -> bool {
        self.headers.iter().any(|own| {
            let own = own.bytes().filter(|byte| *byte != b'_');
            own.map(|byte| byte.to_ascii_lowercase()).eq(key.bytes())
        })
    }
}
