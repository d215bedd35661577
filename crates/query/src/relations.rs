//! The catalogue with what the engine adds: Arrow schemas, plans of views, and the datasets that each relation reads.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use kiro_catalog::{Catalogue, ColumnType, Relation, Source};

use crate::error::{QueryError, view_error};
use crate::packed::Pool;
use crate::parts::DatasetFolder;
use crate::restriction::Restriction;
use crate::session::{base_session, session_over};
use crate::source_table::SourceTable;
use crate::time_partitions::TIME_PARTITION_ROWS;

/// By relation: the columns that a view reads.
pub(crate) type ReadColumns = HashMap<String, BTreeSet<usize>>;

/// The relations of one catalogue, and the sessions that plan them.
pub(crate) struct Relations {
    pub(crate) catalogue: Catalogue,
    /// The users whose rows the relations have; none for all.
    pub(crate) restriction: Option<Restriction>,
    pub(crate) database: String,
    pub(crate) threads: usize,
    /// The number of raw rows of a time partition.
    pub(crate) time_partition_rows: usize,
    /// Plans queries for all threads.
    pub(crate) session: SessionState,
    /// Plans queries for one thread.
    pub(crate) single_thread_session: SessionState,
    /// Texts and columns that cached views share.
    pub(crate) pool: Arc<Pool>,
    schemas: HashMap<String, SchemaRef>,
    /// By view: what it reads, filled on first use.
    read_columns: Mutex<HashMap<String, Arc<ReadColumns>>>,
    datasets: HashMap<String, BTreeSet<&'static str>>,
}

impl Relations {
    /// Prepares the relations of `catalogue`, which are in `database`.
    pub(crate) fn new(
        catalogue: Catalogue,
        database: &str,
        threads: usize,
    ) -> Result<Self, QueryError> {
        let mut schemas = HashMap::new();
        let mut datasets: HashMap<String, BTreeSet<&'static str>> = HashMap::new();
        for relation in catalogue.relations() {
            schemas.insert(relation.name.clone(), declared_schema(relation));
            let reads = match &relation.source {
                Source::Parts { dataset, .. } => BTreeSet::from([*dataset]),
                Source::View { .. } => relation
                    .depends_on
                    .iter()
                    .filter_map(|name| datasets.get(name))
                    .flatten()
                    .copied()
                    .collect(),
            };
            datasets.insert(relation.name.clone(), reads);
        }
        Ok(Self {
            catalogue,
            restriction: None,
            database: database.to_owned(),
            threads,
            time_partition_rows: TIME_PARTITION_ROWS,
            session: base_session(database, threads).map_err(QueryError::Start)?,
            single_thread_session: base_session(database, 1).map_err(QueryError::Start)?,
            pool: Arc::default(),
            schemas,
            read_columns: Mutex::default(),
            datasets,
        })
    }

    pub(crate) fn get(&self, name: &str) -> Result<&Relation, QueryError> {
        self.catalogue
            .relations()
            .iter()
            .find(|relation| relation.name == name)
            .ok_or_else(|| QueryError::UnknownRelation {
                name: name.to_owned(),
                nearest: None,
            })
    }

    pub(crate) fn schema(&self, name: &str) -> Result<SchemaRef, QueryError> {
        self.schemas
            .get(name)
            .cloned()
            .ok_or_else(|| QueryError::UnknownRelation {
                name: name.to_owned(),
                nearest: None,
            })
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.catalogue
            .relations()
            .iter()
            .map(|relation| relation.name.as_str())
            .collect()
    }

    /// Returns the views, each after those that it reads.
    pub(crate) fn views(&self) -> impl Iterator<Item = &Relation> {
        self.catalogue
            .relations()
            .iter()
            .filter(|relation| matches!(relation.source, Source::View { .. }))
    }

    /// Returns the external tables.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &Relation> {
        self.catalogue
            .relations()
            .iter()
            .filter(|relation| matches!(relation.source, Source::Parts { .. }))
    }

    /// Returns the folders of the external tables.
    pub(crate) fn datasets(&self) -> impl Iterator<Item = DatasetFolder> {
        self.tables().filter_map(|relation| match relation.source {
            Source::Parts {
                dataset,
                partitioned,
            } => Some(DatasetFolder {
                folder: dataset,
                partitioned,
            }),
            Source::View { .. } => None,
        })
    }

    /// Returns the datasets that a relation reads, directly or through views.
    pub(crate) fn datasets_of(&self, name: &str) -> Vec<&'static str> {
        self.datasets
            .get(name)
            .into_iter()
            .flatten()
            .copied()
            .collect()
    }

    /// Plans a view over the tables of `state`.
    ///
    /// # Errors
    ///
    /// `UndeclaredColumn` if the columns of the plan are not those that the view's text declares.
    pub(crate) async fn plan(
        &self,
        relation: &Relation,
        state: &SessionState,
    ) -> Result<LogicalPlan, QueryError> {
        let Source::View { sql } = &relation.source else {
            return Err(QueryError::UnknownRelation {
                name: relation.name.clone(),
                nearest: None,
            });
        };
        let plan = state
            .create_logical_plan(sql)
            .await
            .map_err(|source| QueryError::View {
                relation: relation.name.clone(),
                source,
            })?;
        let declared = self.schema(&relation.name)?;
        let found = plan.schema().fields();
        for position in 0..declared.fields().len().max(found.len()) {
            let (declared, found) = (declared.fields().get(position), found.get(position));
            let same = matches!((declared, found), (Some(declared), Some(found))
                if declared.name() == found.name() && is_same_type(declared.data_type(), found.data_type()));
            if !same {
                return Err(QueryError::UndeclaredColumn {
                    relation: relation.name.clone(),
                    expected: declared
                        .map_or_else(|| "nothing".to_owned(), |field| describe(field)),
                    found: found.map_or_else(|| "nothing".to_owned(), |field| describe(field)),
                });
            }
        }
        Ok(plan)
    }

    /// Returns the columns that a view reads of each relation, according to its optimized plan over empty tables.
    pub(crate) async fn read_columns(
        &self,
        view: &Relation,
    ) -> Result<Arc<ReadColumns>, QueryError> {
        let read = || {
            self.read_columns
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(columns) = read().get(&view.name) {
            return Ok(Arc::clone(columns));
        }
        let failed = |source| view_error(&view.name, source);
        let mut tables: HashMap<String, Arc<dyn TableProvider>> = HashMap::new();
        for name in &view.depends_on {
            let empty = SourceTable::new(self.schema(name)?, Vec::new());
            tables.insert(name.clone(), Arc::new(empty));
        }
        let state =
            session_over(&self.single_thread_session, &self.database, tables).map_err(failed)?;
        let plan = self.plan(view, &state).await?;
        let columns = scanned_columns(&state.optimize(&plan).map_err(failed)?).map_err(failed)?;
        let columns = Arc::new(columns);
        read().insert(view.name.clone(), Arc::clone(&columns));
        Ok(columns)
    }
}

/// Returns the columns that a plan reads of each table, in the projection or in filters.
fn scanned_columns(plan: &LogicalPlan) -> datafusion::error::Result<ReadColumns> {
    let mut read = ReadColumns::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let schema = scan.source.schema();
            let columns = read.entry(scan.table_name.table().to_owned()).or_default();
            match &scan.projection {
                Some(projection) => columns.extend(projection),
                None => columns.extend(0..schema.fields().len()),
            }
            for filter in &scan.filters {
                for column in filter.column_refs() {
                    columns.insert(schema.index_of(&column.name)?);
                }
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(read)
}

fn describe(field: &Field) -> String {
    format!("{} {}", field.name(), field.data_type())
}

/// Compares types as Athena sees them: `DataFusion` has several string types, and some counts are unsigned.
fn is_same_type(declared: &DataType, found: &DataType) -> bool {
    match declared {
        DataType::Utf8View => matches!(
            found,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
        ),
        DataType::Int64 => matches!(found, DataType::Int64 | DataType::UInt64),
        declared => declared == found,
    }
}

fn declared_schema(relation: &Relation) -> SchemaRef {
    let fields: Vec<Field> = relation
        .columns
        .iter()
        .map(|column| {
            let data_type = match column.column_type {
                ColumnType::Varchar => DataType::Utf8View,
                ColumnType::Bigint => DataType::Int64,
                ColumnType::Double => DataType::Float64,
                ColumnType::Boolean => DataType::Boolean,
                ColumnType::Date => DataType::Date32,
            };
            Field::new(&column.name, data_type, true)
        })
        .collect();
    Arc::new(Schema::new(fields))
}
