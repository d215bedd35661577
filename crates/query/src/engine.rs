//! The engine: opens a data folder, runs statements, and refreshes when parts change.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use chrono::NaiveDate;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::execute_stream;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use futures::{StreamExt, TryStreamExt, future, stream};
use kiro_catalog::{Catalogue, RenderOptions, nearest};
use tokio::sync::Mutex;

use crate::date_range::DateRange;
use crate::error::QueryError;
use crate::parts::PartListing;
use crate::relations::Relations;
use crate::restriction::Restriction;
use crate::snapshot::Snapshot;
use crate::statement::ReadStatement;
use crate::time_partitions::TIME_PARTITION_ROWS;

/// The number of batches that are computed before they are read.
const BATCHES_AHEAD: usize = 2;

/// What to open, and how the views are rendered.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// The folder that holds `facts/`, `models/` and the other datasets.
    pub data: PathBuf,
    /// Settings of the views.
    pub render: RenderOptions,
    /// The first activity day that the tables show; none for no limit.
    pub since: Option<NaiveDate>,
    /// The last activity day that the tables show; none for no limit.
    pub until: Option<NaiveDate>,
}

/// The outcome of a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refresh {
    /// Number of parts that were added, removed or rewritten.
    pub changed_parts: usize,
    /// Names of the views that were recomputed: those computed before that depend on a changed dataset.
    pub recomputed: Vec<String>,
}

/// An embedded SQL engine over one data folder. A view is computed when a statement first reads it, once for all
/// concurrent statements, and cached until an [`Engine::refresh`] finds that its parts have changed.
pub struct Engine {
    data: PathBuf,
    relations: Arc<Relations>,
    current: RwLock<Arc<Snapshot>>,
    refreshing: Mutex<()>,
}

impl Engine {
    /// Opens a data folder: renders the views and lists the parts, but reads no part. A missing folder or dataset is
    /// empty.
    ///
    /// # Errors
    ///
    /// `Catalogue` if the views cannot be rendered with these options, `List` if a folder cannot be listed, `Start` if
    /// the engine cannot be set up.
    pub fn open(options: EngineOptions) -> Result<Self, QueryError> {
        Self::open_with(options, None, TIME_PARTITION_ROWS)
    }

    /// Opens a data folder with the rows of these users alone, by canonical id: every view is computed from them, and
    /// relations about all exports have no rows. The days that windows end on are those of all users.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn open_for_users(
        options: EngineOptions,
        users: BTreeSet<String>,
    ) -> Result<Self, QueryError> {
        Self::open_with(options, Some(users), TIME_PARTITION_ROWS)
    }

    /// Opens a data folder with time partitions of another size, for tests with few rows.
    #[doc(hidden)]
    pub fn open_with_time_partitions(
        options: EngineOptions,
        time_partition_rows: usize,
    ) -> Result<Self, QueryError> {
        Self::open_with(options, None, time_partition_rows)
    }

    fn open_with(
        options: EngineOptions,
        users: Option<BTreeSet<String>>,
        time_partition_rows: usize,
    ) -> Result<Self, QueryError> {
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let catalogue = Catalogue::render(&options.render)?;
        let mut relations = Relations::new(catalogue, &options.render.database, threads)?;
        relations.time_partition_rows = time_partition_rows;
        relations.restriction = users.map(|users| Restriction::new(users, &relations.catalogue));
        let relations = Arc::new(relations);
        let listing =
            PartListing::read(&options.data, relations.datasets(), &PartListing::default())?;
        let range = DateRange::from_dates(options.since, options.until);
        let snapshot = Snapshot::new(Arc::clone(&relations), listing, range);
        Ok(Self {
            data: options.data,
            relations,
            current: RwLock::new(Arc::new(snapshot)),
            refreshing: Mutex::new(()),
        })
    }

    /// Returns the tables and views, as rendered.
    pub fn catalogue(&self) -> &Catalogue {
        &self.relations.catalogue
    }

    /// Runs one query and streams its rows. Convert errors of the stream with [`QueryError::from_stream`].
    ///
    /// # Errors
    ///
    /// `NotAQuery` for any other statement; `UnknownRelation` and `UnknownColumn` name the nearest spelling.
    pub async fn query(&self, sql: &str) -> Result<SendableRecordBatchStream, QueryError> {
        let statement = ReadStatement::parse(sql)?;
        let names = statement.relations(
            &self.relations.session,
            &self.relations.database,
            &self.relations.names(),
        )?;
        let mut state = self.snapshot().statement_session(&names).await?;
        // A statement may read the clock. A view may not.
        state.mark_start_execution();
        let plan = statement.plan(&state).await?;
        let plan = state
            .create_physical_plan(&plan)
            .await
            .map_err(QueryError::from_stream)?;
        let batches = execute_stream(plan, state.task_ctx()).map_err(QueryError::from_stream)?;
        Ok(on_own_task(batches))
    }

    /// Returns the number of rows of a table or view. Computes the view.
    pub async fn row_count(&self, relation: &str) -> Result<u64, QueryError> {
        let relation = self.resolve(relation)?;
        if let Some(rows) = self.snapshot().rows(relation).await? {
            return Ok(rows as u64);
        }
        let mut batches = self
            .query(&format!("SELECT COUNT(*) AS row_count FROM {relation}"))
            .await?;
        let mut rows = 0;
        while let Some(batch) = batches.next().await {
            let batch = batch.map_err(QueryError::from_stream)?;
            rows += batch
                .column(0)
                .as_primitive::<Int64Type>()
                .values()
                .iter()
                .sum::<i64>();
        }
        Ok(rows.cast_unsigned())
    }

    /// Returns the memory of each computed view in bytes.
    pub fn cached_bytes(&self) -> BTreeMap<String, usize> {
        self.snapshot().cached_bytes()
    }

    /// Lists the folder and, if parts have changed, recomputes the computed views that depend on them. Statements see
    /// the previous state until the next one is complete.
    ///
    /// # Errors
    ///
    /// After an error the previous state stays.
    pub async fn refresh(&self) -> Result<Refresh, QueryError> {
        let _guard = self.refreshing.lock().await;
        let previous = self.snapshot();
        let listing = PartListing::read(&self.data, self.relations.datasets(), previous.listing())?;
        let changed_parts = self
            .relations
            .datasets()
            .map(|dataset| listing.changed(previous.listing(), dataset.folder).len())
            .sum();
        if changed_parts == 0 {
            return Ok(Refresh {
                changed_parts,
                recomputed: Vec::new(),
            });
        }
        let (next, invalidated) = previous.next(listing);
        let next = Arc::new(next);
        // Several views at a time: some operators of most views run on one thread.
        let views = invalidated.clone().into_iter().map(|view| {
            let next = Arc::clone(&next);
            async move { next.view(&view).await.map(drop) }
        });
        stream::iter(views)
            .buffer_unordered(self.relations.threads)
            .try_for_each(|()| future::ready(Ok(())))
            .await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(Refresh {
            changed_parts,
            recomputed: invalidated,
        })
    }

    /// Returns the relation of that name, or an error with the nearest name.
    pub(crate) fn resolve(&self, relation: &str) -> Result<&str, QueryError> {
        let names = self.relations.names();
        names
            .iter()
            .copied()
            .find(|name| *name == relation)
            .ok_or_else(|| QueryError::UnknownRelation {
                name: relation.to_owned(),
                nearest: nearest(relation, names),
            })
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Computes a stream on a task of its own. Some operators never yield: the caller can still stop waiting for them. Dropping
/// the stream ends the task at its next pause.
fn on_own_task(mut batches: SendableRecordBatchStream) -> SendableRecordBatchStream {
    let mut stream = RecordBatchReceiverStream::builder(batches.schema(), BATCHES_AHEAD);
    let sender = stream.tx();
    stream.spawn(async move {
        while let Some(batch) = batches.next().await {
            // An error means that the stream was dropped.
            if sender.send(batch).await.is_err() {
                break;
            }
        }
        Ok(())
    });
    stream.build()
}
