//! Statements and their roles.

/// The statements of a visual, in the order in which [`build_figure`](crate::build_figure) takes their results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalQuery {
    pub statements: Vec<Statement>,
}

impl LocalQuery {
    /// A query of one statement.
    pub(crate) fn of(sql: String) -> Self {
        let role = Role::Current;
        Self {
            statements: vec![Statement { role, sql }],
        }
    }
}

/// One SELECT in the subset that Athena and the embedded engine share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub role: Role,
    pub sql: String,
}

/// The role of a statement's rows in a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The visual's rows; the row keys of a pivot.
    Current,
    /// The visual's rows for the period before.
    Previous,
    /// The number per day, below a headline.
    Trend,
    /// One row with the totals.
    Totals,
    /// A pivot's cells: row key, column, value.
    Cells,
    /// A pivot's column totals.
    ColumnTotals,
}
