//! One complete state of the data: a listing, and what has been computed from exactly these parts. A state never
//! changes; a refresh makes the next one, which takes over whatever is still true.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::catalog::TableProvider;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlanBuilder;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use kiro_curate::{Relation, Source};
use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use crate::error::{QueryError, view_error};
use crate::footer::Footer;
use crate::packed::{PackedBuilder, PackedRows};
use crate::part_table::part_table;
use crate::parts::{Listing, Part};
use crate::relations::Relations;
use crate::session::session_over;
use crate::slices::{Slice, boundaries, windows};
use crate::source_table::SourceTable;
use crate::window::{Window, has_activity};

type Tables = HashMap<String, Arc<dyn TableProvider>>;

/// A listing and the views computed from it.
pub(crate) struct Snapshot {
    relations: Arc<Relations>,
    listing: Listing,
    window: Window,
    kept: HashMap<String, Arc<OnceCell<SourceTable>>>,
    slices: OnceCell<Slices>,
    /// The slices of the state before, to be taken over where nothing has changed; forgotten when that is done.
    before: Mutex<Option<Before>>,
}

struct Slices {
    boundaries: Vec<i32>,
    slices: Vec<Arc<Slice>>,
}

struct Before {
    boundaries: Vec<i32>,
    slices: Vec<Arc<Slice>>,
    changed: Vec<Arc<Part>>,
}

impl Snapshot {
    /// The state of a listing of which nothing has been computed.
    pub(crate) fn new(relations: Arc<Relations>, listing: Listing, window: Window) -> Self {
        let kept = relations
            .views()
            .map(|view| (view.name.clone(), Arc::default()))
            .collect();
        Self {
            relations,
            listing,
            window,
            kept,
            slices: OnceCell::new(),
            before: Mutex::new(None),
        }
    }

    /// The parts this state is made of.
    pub(crate) fn listing(&self) -> &Listing {
        &self.listing
    }

    /// The state after this one. Says which views it has lost, in dependency order.
    pub(crate) fn next(&self, listing: Listing) -> (Self, Vec<String>) {
        let mut next = Self::new(Arc::clone(&self.relations), listing, self.window);
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
            if self
                .relations
                .schema(&relation.name)
                .is_ok_and(|schema| has_activity(&schema))
            {
                changed.extend(parts.into_iter().map(Arc::clone));
            }
        }
        let mut lost = Vec::new();
        for view in self.relations.views() {
            let Some(cell) = self.kept.get(&view.name) else {
                continue;
            };
            if self
                .relations
                .datasets_of(&view.name)
                .iter()
                .any(|dataset| changed_datasets.contains(dataset))
            {
                if cell.initialized() {
                    lost.push(view.name.clone());
                }
            } else {
                next.kept.insert(view.name.clone(), Arc::clone(cell));
            }
        }
        next.before = Mutex::new(self.slices.get().map(|slices| Before {
            boundaries: slices.boundaries.clone(),
            slices: slices.slices.clone(),
            changed,
        }));
        (next, lost)
    }

    /// The session that sees all relations named, each computed if it is a view.
    pub(crate) async fn session(
        self: &Arc<Self>,
        names: &[String],
    ) -> Result<SessionState, QueryError> {
        let mut tables = Tables::new();
        for name in names {
            tables.insert(name.clone(), self.table(name).await?);
        }
        session_over(&self.relations.session, &self.relations.database, tables)
            .map_err(QueryError::Start)
    }

    /// How many rows a relation has.
    pub(crate) async fn rows(self: &Arc<Self>, name: &str) -> Result<Option<usize>, QueryError> {
        let relation = self.relations.get(name)?;
        if matches!(relation.source, Source::View { .. }) {
            return Ok(Some(self.view(name).await?.rows()));
        }
        let schema = self.relations.schema(name)?;
        if has_activity(&schema) && self.window != Window::default() {
            return Ok(None);
        }
        Ok(Some(self.parts_table(relation, self.window)?.rows()))
    }

    /// How much memory each view takes that has been computed, with what it shares with others.
    pub(crate) fn kept_bytes(&self) -> BTreeMap<String, usize> {
        let kept = self.kept.iter();
        kept.filter_map(|(view, cell)| Some((view.clone(), cell.get()?.bytes())))
            .collect()
    }

    /// Computes a view, if it has not been.
    pub(crate) async fn view(self: &Arc<Self>, name: &str) -> Result<SourceTable, QueryError> {
        let relation = self.relations.get(name)?;
        let Some(cell) = self.kept.get(name) else {
            return Err(QueryError::UnknownRelation {
                name: name.to_owned(),
                nearest: None,
            });
        };
        let table = cell
            .get_or_try_init(|| async {
                if relation.by_day {
                    self.by_day(relation).await
                } else {
                    self.whole(relation).await
                }
            })
            .await?;
        Ok(table.clone())
    }

    /// A relation as a table; boxed because views read views.
    fn table<'a>(
        self: &'a Arc<Self>,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Arc<dyn TableProvider>, QueryError>> {
        async move {
            let relation = self.relations.get(name)?;
            match relation.source {
                Source::Parts { .. } => self.windowed(relation, self.window),
                Source::View { .. } => {
                    Ok(Arc::new(self.view(name).await?) as Arc<dyn TableProvider>)
                }
            }
        }
        .boxed()
    }

    /// A view over everything, on all threads.
    async fn whole(self: &Arc<Self>, relation: &Relation) -> Result<SourceTable, QueryError> {
        let state = self.session(&relation.depends_on).await?;
        let failed = |source| view_error(&relation.name, source);
        let plan = self.relations.plan(relation, &state).await?;
        let plan = state.create_physical_plan(&plan).await.map_err(failed)?;
        let streams = datafusion::physical_plan::execute_stream_partitioned(plan, state.task_ctx())
            .map_err(failed)?;
        let schema = self.relations.schema(&relation.name)?;
        let mut running = JoinSet::new();
        for (index, mut stream) in streams.into_iter().enumerate() {
            let schema = Arc::clone(&schema);
            let pool = Arc::clone(&self.relations.pool);
            running.spawn(async move {
                let mut builder = PackedBuilder::new(schema, pool)?;
                while let Some(batch) = stream.next().await {
                    builder.push(&batch?)?;
                }
                Ok::<_, DataFusionError>((index, builder.finish()))
            });
        }
        let mut packed = Vec::new();
        while let Some(done) = running.join_next().await {
            let done = done.map_err(|source| QueryError::Interrupted {
                relation: relation.name.clone(),
                source,
            })?;
            packed.push(done.map_err(failed)?);
        }
        packed.sort_by_key(|(index, _)| *index);
        self.kept_table(relation, packed.iter().map(|(_, rows)| rows))
    }

    /// A view slice by slice, as many slices at once as there are threads.
    async fn by_day(self: &Arc<Self>, relation: &Relation) -> Result<SourceTable, QueryError> {
        let slices = &self.slices(relation).await?.slices;
        let mut waiting = slices.iter().enumerate();
        let mut running = JoinSet::new();
        let mut packed = Vec::new();
        loop {
            while running.len() < self.relations.threads {
                let Some((index, slice)) = waiting.next() else {
                    break;
                };
                let (snapshot, slice, name) =
                    (Arc::clone(self), Arc::clone(slice), relation.name.clone());
                running.spawn(async move {
                    Ok::<_, QueryError>((index, snapshot.slice(&slice, &name).await?))
                });
            }
            let Some(done) = running.join_next().await else {
                break;
            };
            packed.push(done.map_err(|source| QueryError::Interrupted {
                relation: relation.name.clone(),
                source,
            })??);
        }
        packed.sort_by_key(|(index, _)| *index);
        self.kept_table(relation, packed.iter().map(|(_, rows)| rows.as_ref()))
    }

    /// The rows of one view in one slice.
    fn slice<'a>(
        self: &'a Arc<Self>,
        slice: &'a Slice,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Arc<PackedRows>, QueryError>> {
        async move {
            let relation = self.relations.get(name)?;
            let cell = slice.cell(name, self.fingerprint(relation).await?);
            let rows = cell
                .get_or_try_init(|| self.compute_slice(slice, relation))
                .await?;
            Ok(Arc::clone(rows))
        }
        .boxed()
    }

    /// A number that tells apart what the rows of a view by slice depend on, beside the raw rows of their days.
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
                    Source::View { .. } if needed.by_day => {
                        self.fingerprint(needed).await?
                    }
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

    async fn compute_slice(
        self: &Arc<Self>,
        slice: &Slice,
        relation: &Relation,
    ) -> Result<Arc<PackedRows>, QueryError> {
        let failed = |source| view_error(&relation.name, source);
        let mut tables = Tables::new();
        for name in &relation.depends_on {
            let needed = self.relations.get(name)?;
            let table: Arc<dyn TableProvider> = match needed.source {
                Source::Parts { .. } => self.windowed(needed, self.window.and(slice.window))?,
                Source::View { .. } if needed.by_day => {
                    let rows = self.slice(slice, name).await?;
                    Arc::new(self.kept_table(needed, std::iter::once(rows.as_ref()))?)
                }
                Source::View { .. } => self.table(name).await?,
            };
            tables.insert(name.clone(), table);
        }
        let state = session_over(
            &self.relations.single_session,
            &self.relations.database,
            tables,
        )
        .map_err(failed)?;
        let plan = self.relations.plan(relation, &state).await?;
        let plan = state.create_physical_plan(&plan).await.map_err(failed)?;
        let mut stream =
            datafusion::physical_plan::execute_stream(plan, state.task_ctx()).map_err(failed)?;
        let mut builder = PackedBuilder::new(
            self.relations.schema(&relation.name)?,
            Arc::clone(&self.relations.pool),
        )
        .map_err(failed)?;
        while let Some(batch) = stream.next().await {
            builder.push(&batch.map_err(failed)?).map_err(failed)?;
        }
        Ok(Arc::new(builder.finish()))
    }

    /// The slices, cut when they are first needed.
    async fn slices(self: &Arc<Self>, relation: &Relation) -> Result<&Slices, QueryError> {
        self.slices
            .get_or_try_init(|| async {
                let snapshot = Arc::clone(self);
                tokio::task::spawn_blocking(move || snapshot.cut())
                    .await
                    .map_err(|source| QueryError::Interrupted {
                        relation: relation.name.clone(),
                        source,
                    })?
            })
            .await
    }

    fn cut(&self) -> Result<Slices, QueryError> {
        let mut footers: Vec<Footer> = Vec::new();
        for relation in self.relations.tables() {
            let schema = self.relations.schema(&relation.name)?;
            if has_activity(&schema) {
                footers.extend(
                    self.parts_of(relation, &schema)?
                        .iter()
                        .map(|(_, footer)| *footer),
                );
            }
        }
        let mut before_slot = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        let before = before_slot.as_ref();
        let boundaries = boundaries(
            before.map_or(&[], |before| before.boundaries.as_slice()),
            footers.into_iter(),
            self.relations.slice_rows,
        );
        let slices = windows(&boundaries)
            .filter(|window| !self.window.and(*window).is_empty())
            .map(|window| {
                let unchanged = before.and_then(|before| {
                    let touched = before.changed.iter().any(|part| {
                        part.footer
                            .get()
                            .is_none_or(|footer| window.touches(*footer))
                    });
                    before
                        .slices
                        .iter()
                        .find(|slice| slice.window == window && !touched)
                });
                unchanged.map_or_else(|| Arc::new(Slice::new(window)), Arc::clone)
            })
            .collect();
        *before_slot = None;
        Ok(Slices { boundaries, slices })
    }

    fn kept_table<'a>(
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
            "View kept."
        );
        Ok(table.with_bytes(bytes))
    }

    fn parts_of<'a>(
        &'a self,
        relation: &Relation,
        schema: &arrow::datatypes::SchemaRef,
    ) -> Result<Vec<(&'a Arc<Part>, Footer)>, QueryError> {
        let Source::Parts { dataset, .. } = &relation.source else {
            return Ok(Vec::new());
        };
        let declared = crate::part_table::stored(schema);
        self.listing
            .parts(dataset)
            .iter()
            .map(|part| {
                Ok((
                    part,
                    crate::footer::footer(part, &relation.name, &declared)?,
                ))
            })
            .collect()
    }

    fn parts_table(&self, relation: &Relation, window: Window) -> Result<SourceTable, QueryError> {
        let schema = self.relations.schema(&relation.name)?;
        let by_activity = has_activity(&schema);
        let parts = self
            .parts_of(relation, &schema)?
            .into_iter()
            .filter(|(part, footer)| {
                if by_activity {
                    window.touches(*footer)
                } else {
                    self.window.has_export(part)
                }
            });
        Ok(part_table(&schema, parts))
    }

    /// An external table, restricted to a window by its parts' footers, and by row where a part lies across an end.
    fn windowed(
        &self,
        relation: &Relation,
        window: Window,
    ) -> Result<Arc<dyn TableProvider>, QueryError> {
        let schema = self.relations.schema(&relation.name)?;
        let table: Arc<dyn TableProvider> = Arc::new(self.parts_table(relation, window)?);
        let inside = self
            .parts_of(relation, &schema)?
            .iter()
            .filter(|(_, footer)| window.touches(*footer))
            .all(|(_, footer)| window.covers(*footer));
        let condition = window
            .condition()
            .filter(|_| has_activity(&schema) && !inside);
        let Some(condition) = condition else {
            return Ok(table);
        };
        let failed = |source| view_error(&relation.name, source);
        let plan =
            LogicalPlanBuilder::scan(relation.name.as_str(), provider_as_source(table), None)
                .and_then(|plan| plan.filter(condition))
                .and_then(LogicalPlanBuilder::build)
                .map_err(failed)?;
        Ok(Arc::new(ViewTable::new(plan, None)))
    }
}
