//! The engine: opens a data folder, answers statements, and keeps up with new parts.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use chrono::NaiveDate;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::execute_stream;
use futures::{StreamExt, TryStreamExt, future, stream};
use kiro_curate::{Catalogue, RenderOptions};
use tokio::sync::Mutex;

use crate::error::QueryError;
use crate::parts::Listing;
use crate::relations::Relations;
use crate::slices::SLICE_ROWS;
use crate::snapshot::Snapshot;
use crate::statement::{ReadStatement, nearest};
use crate::window::Window;

/// What to open, and how the views are rendered.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// The folder that holds `facts/`, `models/` and the other datasets.
    pub data: PathBuf,
    /// Settings of the views.
    pub render: RenderOptions,
    /// The first day of activity that the tables show; all if none.
    pub since: Option<NaiveDate>,
    /// The last day of activity that the tables show; all if none.
    pub until: Option<NaiveDate>,
}

/// What a refresh found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refresh {
    /// Parts that are new, gone or rewritten.
    pub changed_parts: usize,
    /// Views that were computed anew, because they had been computed before and a change reached them.
    pub recomputed: Vec<String>,
}

/// An embedded SQL engine over one data folder. Views are computed when a statement first needs them, once however
/// many statements wait for them, and kept until a [`Engine::refresh`] finds that their parts have changed.
pub struct Engine {
    data: PathBuf,
    relations: Arc<Relations>,
    current: RwLock<Arc<Snapshot>>,
    refreshing: Mutex<()>,
}

impl Engine {
    /// Opens a data folder: renders the views and lists the parts, but reads none of them. A missing folder or dataset
    /// is empty.
    pub fn open(options: EngineOptions) -> Result<Self, QueryError> {
        Self::open_in_slices(options, SLICE_ROWS)
    }

    /// As [`Engine::open`], with another size of slice: so that tests need no millions of rows.
    #[doc(hidden)]
    pub fn open_in_slices(options: EngineOptions, slice_rows: usize) -> Result<Self, QueryError> {
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let catalogue = Catalogue::render(&options.render)?;
        let mut relations = Relations::new(catalogue, &options.render.database, threads)?;
        relations.slice_rows = slice_rows;
        let relations = Arc::new(relations);
        let listing = Listing::read(&options.data, relations.datasets(), &Listing::default())?;
        let window = Window::of_dates(options.since, options.until);
        let snapshot = Snapshot::new(Arc::clone(&relations), listing, window);
        Ok(Self {
            data: options.data,
            relations,
            current: RwLock::new(Arc::new(snapshot)),
            refreshing: Mutex::new(()),
        })
    }

    /// The tables and views, as rendered.
    pub fn catalogue(&self) -> &Catalogue {
        &self.relations.catalogue
    }

    /// Runs one query and streams its rows. Anything but a query is refused. Turn errors of the stream into ours with
    /// [`QueryError::from_stream`].
    pub async fn query(&self, sql: &str) -> Result<SendableRecordBatchStream, QueryError> {
        let statement = ReadStatement::parse(sql)?;
        let names = statement.relations(
            &self.relations.session,
            &self.relations.database,
            &self.relations.names(),
        )?;
        let mut state = self.snapshot().session(&names).await?;
        // A statement may ask what time it is; a view may not.
        state.mark_start_execution();
        let plan = statement.plan(&state).await?;
        let plan = state
            .create_physical_plan(&plan)
            .await
            .map_err(QueryError::from_stream)?;
        execute_stream(plan, state.task_ctx()).map_err(QueryError::from_stream)
    }

    /// How many rows a table or view has; computes the view.
    pub async fn row_count(&self, relation: &str) -> Result<u64, QueryError> {
        let relation = self.known(relation)?;
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

    /// How many bytes of memory each computed view takes.
    pub fn kept_bytes(&self) -> BTreeMap<String, usize> {
        self.snapshot().kept_bytes()
    }

    /// Lists the folder once and, if parts were added, removed or rewritten, computes again whatever had been computed
    /// and depends on them. Statements see the state before, whole, until all of the next one is ready.
    pub async fn refresh(&self) -> Result<Refresh, QueryError> {
        let _one_at_a_time = self.refreshing.lock().await;
        let before = self.snapshot();
        let listing = Listing::read(&self.data, self.relations.datasets(), before.listing())?;
        let changed_parts = self
            .relations
            .datasets()
            .map(|dataset| listing.changed(before.listing(), dataset.folder).len())
            .sum();
        if changed_parts == 0 {
            return Ok(Refresh {
                changed_parts,
                recomputed: Vec::new(),
            });
        }
        let (next, lost) = before.next(listing);
        let next = Arc::new(next);
        // Several at once: parts of most views run on one thread.
        let views = lost.clone().into_iter().map(|view| {
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
            recomputed: lost,
        })
    }

    /// The relation of that name, as the catalogue spells it.
    pub(crate) fn known(&self, relation: &str) -> Result<&str, QueryError> {
        let names = self.relations.names();
        names
            .iter()
            .copied()
            .find(|name| *name == relation)
            .ok_or_else(|| QueryError::UnknownRelation {
                name: relation.to_owned(),
                nearest: nearest(relation, names.into_iter()),
            })
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}
