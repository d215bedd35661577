//! Athena: statements by token, their states, and their rows in pages.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use kiro_alerts::Statement;

use crate::call_error::{CallError, CallErrorKind};
use crate::query_service::{QueryService, QueryState, ResultPage};

const PAGE_ROWS: usize = 1_000;

pub(super) type Cells = Vec<Option<String>>;

#[derive(Default)]
pub(super) struct FakeQueries(Mutex<Service>);

#[derive(Default)]
struct Service {
    rows: BTreeMap<&'static str, Vec<Cells>>,
    /// The next states of a statement, the first one first; after them it has succeeded.
    states: BTreeMap<&'static str, Vec<QueryState>>,
    /// Statement and last known end of each query, by id.
    queries: BTreeMap<String, (Statement, Option<QueryState>)>,
    /// Id and statement of each token.
    tokens: BTreeMap<String, (String, String)>,
    pauses: Vec<Duration>,
    pages: usize,
}

impl FakeQueries {
    pub(super) fn has(&self, statement: Statement, rows: Vec<Cells>) {
        self.0.lock().unwrap().rows.insert(statement.sql(), rows);
    }

    pub(super) fn answers(&self, statement: Statement, states: &[QueryState]) {
        let mut service = self.0.lock().unwrap();
        service.states.insert(statement.sql(), states.to_vec());
    }

    /// Queries that were really started.
    pub(super) fn started(&self) -> usize {
        self.0.lock().unwrap().queries.len()
    }

    pub(super) fn pages(&self) -> usize {
        self.0.lock().unwrap().pages
    }

    pub(super) fn waited(&self) -> Duration {
        self.0.lock().unwrap().pauses.iter().sum()
    }

    pub(super) fn longest_pause(&self) -> Duration {
        self.0.lock().unwrap().pauses.iter().max().copied().unwrap()
    }
}

#[async_trait]
impl QueryService for FakeQueries {
    async fn start(&self, sql: &str, token: &str) -> Result<String, CallError> {
        assert!((32..=128).contains(&token.len()), "{token}");
        let mut service = self.0.lock().unwrap();
        if let Some((id, known)) = service.tokens.get(token) {
            if known != sql {
                return Err(CallError {
                    call: "athena:StartQueryExecution",
                    kind: CallErrorKind::Failed("another statement".to_owned()),
                });
            }
            return Ok(id.clone());
        }
        let statements = [Statement::Months, Statement::Spikes, Statement::Sources];
        let statement = statements.into_iter().find(|one| one.sql() == sql).unwrap();
        let id = format!("query-{}", service.queries.len() + 1);
        service.queries.insert(id.clone(), (statement, None));
        service
            .tokens
            .insert(token.to_owned(), (id.clone(), sql.to_owned()));
        Ok(id)
    }

    async fn state(&self, id: &str) -> Result<QueryState, CallError> {
        let mut service = self.0.lock().unwrap();
        let (statement, end) = service.queries[id].clone();
        if let Some(end) = end {
            return Ok(end);
        }
        let states = service.states.entry(statement.sql()).or_default();
        let state = if states.is_empty() {
            QueryState::Succeeded
        } else {
            states.remove(0)
        };
        if state != QueryState::Running {
            service
                .queries
                .insert(id.to_owned(), (statement, Some(state.clone())));
        }
        Ok(state)
    }

    async fn page(&self, id: &str, page_token: Option<String>) -> Result<ResultPage, CallError> {
        let mut service = self.0.lock().unwrap();
        service.pages += 1;
        let (statement, _) = service.queries[id].clone();
        let first: usize = page_token.map_or(0, |token| token.parse().unwrap());
        let rows = &service.rows[statement.sql()];
        let end = (first + PAGE_ROWS).min(rows.len());
        Ok(ResultPage {
            columns: columns(statement),
            rows: rows[first..end].to_vec(),
            next_page_token: (end < rows.len()).then(|| end.to_string()),
        })
    }

    async fn pause(&self, pause: Duration) {
        self.0.lock().unwrap().pauses.push(pause);
    }
}

/// The columns between SELECT and FROM, without expressions.
fn columns(statement: Statement) -> Vec<String> {
    let sql = statement
        .sql()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let list = sql
        .strip_prefix("SELECT ")
        .unwrap()
        .split(" FROM ")
        .next()
        .unwrap();
    let names = list
        .split(", ")
        .map(|column| column.rsplit(' ').next().unwrap());
    names.map(str::to_owned).collect()
}

fn cells(cells: &[&str]) -> Cells {
    let cells = cells
        .iter()
        .map(|cell| (*cell != "NULL").then(|| (*cell).to_owned()));
    cells.collect()
}

fn id_of(name: &str) -> String {
    format!("id-of-{}", name.to_lowercase().replace(' ', "-"))
}

/// A person at 91 % of the allowance.
pub(super) fn months_row(name: &str) -> Cells {
    let id = id_of(name);
    let key = format!("allowance_warning/{id}/2026-11");
    cells(&[
        "allowance_warning",
        &id,
        name,
        "Payments",
        "Pro",
        "2026-11",
        &key,
        "2026-11-20",
        "912.0",
        "1000.0",
        "0.0",
        "2026-11-22",
    ])
}

pub(super) fn spike_row(name: &str) -> Cells {
    let id = id_of(name);
    let key = format!("spike/{id}/2026-11-20");
    cells(&[
        &id,
        name,
        "Payments",
        "Pro",
        "2026-11-20",
        &key,
        "2026-11-20",
        "412.0",
        "38.5",
    ])
}

pub(super) fn sources_row(account: &str, newest_day: &str) -> Cells {
    cells(&["user_report", account, "us-east-1", newest_day])
}
