//! One complete state of the data: a listing of parts, and the views computed from exactly these parts.
//!
//! A snapshot never changes. A refresh makes the next one, which takes over every result that is still valid.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::physical_plan::{execute_stream, execute_stream_partitioned};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use kiro_catalog::{Relation, Source};
use tokio::sync::OnceCell;
use tokio::task::{JoinError, JoinSet};

use crate::date_range::{DateRange, has_activity_date};
use crate::error::{QueryError, view_error};
use crate::external_tables::ExternalTables;
use crate::packed::{PackedBuilder, PackedRows, Pool};
use crate::parts::PartListing;
use crate::relations::Relations;
use crate::restriction::Access;
use crate::session::session_over;
use crate::source_table::SourceTable;
use crate::time_partitions::{PreviousPartitions, TimePartition, TimePartitions};

type TableMap = HashMap<String, Arc<dyn TableProvider>>;

/// A listing and the views computed from it.
pub(crate) struct Snapshot {
    relations: Arc<Relations>,
    listing: PartListing,
    /// The days that the tables show.
    range: DateRange,
    /// All views by name, each computed at most once.
    views: HashMap<String, Arc<OnceCell<SourceTable>>>,
    partitions: OnceCell<TimePartitions>,
    /// What `partitions` may take over; none once they are made.
    previous: Mutex<Option<PreviousPartitions>>,
}

impl Snapshot {
    /// Creates a snapshot without any computed view.
    pub(crate) fn new(relations: Arc<Relations>, listing: PartListing, range: DateRange) -> Self {
        let views = relations
            .views()
            .map(|view| (view.name.clone(), Arc::default()))
            .collect();
        Self {
            relations,
            listing,
            range,
            views,
            partitions: OnceCell::new(),
            previous: Mutex::new(None),
        }
    }

    /// Returns the parts that this snapshot is made of.
    pub(crate) fn listing(&self) -> &PartListing {
        &self.listing
    }

    /// Returns the snapshot of another listing, and the names of the computed views that it does not take over, in
    /// dependency order.
    pub(crate) fn next(&self, listing: PartListing) -> (Self, Vec<String>) {
        let mut next = Self::new(Arc::clone(&self.relations), listing, self.range);
        let mut changed = Vec::new();
        let mut changed_datasets = BTreeSet::new();
        for relation in self.relations.tables() {
            let Source::Parts { dataset, .. } = relation.source else {
                continue;
            };
            let parts = next.listing.changed(&self.listing, dataset);
            if !parts.is_empty() {
                changed_datasets.insert(dataset);
            }
            let schema = self.relations.schema(&relation.name);
            if schema.is_ok_and(|schema| has_activity_date(&schema)) {
                changed.extend(parts.into_iter().map(Arc::clone));
            }
        }
        let mut invalidated = Vec::new();
        for view in self.relations.views() {
            let Some(cell) = self.views.get(&view.name) else {
                continue;
            };
            let datasets = self.relations.datasets_of(&view.name);
            if datasets
                .iter()
                .any(|dataset| changed_datasets.contains(dataset))
            {
                if cell.initialized() {
                    invalidated.push(view.name.clone());
                }
            } else {
                next.views.insert(view.name.clone(), Arc::clone(cell));
            }
        }
        next.previous = Mutex::new(self.partitions.get().map(|partitions| PreviousPartitions {
            partitions: partitions.clone(),
            changed,
        }));
        (next, invalidated)
    }

    /// Returns a session of a statement over the named relations. Computes the views among them.
    pub(crate) async fn statement_session(
        self: &Arc<Self>,
        names: &[String],
    ) -> Result<SessionState, QueryError> {
        let mut tables = TableMap::new();
        for name in names {
            let relation = self.relations.get(name)?;
            let schema = self.relations.schema(name)?;
            let restriction = self.relations.restriction.as_ref();
            let access = restriction.map_or(Access::All, |restriction| {
                restriction.of_statement(relation, &schema)
            });
            let table: Arc<dyn TableProvider> = match (&relation.source, access) {
                (Source::Parts { .. }, access) => {
                    self.external_tables().table(relation, self.range, access)?
                }
                (Source::View { .. }, Access::Nothing) => {
                    Arc::new(SourceTable::new(schema, Vec::new()))
                }
                (Source::View { .. }, _) => Arc::new(Box::pin(self.view(name)).await?),
            };
            tables.insert(name.clone(), table);
        }
        session_over(&self.relations.session, &self.relations.database, tables)
            .map_err(QueryError::Start)
    }

    /// Returns a session over the relations that a view reads. Computes the views among them.
    async fn view_session(
        self: &Arc<Self>,
        relation: &Relation,
    ) -> Result<SessionState, QueryError> {
        let mut tables = TableMap::new();
        for name in &relation.depends_on {
            tables.insert(name.clone(), self.table(name, relation).await?);
        }
        session_over(&self.relations.session, &self.relations.database, tables)
            .map_err(QueryError::Start)
    }

    /// What a view sees of an external table.
    fn access_of(&self, view: &Relation, table: &Relation) -> Result<Access, QueryError> {
        let schema = self.relations.schema(&table.name)?;
        let restriction = self.relations.restriction.as_ref();
        Ok(restriction.map_or(Access::All, |restriction| {
            restriction.of_view(&view.name, &schema)
        }))
    }

    /// Returns the number of rows of a relation; none if the rows must be read to count them.
    pub(crate) async fn rows(self: &Arc<Self>, name: &str) -> Result<Option<usize>, QueryError> {
        let relation = self.relations.get(name)?;
        if self.relations.restriction.is_some() {
            return Ok(None);
        }
        match relation.source {
            Source::View { .. } => Ok(Some(self.view(name).await?.rows())),
            Source::Parts { .. } => self.external_tables().rows(relation),
        }
    }

    /// Returns the memory of each computed view in bytes. Counts what views share once per view.
    pub(crate) fn cached_bytes(&self) -> BTreeMap<String, usize> {
        let views = self.views.iter();
        views
            .filter_map(|(view, cell)| Some((view.clone(), cell.get()?.bytes())))
            .collect()
    }

    /// Returns a view. Computes it on the first call.
    pub(crate) async fn view(self: &Arc<Self>, name: &str) -> Result<SourceTable, QueryError> {
        let relation = self.relations.get(name)?;
        let Some(cell) = self.views.get(name) else {
            return Err(QueryError::UnknownRelation {
                name: name.to_owned(),
                nearest: None,
            });
        };
        let table = cell
            .get_or_try_init(|| async {
                if relation.by_day {
                    self.compute_by_day(relation).await
                } else {
                    self.compute_whole(relation).await
                }
            })
            .await?;
        Ok(table.clone())
    }

    /// Returns a relation as the table that a view reads. Boxed because views read views.
    fn table<'a>(
        self: &'a Arc<Self>,
        name: &'a str,
        reader: &'a Relation,
    ) -> BoxFuture<'a, Result<Arc<dyn TableProvider>, QueryError>> {
        async move {
            let relation = self.relations.get(name)?;
            match relation.source {
                Source::Parts { .. } => {
                    let access = self.access_of(reader, relation)?;
                    self.external_tables().table(relation, self.range, access)
                }
                Source::View { .. } => {
                    Ok(Arc::new(self.view(name).await?) as Arc<dyn TableProvider>)
                }
            }
        }
        .boxed()
    }

    /// Computes a view over the whole history, on all threads.
    async fn compute_whole(
        self: &Arc<Self>,
        relation: &Relation,
    ) -> Result<SourceTable, QueryError> {
        let state = self.view_session(relation).await?;
        let failed = |source| view_error(&relation.name, source);
        let plan = self.relations.plan(relation, &state).await?;
        let plan = state.create_physical_plan(&plan).await.map_err(failed)?;
        let streams = execute_stream_partitioned(plan, state.task_ctx()).map_err(failed)?;
        let schema = self.relations.schema(&relation.name)?;
        let mut running = JoinSet::new();
        for (index, stream) in streams.into_iter().enumerate() {
            let packing = pack(
                stream,
                Arc::clone(&schema),
                Arc::clone(&self.relations.pool),
            );
            running.spawn(async move { (index, packing.await) });
        }
        let mut packed = Vec::new();
        while let Some(done) = running.join_next().await {
            let (index, rows) = done.map_err(|error| interrupted(relation, error))?;
            packed.push((index, rows.map_err(failed)?));
        }
        packed.sort_by_key(|(index, _)| *index);
        self.cached_table(relation, packed.iter().map(|(_, rows)| rows))
    }

    /// Computes a view per time partition, as many partitions at a time as there are threads.
    async fn compute_by_day(
        self: &Arc<Self>,
        relation: &Relation,
    ) -> Result<SourceTable, QueryError> {
        let partitions = &self.time_partitions(relation).await?.partitions;
        let mut waiting = partitions.iter().enumerate();
        let mut running = JoinSet::new();
        let mut packed = Vec::new();
        loop {
            while running.len() < self.relations.threads {
                let Some((index, partition)) = waiting.next() else {
                    break;
                };
                let (snapshot, partition) = (Arc::clone(self), Arc::clone(partition));
                let name = relation.name.clone();
                running.spawn(async move {
                    Ok::<_, QueryError>((index, snapshot.rows_of(&partition, &name).await?))
                });
            }
            let Some(done) = running.join_next().await else {
                break;
            };
            packed.push(done.map_err(|error| interrupted(relation, error))??);
        }
        packed.sort_by_key(|(index, _)| *index);
        self.cached_table(relation, packed.iter().map(|(_, rows)| rows.as_ref()))
    }

    /// Returns the rows of a view by day in one time partition. Boxed because views read views.
    fn rows_of<'a>(
        self: &'a Arc<Self>,
        partition: &'a TimePartition,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Arc<PackedRows>, QueryError>> {
        async move {
            let relation = self.relations.get(name)?;
            let cell = partition.cell(name, self.fingerprint(relation).await?);
            let rows = cell
                .get_or_try_init(|| self.compute_rows_of(partition, relation))
                .await?;
            Ok(Arc::clone(rows))
        }
        .boxed()
    }

    /// Returns a hash of everything that the rows of a view by day depend on, besides the raw rows of their days.
    fn fingerprint<'a>(
        self: &'a Arc<Self>,
        relation: &'a Relation,
    ) -> BoxFuture<'a, Result<u64, QueryError>> {
        async move {
            let read = self.relations.read_columns(relation).await?;
            let mut fingerprint: u64 = 0;
            for name in &relation.depends_on {
                let needed = self.relations.get(name)?;
                let contents = match needed.source {
                    Source::Parts { .. } => continue,
                    Source::View { .. } if needed.by_day => self.fingerprint(needed).await?,
                    Source::View { .. } => {
                        let columns = read.get(name).into_iter().flatten();
                        let columns: Vec<usize> = columns.copied().collect();
                        let contents = self.view(name).await?.fingerprint(&columns);
                        contents.map_err(|source| view_error(name, source))?
                    }
                };
                fingerprint = fingerprint.rotate_left(1) ^ contents;
            }
            Ok(fingerprint)
        }
        .boxed()
    }

    async fn compute_rows_of(
        self: &Arc<Self>,
        partition: &TimePartition,
        relation: &Relation,
    ) -> Result<Arc<PackedRows>, QueryError> {
        let relations = &self.relations;
        let failed = |source| view_error(&relation.name, source);
        let mut tables = TableMap::new();
        for name in &relation.depends_on {
            let needed = relations.get(name)?;
            let table: Arc<dyn TableProvider> = match needed.source {
                Source::Parts { .. } => {
                    let range = self.range.intersect(partition.range);
                    let access = self.access_of(relation, needed)?;
                    self.external_tables().table(needed, range, access)?
                }
                Source::View { .. } if needed.by_day => {
                    let rows = self.rows_of(partition, name).await?;
                    Arc::new(self.cached_table(needed, std::iter::once(rows.as_ref()))?)
                }
                Source::View { .. } => self.table(name, relation).await?,
            };
            tables.insert(name.clone(), table);
        }
        let state = session_over(
            &relations.single_thread_session,
            &relations.database,
            tables,
        )
        .map_err(failed)?;
        let plan = relations.plan(relation, &state).await?;
        let plan = state.create_physical_plan(&plan).await.map_err(failed)?;
        let stream = execute_stream(plan, state.task_ctx()).map_err(failed)?;
        let schema = relations.schema(&relation.name)?;
        let packed = pack(stream, schema, Arc::clone(&relations.pool)).await;
        Ok(Arc::new(packed.map_err(failed)?))
    }

    /// Returns the time partitions. Makes them on the first call, for `relation`.
    async fn time_partitions(
        self: &Arc<Self>,
        relation: &Relation,
    ) -> Result<&TimePartitions, QueryError> {
        self.partitions
            .get_or_try_init(|| async {
                let snapshot = Arc::clone(self);
                tokio::task::spawn_blocking(move || snapshot.make_time_partitions())
                    .await
                    .map_err(|error| interrupted(relation, error))?
            })
            .await
    }

    fn make_time_partitions(&self) -> Result<TimePartitions, QueryError> {
        let footers = self.external_tables().activity_footers()?;
        let mut previous = self.previous.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(TimePartitions::new(
            previous.take().as_ref(),
            footers.into_iter(),
            self.range,
            self.relations.time_partition_rows,
        ))
    }

    fn cached_table<'a>(
        &self,
        relation: &Relation,
        packed: impl Iterator<Item = &'a PackedRows>,
    ) -> Result<SourceTable, QueryError> {
        let schema = self.relations.schema(&relation.name)?;
        let mut sources = Vec::new();
        let mut distinct = vec![None; schema.fields().len()];
        let mut bytes = 0;
        for rows in packed {
            bytes += rows.bytes();
            sources.extend(rows.sources());
            for (column, distinct) in distinct.iter_mut().enumerate() {
                *distinct = (*distinct).max(rows.distinct_texts(column));
            }
        }
        let table = SourceTable::new(schema, sources).with_distinct_counts(distinct.into_iter());
        tracing::debug!(
            view = relation.name,
            rows = table.rows(),
            bytes,
            "View cached."
        );
        Ok(table.with_bytes(bytes))
    }

    fn external_tables(&self) -> ExternalTables<'_> {
        ExternalTables {
            relations: &self.relations,
            listing: &self.listing,
            range: self.range,
        }
    }
}

/// Reads a stream to its end and packs its rows.
async fn pack(
    mut stream: SendableRecordBatchStream,
    schema: SchemaRef,
    pool: Arc<Pool>,
) -> Result<PackedRows, DataFusionError> {
    let mut builder = PackedBuilder::new(schema, pool)?;
    while let Some(batch) = stream.next().await {
        builder.push(&batch?)?;
    }
    Ok(builder.finish())
}

fn interrupted(relation: &Relation, source: JoinError) -> QueryError {
    QueryError::Interrupted {
        relation: relation.name.clone(),
        source,
    }
}
