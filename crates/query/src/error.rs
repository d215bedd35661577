//! Errors of the engine, and whether the statement or the data causes them.

use std::path::PathBuf;

use arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use kiro_catalog::{CatalogueError, did_you_mean};
use parquet::errors::ParquetError;

/// An error of the embedded engine.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The views could not be rendered.
    #[error("could not render the views")]
    Catalogue(#[from] CatalogueError),
    /// The statement is not SQL, or its types or columns do not fit.
    #[error("could not understand the statement")]
    Statement(#[source] DataFusionError),
    /// The statement names a table or view that does not exist.
    #[error("there is no table or view `{name}`{}", did_you_mean(nearest.as_deref()))]
    UnknownRelation {
        /// The name as written.
        name: String,
        /// The nearest name of a relation.
        nearest: Option<String>,
    },
    /// The statement names a column that none of its relations has.
    #[error("there is no column `{name}`{}", did_you_mean(nearest.as_deref()))]
    UnknownColumn {
        /// The name as written.
        name: String,
        /// The nearest name of a column.
        nearest: Option<String>,
    },
    /// The text has no statement, or more than one.
    #[error("expected one statement, found {found}")]
    NotOneStatement {
        /// The number of statements.
        found: usize,
    },
    /// The statement would change something.
    #[error("expected a query, found `{found}`: the data is read-only")]
    NotAQuery {
        /// The first words of the statement.
        found: String,
    },
    /// The statement was understood but failed while it ran (a division by zero, an impossible cast).
    #[error("the statement failed while it ran")]
    Run(#[source] DataFusionError),
    /// The data folder could not be listed.
    #[error("could not list `{}`", path.display())]
    List {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A part is not readable Parquet.
    #[error("could not read the part `{}`", path.display())]
    DamagedPart {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ParquetError,
    },
    /// A part is readable Parquet but does not have the columns of its table.
    #[error("`{}` is not a part of `{relation}`: column `{column}` is {found}, expected {expected}", path.display())]
    ForeignPart {
        /// The file.
        path: PathBuf,
        /// The table of the folder.
        relation: String,
        /// The first column that does not fit.
        column: String,
        /// The type that the table declares.
        expected: String,
        /// The type in the file, or `missing`.
        found: String,
    },
    /// A view does not have the columns that its text declares.
    #[error("view `{relation}` gives column `{found}`, its text declares `{expected}`")]
    UndeclaredColumn {
        /// The view.
        relation: String,
        /// Name and type as declared.
        expected: String,
        /// Name and type as computed.
        found: String,
    },
    /// A view could not be computed.
    #[error("could not compute view `{relation}`")]
    View {
        /// The view.
        relation: String,
        /// Why.
        source: DataFusionError,
    },
    /// A worker ended without a result.
    #[error("the computation of view `{relation}` was interrupted")]
    Interrupted {
        /// The view.
        relation: String,
        /// Why.
        source: tokio::task::JoinError,
    },
    /// The engine could not be set up.
    #[error("could not start the query engine")]
    Start(#[source] DataFusionError),
    /// Rows could not be turned into text or a file.
    #[error("could not format the result")]
    Format(#[source] ArrowError),
    /// An export could not be written.
    #[error("could not write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The result cannot be JSON.
    #[error("two columns are named `{name}`: a JSON object has each name once")]
    SameName {
        /// The name.
        name: String,
    },
    /// A result could not be written.
    #[error("could not write the result")]
    Output(#[source] std::io::Error),
    /// A Parquet export could not be encoded.
    #[error("could not encode `{}`", path.display())]
    Encode {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ParquetError,
    },
}

/// Returns the `QueryError` that a `DataFusion` error carries.
fn into_query_error(error: DataFusionError) -> Result<QueryError, DataFusionError> {
    match error {
        DataFusionError::External(inner) => match inner.downcast::<QueryError>() {
            Ok(error) => Ok(*error),
            Err(inner) => Err(DataFusionError::External(inner)),
        },
        DataFusionError::Context(context, inner) => into_query_error(*inner)
            .map_err(|inner| DataFusionError::Context(context, Box::new(inner))),
        other => Err(other),
    }
}

impl QueryError {
    /// Converts an error of `DataFusion`: the `QueryError` that it carries, else `otherwise`.
    pub(crate) fn from_engine(
        error: DataFusionError,
        otherwise: impl FnOnce(DataFusionError) -> Self,
    ) -> Self {
        match into_query_error(error) {
            Ok(error) => error,
            Err(engine) => otherwise(engine),
        }
    }

    /// Converts an error of a stream of [`crate::Engine::query`].
    pub fn from_stream(error: DataFusionError) -> Self {
        Self::from_engine(error, Self::Run)
    }

    /// Returns true if the statement causes the error, and not the data or the machine.
    pub fn is_user_error(&self) -> bool {
        match self {
            Self::Statement(_)
            | Self::UnknownRelation { .. }
            | Self::UnknownColumn { .. }
            | Self::NotOneStatement { .. }
            | Self::NotAQuery { .. }
            | Self::SameName { .. }
            | Self::Run(_) => true,
            Self::Catalogue(_)
            | Self::List { .. }
            | Self::DamagedPart { .. }
            | Self::ForeignPart { .. }
            | Self::UndeclaredColumn { .. }
            | Self::View { .. }
            | Self::Interrupted { .. }
            | Self::Start(_)
            | Self::Format(_)
            | Self::Write { .. }
            | Self::Output(_)
            | Self::Encode { .. } => false,
        }
    }

    /// Returns one command to run or one thing to change.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownRelation { .. } => Some("`kiro-analytics views` lists every table and view".to_owned()),
            Self::UnknownColumn { .. } => {
                Some("`kiro-analytics views` lists the columns of every table and view".to_owned())
            }
            Self::NotAQuery { .. } => Some("begin with SELECT, WITH or EXPLAIN".to_owned()),
            Self::SameName { .. } => Some("give one of them another name: `AS other_name`".to_owned()),
            Self::DamagedPart { .. } | Self::ForeignPart { .. } => Some(
                "move the file away; if it came from `kiro-analytics normalize`, run that again with --reprocess"
                    .to_owned(),
            ),
            Self::Catalogue(_)
            | Self::Statement(_)
            | Self::NotOneStatement { .. }
            | Self::Run(_)
            | Self::List { .. }
            | Self::UndeclaredColumn { .. }
            | Self::View { .. }
            | Self::Interrupted { .. }
            | Self::Start(_)
            | Self::Format(_)
            | Self::Write { .. }
            | Self::Output(_)
            | Self::Encode { .. } => None,
        }
    }
}

/// Converts an error of computing a view. A damaged part stays an error of the part.
pub(crate) fn view_error(relation: &str, source: DataFusionError) -> QueryError {
    QueryError::from_engine(source, |source| QueryError::View {
        relation: relation.to_owned(),
        source,
    })
}
