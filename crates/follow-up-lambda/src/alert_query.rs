//! The rows of one statement: started once per run, watched with growing pauses, read page by page.

use std::time::Duration;

use kiro_alerts::{AlertRows, Statement};
use sha2::{Digest, Sha256};

use crate::alert_error::AlertError;
use crate::event::FinishedRun;
use crate::query_service::{QueryService, QueryState};

/// The first pause between two looks at a statement; grows by half.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(15);
/// Maximum pauses of one statement together: three of them and the imports before end within the function's 15 minutes.
const MAX_WAIT: Duration = Duration::from_secs(150);
/// Starts of a statement that fails for a reason that may pass.
const MAX_STARTS: usize = 3;

/// Runs a statement and adds its rows.
///
/// # Errors
///
/// If it does not succeed in time.
pub(crate) async fn add_rows(
    queries: &dyn QueryService,
    statement: Statement,
    run: &FinishedRun,
    rows: &mut AlertRows,
) -> Result<(), AlertError> {
    let id = succeeded(queries, statement, run).await?;
    let mut page_token = None;
    loop {
        let page = queries.page(&id, page_token).await?;
        rows.add_texts(statement, &page.columns, page.rows)?;
        page_token = page.next_page_token;
        if page_token.is_none() {
            return Ok(());
        }
    }
}

/// The id of the statement after it has succeeded.
async fn succeeded(
    queries: &dyn QueryService,
    statement: Statement,
    run: &FinishedRun,
) -> Result<String, AlertError> {
    let mut start = 1;
    let mut waited = Duration::ZERO;
    let mut pause = FIRST_PAUSE;
    loop {
        let token = request_token(run, statement, start);
        let id = queries.start(statement.sql(), &token).await?;
        loop {
            match queries.state(&id).await? {
                QueryState::Succeeded => return Ok(id),
                QueryState::Failed { is_retryable, .. } if is_retryable && start < MAX_STARTS => {
                    break;
                }
                QueryState::Failed { error_type, .. } => {
                    return Err(AlertError::QueryFailed {
                        statement: statement.name(),
                        id,
                        error_type,
                    });
                }
                QueryState::Running if waited >= MAX_WAIT => {
                    return Err(AlertError::StillRunning {
                        statement: statement.name(),
                        id,
                        seconds: waited.as_secs(),
                    });
                }
                QueryState::Running => {
                    queries.pause(pause).await;
                    waited += pause;
                    pause = (pause * 3 / 2).min(MAX_PAUSE);
                }
            }
        }
        tracing::warn!(
            statement = statement.name(),
            query = id,
            "Statement failed, started again."
        );
        start += 1;
    }
}

/// The same for a retry of the same run: it finds the statement that the attempt before it has started. Athena takes 32 to 128
/// characters, and refuses a known token with another statement.
fn request_token(run: &FinishedRun, statement: Statement, start: usize) -> String {
    let text = format!("{}\n{start}\n{}", run.id, statement.sql());
    hex::encode(Sha256::digest(text))
}
