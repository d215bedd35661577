//! Sessions: the engine's settings, and the tables of one snapshot.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList,
    SchemaProvider, TableProvider,
};
use datafusion::common::DataFusionError;
use datafusion::error::Result;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::prelude::SessionConfig;

use crate::cross_join_build_side::physical_rules;
use crate::functions;
use crate::narrow_windows::NarrowWindows;
use crate::rewrite_aggregates::RewriteAggregates;

/// The SQL catalog that contains the database.
const CATALOG: &str = "datafusion";

/// Creates a session without tables, whose default schema is `database`.
pub(crate) fn base_session(database: &str, threads: usize) -> Result<SessionState> {
    let mut config = SessionConfig::new()
        .with_target_partitions(threads)
        .with_create_default_catalog_and_schema(false)
        .with_default_catalog_and_schema(CATALOG, database)
        .with_collect_statistics(false);
    let options = config.options_mut();
    // Sources are in memory or small files: repartitioning their batches costs more than it gains.
    options.optimizer.enable_round_robin_repartition = false;
    // The default of Trino for an ORDER BY without NULLS FIRST or LAST.
    "nulls_last".clone_into(&mut options.sql_parser.default_null_ordering);
    let mut state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .with_analyzer_rule(Arc::new(RewriteAggregates::new()))
        .with_analyzer_rule(Arc::new(NarrowWindows))
        .with_physical_optimizer_rules(physical_rules())
        .with_table_function_list(vec![])
        .build();
    functions::register(&mut state)?;
    Ok(state)
}

/// Returns the same session with exactly these tables.
pub(crate) fn session_over(
    base: &SessionState,
    database: &str,
    tables: HashMap<String, Arc<dyn TableProvider>>,
) -> Result<SessionState> {
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema(database, Arc::new(StaticSchema(tables)))?;
    let catalogs = MemoryCatalogProviderList::new();
    catalogs.register_catalog(CATALOG.to_owned(), Arc::new(catalog));
    let mut state = base.clone();
    state.register_catalog_list(Arc::new(catalogs));
    Ok(state)
}

/// A fixed set of tables.
struct StaticSchema(HashMap<String, Arc<dyn TableProvider>>);

impl fmt::Debug for StaticSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[async_trait]
impl SchemaProvider for StaticSchema {
    fn table_names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        Ok(self.0.get(name).cloned())
    }

    fn table_exist(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}
