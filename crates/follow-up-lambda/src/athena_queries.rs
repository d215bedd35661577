//! The port to Amazon Athena, by the AWS SDK.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_athena::Client;
use aws_sdk_athena::types::{
    QueryExecutionContext, QueryExecutionState, QueryExecutionStatus, ResultSet, Row,
};

use crate::call_error::CallError;
use crate::query_service::{QueryService, QueryState, ResultPage};

/// Rows of a page: the most that the service gives.
const PAGE_ROWS: i32 = 1000;

/// The statements of one workgroup and database. The workgroup decides where results are written.
pub struct AthenaQueries {
    pub client: Client,
    pub workgroup: String,
    pub database: String,
}

#[async_trait]
impl QueryService for AthenaQueries {
    async fn start(&self, sql: &str, token: &str) -> Result<String, CallError> {
        let database = QueryExecutionContext::builder().database(&self.database);
        let request = self.client.start_query_execution();
        let request = request
            .query_string(sql)
            .client_request_token(token)
            .query_execution_context(database.build())
            .work_group(&self.workgroup);
        let sent = request.send().await;
        let started = sent.map_err(|error| CallError::new("athena:StartQueryExecution", &error))?;
        Ok(started.query_execution_id.unwrap_or_default())
    }

    async fn state(&self, id: &str) -> Result<QueryState, CallError> {
        let request = self.client.get_query_execution().query_execution_id(id);
        let sent = request.send().await;
        let found = sent.map_err(|error| CallError::new("athena:GetQueryExecution", &error))?;
        let status = found.query_execution.and_then(|found| found.status);
        Ok(status.as_ref().map_or(QueryState::Running, state))
    }

    async fn page(&self, id: &str, page_token: Option<String>) -> Result<ResultPage, CallError> {
        let is_first = page_token.is_none();
        let request = self.client.get_query_results();
        let request = request
            .query_execution_id(id)
            .max_results(PAGE_ROWS)
            .set_next_token(page_token);
        let sent = request.send().await;
        let found = sent.map_err(|error| CallError::new("athena:GetQueryResults", &error))?;
        let mut page = found
            .result_set
            .map(|results| page(results, is_first))
            .unwrap_or_default();
        page.next_page_token = found.next_token;
        Ok(page)
    }

    async fn pause(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

/// The state; of a failure its numbers alone.
fn state(status: &QueryExecutionStatus) -> QueryState {
    let error = status.athena_error.as_ref();
    match status.state {
        Some(QueryExecutionState::Succeeded) => QueryState::Succeeded,
        Some(QueryExecutionState::Cancelled) => QueryState::Cancelled,
        Some(QueryExecutionState::Failed) => QueryState::Failed {
            is_retryable: error.is_some_and(|error| error.retryable),
            error_type: error.map_or_else(
                || "unknown".to_owned(),
                |error| {
                    let number = |number: Option<i32>| {
                        number.map_or_else(|| "?".to_owned(), |number| number.to_string())
                    };
                    format!(
                        "{}/{}",
                        number(error.error_category),
                        number(error.error_type)
                    )
                },
            ),
        },
        _ => QueryState::Running,
    }
}

/// The rows of a page. The first row of the first page has the names of the columns.
fn page(results: ResultSet, is_first: bool) -> ResultPage {
    let metadata = results.result_set_metadata;
    let columns = metadata.and_then(|metadata| metadata.column_info);
    let columns: Vec<String> = columns
        .unwrap_or_default()
        .into_iter()
        .map(|column| column.name)
        .collect();
    let rows = results.rows.unwrap_or_default().into_iter().map(cells);
    let is_header = |row: &Vec<Option<String>>| {
        let names = columns.iter().map(|name| Some(name.as_str()));
        row.iter().map(Option::as_deref).eq(names)
    };
    let mut rows: Vec<Vec<Option<String>>> = rows.collect();
    if is_first && rows.first().is_some_and(is_header) {
        rows.remove(0);
    }
    ResultPage {
        columns,
        rows,
        next_page_token: None,
    }
}

/// A cell without a value is NULL.
fn cells(row: Row) -> Vec<Option<String>> {
    let cells = row.data.unwrap_or_default().into_iter();
    cells.map(|cell| cell.var_char_value).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_athena::types::{AthenaError, ColumnInfo, Datum, ResultSetMetadata};

    use super::*;

    fn row(cells: &[Option<&str>]) -> Row {
        let cells = cells.iter().map(|cell| {
            let cell = cell.map(str::to_owned);
            Datum::builder().set_var_char_value(cell).build()
        });
        Row::builder().set_data(Some(cells.collect())).build()
    }

    fn results(rows: Vec<Row>) -> ResultSet {
        let columns = ["report", "newest_day"].map(|name| {
            let column = ColumnInfo::builder().name(name).r#type("varchar");
            column.build().unwrap()
        });
        let metadata = ResultSetMetadata::builder().set_column_info(Some(columns.into()));
        ResultSet::builder()
            .result_set_metadata(metadata.build())
            .set_rows(Some(rows))
            .build()
    }

    #[test]
    fn the_first_row_of_the_first_page_has_names_and_a_missing_value_is_null() {
        let header = || row(&[Some("report"), Some("newest_day")]);
        let first = page(results(vec![header(), row(&[Some(""), None])]), true);
        assert_eq!(first.columns, ["report", "newest_day"]);
        assert_eq!(first.rows, [[Some(String::new()), None]]);
        let later = page(results(vec![header()]), false);
        assert_eq!(later.rows.len(), 1);
        assert_eq!(page(results(Vec::new()), true).rows.len(), 0);
    }

    #[test]
    fn a_failure_has_numbers_and_no_text_of_the_data() {
        let status = |state: QueryExecutionState, is_retryable: bool| {
            let error = AthenaError::builder()
                .error_category(2)
                .error_type(401)
                .retryable(is_retryable)
                .error_message("Cannot cast 'alice@example.com' to date");
            QueryExecutionStatus::builder()
                .state(state)
                .state_change_reason("Cannot cast 'alice@example.com' to date")
                .athena_error(error.build())
                .build()
        };
        assert_eq!(
            state(&status(QueryExecutionState::Failed, false)),
            QueryState::Failed {
                is_retryable: false,
                error_type: "2/401".to_owned()
            }
        );
        assert_eq!(
            state(&status(QueryExecutionState::Cancelled, true)),
            QueryState::Cancelled
        );
        assert_eq!(
            state(&status(QueryExecutionState::Queued, false)),
            QueryState::Running
        );
    }
}
