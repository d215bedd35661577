//! The port to Amazon Athena: statements that are started, watched and read.

use std::time::Duration;

use async_trait::async_trait;

use crate::call_error::CallError;

/// Statements in one workgroup and database.
#[async_trait]
pub trait QueryService: Send + Sync {
    /// Starts a statement and returns its id. The same token with the same statement starts nothing twice: the id is that of the
    /// first start.
    async fn start(&self, sql: &str, token: &str) -> Result<String, CallError>;

    async fn state(&self, id: &str) -> Result<QueryState, CallError>;

    /// A page of the rows of a statement that has succeeded; the first page without a `page_token`.
    async fn page(&self, id: &str, page_token: Option<String>) -> Result<ResultPage, CallError>;

    async fn pause(&self, pause: Duration);
}

/// How far a statement is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryState {
    /// Queued or running.
    Running,
    Succeeded,
    /// By a person, or because it read more than the workgroup allows. The same statement would be cancelled again.
    Cancelled,
    Failed {
        /// Whether the same statement may succeed when it is started again.
        is_retryable: bool,
        /// Athena's category and type of the error. Its text is left out: it may repeat a value of the data.
        error_type: String,
    },
}

/// Rows as texts. `None` is NULL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResultPage {
    /// The names of the columns, on each page.
    pub columns: Vec<String>,
    /// Without the row of column names that Athena puts first.
    pub rows: Vec<Vec<Option<String>>>,
    pub next_page_token: Option<String>,
}
