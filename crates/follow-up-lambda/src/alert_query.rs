//! The rows of the alerts: their statements run side by side, each started once per run, watched with growing pauses, read page by page.

use std::time::Duration;

use kiro_alerts::{AlertRows, Statement};
use sha2::{Digest, Sha256};

use crate::alert_error::AlertError;
use crate::event::FinishedRun;
use crate::query_service::{QueryService, QueryState};

/// The first pause between two looks at the statements; grows by half.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(15);
/// Maximum pauses together. Five minutes of imports before them and two and a half of a webhook after them end within the function's
/// 15 minutes: it is not killed between a claim and its message.
const MAX_WAIT: Duration = Duration::from_mins(5);
/// Starts of a statement that fails for a reason that may pass.
const MAX_STARTS: usize = 3;

/// A statement that was started.
struct StartedQuery {
    statement: Statement,
    id: String,
    /// 1 for the first start of a run.
    start: usize,
}

/// Runs statements at once and returns their rows.
///
/// # Errors
///
/// If one of them does not succeed in time.
pub(crate) async fn alert_rows(
    queries: &dyn QueryService,
    statements: Vec<Statement>,
    run: &FinishedRun,
) -> Result<AlertRows, AlertError> {
    let mut rows = AlertRows::default();
    let mut running = Vec::new();
    for statement in statements {
        running.push(StartedQuery::start(queries, statement, run, 1).await?);
    }
    let mut waited = Duration::ZERO;
    let mut pause = FIRST_PAUSE;
    loop {
        let mut still_running = Vec::new();
        for query in running {
            match queries.state(&query.id).await? {
                QueryState::Succeeded => query.add_rows(queries, &mut rows).await?,
                QueryState::Running => still_running.push(query),
                QueryState::Failed { is_retryable, .. }
                    if is_retryable && query.start < MAX_STARTS =>
                {
                    still_running.push(query.start_again(queries, run).await?);
                }
                QueryState::Failed { error_type, .. } => {
                    return Err(AlertError::QueryFailed {
                        statement: query.statement.name(),
                        id: query.id,
                        error_type,
                    });
                }
                QueryState::Cancelled => {
                    return Err(AlertError::QueryCancelled {
                        statement: query.statement.name(),
                        id: query.id,
                    });
                }
            }
        }
        running = still_running;
        let Some(query) = running.first() else {
            return Ok(rows);
        };
        if waited >= MAX_WAIT {
            return Err(AlertError::StillRunning {
                statement: query.statement.name(),
                id: query.id.clone(),
                seconds: waited.as_secs(),
            });
        }
        queries.pause(pause).await;
        waited += pause;
        pause = (pause * 3 / 2).min(MAX_PAUSE);
    }
}

impl StartedQuery {
    async fn start(
        queries: &dyn QueryService,
        statement: Statement,
        run: &FinishedRun,
        start: usize,
    ) -> Result<Self, AlertError> {
        let token = request_token(run, statement, start);
        let id = queries.start(statement.sql(), &token).await?;
        Ok(Self {
            statement,
            id,
            start,
        })
    }

    async fn start_again(
        self,
        queries: &dyn QueryService,
        run: &FinishedRun,
    ) -> Result<Self, AlertError> {
        tracing::warn!(
            statement = self.statement.name(),
            query = self.id,
            "Statement failed, started again."
        );
        Self::start(queries, self.statement, run, self.start + 1).await
    }

    async fn add_rows(
        &self,
        queries: &dyn QueryService,
        rows: &mut AlertRows,
    ) -> Result<(), AlertError> {
        let mut page_token = None;
        loop {
            let page = queries.page(&self.id, page_token).await?;
            rows.add_texts(self.statement, &page.columns, page.rows)?;
            page_token = page.next_page_token;
            if page_token.is_none() {
                return Ok(());
            }
        }
    }
}

/// The same for a retry of the same run: it finds the statement that the attempt before it has started. Athena takes 32 to 128
/// characters, and refuses a known token with another statement.
fn request_token(run: &FinishedRun, statement: Statement, start: usize) -> String {
    let text = format!("{}\n{start}\n{}", run.id, statement.sql());
    hex::encode(Sha256::digest(text))
}
