//! Compiles the dashboard's queries, runs them on the engine, and caches their results.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use futures::StreamExt;
use futures::future::{try_join, try_join_all};
use kiro_catalog::Catalogue;
use kiro_dashboard::Spec;
use kiro_dashboard_sql::{
    ChoiceRow, DataWindow, Facet, FacetedResults, Figure, LocalQuery, Request, RequestError,
    ResultSet, Selection, TableView, Value, build_figure, data_window_query, faceted_query,
    first_day_query, options_query, read_first_day, read_options, read_single_valued_pickers,
    single_valued_pickers_query, visual_query,
};
use kiro_ingest::{error_chain, printable};
use kiro_query::{Engine, QueryError};
use serde_json::{Map, Value as Json};
use tokio::sync::Semaphore;

use crate::result_cache::ResultCache;
use crate::result_set;

/// The maximum number of concurrent statements. Each of them uses all processors.
const MAX_CONCURRENT_STATEMENTS: usize = 3;
/// The maximum number of values in one list of a picker.
pub(crate) const MAX_CHOICES: u32 = 500;

/// A request to the dashboard failed.
#[derive(Debug, thiserror::Error)]
pub enum DashboardError {
    /// The request names something that the dashboard does not have, or a value that it cannot read.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The engine could not run a statement.
    #[error("the numbers could not be computed")]
    Query(#[from] QueryError),
    /// The engine returned a column that could not be converted.
    #[error("the rows could not be read")]
    Rows(#[from] arrow::error::ArrowError),
}

impl DashboardError {
    /// Returns true if the request is at fault, not the data or the engine.
    pub fn is_user_error(&self) -> bool {
        matches!(self, Self::Request(_))
    }

    /// The error and its cause for the page and the log. The texts of the engine and of Arrow below them are left out: they
    /// may repeat a value of the data.
    pub fn message(&self) -> String {
        match self {
            Self::Request(error) => error_chain(error),
            Self::Query(cause) => printable(&format!("{self}: {cause}")).into_owned(),
            Self::Rows(_) => self.to_string(),
        }
    }
}

/// The dashboard over an engine, with cached results.
pub struct DashboardService {
    spec: Spec,
    engine: Engine,
    results: ResultCache,
    version: AtomicU64,
    statements: Semaphore,
}

impl DashboardService {
    /// Creates a service over an open engine.
    pub fn new(spec: Spec, engine: Engine) -> Arc<Self> {
        Arc::new(Self {
            spec,
            engine,
            results: ResultCache::default(),
            version: AtomicU64::new(1),
            statements: Semaphore::new(MAX_CONCURRENT_STATEMENTS),
        })
    }

    /// The dashboard spec.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// The catalogue of relations that the dashboard reads.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        self.engine.catalogue()
    }

    /// The number of the current state of the data; grows with every change.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Reads new parts. Returns true if the data has changed.
    pub async fn refresh(&self) -> Result<bool, DashboardError> {
        let is_changed = self.engine.refresh().await?.changed_parts > 0;
        if is_changed {
            self.results.clear();
            self.version.fetch_add(1, Ordering::AcqRel);
        }
        Ok(is_changed)
    }

    /// The days of the data.
    pub async fn days(&self) -> Result<DataWindow, DashboardError> {
        let results = self.run(&data_window_query(&self.spec)?).await?;
        Ok(results
            .first()
            .map(DataWindow::from_results)
            .unwrap_or_default())
    }

    /// The days that a visual can cover.
    async fn visual_days(&self, visual: &str) -> Result<DataWindow, DashboardError> {
        let mut window = self.days().await?;
        if let Some(query) = first_day_query(&self.spec, visual)? {
            let results = self.run(&query).await?;
            window.first_day = results.first().and_then(read_first_day);
        }
        Ok(window)
    }

    /// The newest day of the data.
    pub async fn newest_day(&self) -> Result<Option<NaiveDate>, DashboardError> {
        Ok(self.days().await?.days.map(|days| days.to))
    }

    /// The values of a picker whose text contains `search`, the most used first. `limit` is at most 500.
    pub async fn choices(
        &self,
        picker: &str,
        search: &str,
        limit: u32,
    ) -> Result<Vec<ChoiceRow>, DashboardError> {
        let query = options_query(&self.spec, picker, search, limit.clamp(1, MAX_CHOICES))?;
        let results = self.run(&query).await?;
        Ok(results.first().map(read_options).unwrap_or_default())
    }

    /// The ids of the pickers that have at most one value to offer, except that of one user.
    pub(crate) async fn single_valued_pickers(&self) -> Result<Vec<String>, DashboardError> {
        let Some(query) = single_valued_pickers_query(&self.spec)? else {
            return Ok(Vec::new());
        };
        let results = self.run(&query).await?;
        let pickers = results
            .first()
            .map(|rows| read_single_valued_pickers(&self.spec, rows));
        Ok(pickers.unwrap_or_default())
    }

    /// The figure of one visual for one selection.
    pub async fn figure(
        &self,
        visual: &str,
        selection: Selection,
        view: TableView,
    ) -> Result<Figure, DashboardError> {
        let request = Request {
            selection,
            data: self.visual_days(visual).await?,
            view,
        };
        let query = visual_query(&self.spec, visual, &request)?;
        let results = self.run(&query).await?;
        Ok(build_figure(&self.spec, visual, &request, results)?)
    }

    /// The results of one visual for all combinations of the facets' values. None if the visual has to be queried once per
    /// combination.
    pub(crate) async fn faceted_results(
        &self,
        visual: &str,
        selection: Selection,
        facets: &[Facet],
    ) -> Result<Option<FacetedResults>, DashboardError> {
        let request = Request {
            selection,
            data: self.visual_days(visual).await?,
            view: TableView::default(),
        };
        let Some(query) = faceted_query(&self.spec, visual, &request, facets)? else {
            return Ok(None);
        };
        let results = query.statements.iter().map(|one| self.cached(&one.sql));
        let empty = query.statements.iter().map(async |one| match &one.nothing {
            Some(sql) => self.cached(sql).await,
            None => Ok(ResultSet::default()),
        });
        let (results, empty) = try_join(try_join_all(results), try_join_all(empty)).await?;
        Ok(Some(query.split(results, empty)))
    }

    /// The figure of one visual from results that [`Self::faceted_results`] returned.
    pub(crate) async fn figure_from(
        &self,
        visual: &str,
        selection: Selection,
        view: TableView,
        results: Vec<ResultSet>,
    ) -> Result<Figure, DashboardError> {
        let request = Request {
            selection,
            data: self.visual_days(visual).await?,
            view,
        };
        Ok(build_figure(&self.spec, visual, &request, results)?)
    }

    /// The rows of a statement that no visual has.
    pub(crate) async fn rows(&self, sql: &str) -> Result<ResultSet, DashboardError> {
        self.execute(sql).await
    }

    /// The rows of a statement that no visual has, as JSON objects.
    pub async fn objects(&self, sql: &str) -> Result<Vec<Map<String, Json>>, DashboardError> {
        let ResultSet { columns, rows } = self.execute(sql).await?;
        let rows = rows.into_iter().map(|row| {
            let cells = row.into_iter().map(|value| match value {
                Value::Null => Json::Null,
                Value::Flag(flag) => Json::from(flag),
                Value::Whole(whole) => Json::from(whole),
                Value::Number(number) => Json::from(number),
                Value::Text(text) => Json::from(text),
                Value::Date(date) => Json::from(date.to_string()),
            });
            columns.iter().cloned().zip(cells).collect()
        });
        Ok(rows.collect())
    }

    async fn run(&self, query: &LocalQuery) -> Result<Vec<ResultSet>, DashboardError> {
        let statements = query.statements.iter();
        try_join_all(statements.map(|statement| self.cached(&statement.sql))).await
    }

    /// The cached rows of a statement, or those of a run.
    async fn cached(&self, sql: &str) -> Result<ResultSet, DashboardError> {
        let result = self.results.get_or_run(sql, self.execute(sql)).await?;
        Ok(ResultSet::clone(&result))
    }

    async fn execute(&self, sql: &str) -> Result<ResultSet, DashboardError> {
        // The semaphore is never closed.
        let _permit = self.statements.acquire().await;
        let mut batches = self.engine.query(sql).await?;
        let mut result = ResultSet::default();
        while let Some(batch) = batches.next().await {
            result_set::append(&mut result, &batch.map_err(QueryError::from_stream)?)?;
        }
        Ok(result)
    }
}
