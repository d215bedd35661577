//! Answers about the data: the dashboard's questions, put to the engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use futures::StreamExt;
use futures::future::{try_join, try_join_all};
use kiro_curate::Catalogue;
use kiro_dashboard::Spec;
use kiro_dashboard_sql::{
    ChoiceRow, DataWindow, Facet, FacetedResults, Figure, LocalQuery, Request, RequestError,
    ResultSet, Selection, TableView, build_figure, data_window_query, faceted_query,
    first_day_query, options_query, read_first_day, read_options, visual_query,
};
use kiro_query::{Engine, QueryError};
use tokio::sync::Semaphore;

use crate::kept::Kept;
use crate::rows;

/// So many statements run at the same time; each of them uses all processors.
const STATEMENTS_AT_ONCE: usize = 3;
/// The most values that a picker offers at once.
pub(crate) const MOST_CHOICES: u32 = 500;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The dashboard cannot be asked that.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The engine could not answer.
    #[error("the numbers could not be computed")]
    Query(#[from] QueryError),
    /// The engine's rows are of a type that the page does not know.
    #[error("the rows could not be read")]
    Rows(#[from] arrow::error::ArrowError),
}

impl DeskError {
    /// Whether the one who asked can do something about it.
    pub fn is_user_error(&self) -> bool {
        matches!(self, Self::Request(_))
    }
}

/// The dashboard and the engine behind it, with the results that were asked for before.
pub struct Desk {
    spec: Spec,
    engine: Engine,
    kept: Kept,
    version: AtomicU64,
    running: Semaphore,
}

impl Desk {
    /// A desk over an open engine.
    pub fn new(spec: Spec, engine: Engine) -> Arc<Self> {
        Arc::new(Self {
            spec,
            engine,
            kept: Kept::default(),
            version: AtomicU64::new(1),
            running: Semaphore::new(STATEMENTS_AT_ONCE),
        })
    }

    /// The dashboard.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// The relations behind the dashboard.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        self.engine.catalogue()
    }

    /// Counts the states of the data that were seen.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Looks for new parts; whether there were any.
    pub async fn refresh(&self) -> Result<bool, DeskError> {
        let is_changed = self.engine.refresh().await?.changed_parts > 0;
        if is_changed {
            self.version.fetch_add(1, Ordering::AcqRel);
        }
        Ok(is_changed)
    }

    /// The days of the data.
    pub async fn days(&self) -> Result<DataWindow, DeskError> {
        let results = self.run(&data_window_query(&self.spec)?).await?;
        Ok(results
            .first()
            .map(DataWindow::from_results)
            .unwrap_or_default())
    }

    /// The days that a visual can be about.
    async fn days_of(&self, visual: &str) -> Result<DataWindow, DeskError> {
        let mut window = self.days().await?;
        if let Some(query) = first_day_query(&self.spec, visual)? {
            let results = self.run(&query).await?;
            window.first_day = results.first().and_then(read_first_day);
        }
        Ok(window)
    }

    /// The newest day of the data.
    pub async fn newest_day(&self) -> Result<Option<NaiveDate>, DeskError> {
        Ok(self.days().await?.days.map(|days| days.to))
    }

    /// What a picker offers.
    pub async fn choices(
        &self,
        picker: &str,
        search: &str,
        limit: u32,
    ) -> Result<Vec<ChoiceRow>, DeskError> {
        let query = options_query(&self.spec, picker, search, limit.clamp(1, MOST_CHOICES))?;
        let results = self.run(&query).await?;
        Ok(results.first().map(read_options).unwrap_or_default())
    }

    /// One visual for one selection.
    pub async fn figure(
        &self,
        visual: &str,
        selection: Selection,
        view: TableView,
    ) -> Result<Figure, DeskError> {
        let request = Request {
            selection,
            data: self.days_of(visual).await?,
            view,
        };
        let query = visual_query(&self.spec, visual, &request)?;
        let results = self.run(&query).await?;
        Ok(build_figure(&self.spec, visual, &request, results)?)
    }

    /// The results of one visual for all combinations of the facets' values; none where it has to be asked one by one.
    pub(crate) async fn faceted(
        &self,
        visual: &str,
        selection: Selection,
        facets: &[Facet],
    ) -> Result<Option<FacetedResults>, DeskError> {
        let request = Request {
            selection,
            data: self.days_of(visual).await?,
            view: TableView::default(),
        };
        let Some(query) = faceted_query(&self.spec, visual, &request, facets)? else {
            return Ok(None);
        };
        let asked = query.statements.iter().map(|one| self.answer(&one.sql));
        let nothing = query.statements.iter().map(async |one| match &one.nothing {
            Some(sql) => self.answer(sql).await,
            None => Ok(ResultSet::default()),
        });
        let (asked, nothing) = try_join(try_join_all(asked), try_join_all(nothing)).await?;
        Ok(Some(query.split(asked, nothing)))
    }

    /// The figure of results that are there already.
    pub(crate) async fn figure_of(
        &self,
        visual: &str,
        selection: Selection,
        view: TableView,
        results: Vec<ResultSet>,
    ) -> Result<Figure, DeskError> {
        let request = Request {
            selection,
            data: self.days_of(visual).await?,
            view,
        };
        Ok(build_figure(&self.spec, visual, &request, results)?)
    }

    async fn run(&self, query: &LocalQuery) -> Result<Vec<ResultSet>, DeskError> {
        let statements = query.statements.iter();
        try_join_all(statements.map(|statement| self.answer(&statement.sql))).await
    }

    /// The rows of a statement, kept ones if there are any.
    async fn answer(&self, sql: &str) -> Result<ResultSet, DeskError> {
        let result = self.kept.get(self.version(), sql, || self.ask(sql)).await?;
        Ok(ResultSet::clone(&result))
    }

    async fn ask(&self, sql: &str) -> Result<ResultSet, DeskError> {
        // The semaphore is never closed.
        let _permit = self.running.acquire().await;
        let mut batches = self.engine.query(sql).await?;
        let mut result = ResultSet::default();
        while let Some(batch) = batches.next().await {
            rows::append(&mut result, &batch.map_err(QueryError::from_stream)?)?;
        }
        Ok(result)
    }
}
