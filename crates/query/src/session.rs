//! The engine's settings, and a session over one snapshot of tables.

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

use crate::functions;
use crate::one_row_first::physical_rules;
use crate::own_aggregates::OwnAggregates;

/// The catalogue above the database.
const CATALOG: &str = "datafusion";

/// A session without tables, whose default schema is `database`.
pub(crate) fn base_session(database: &str, threads: usize) -> Result<SessionState> {
    let mut config = SessionConfig::new()
        .with_target_partitions(threads)
        .with_create_default_catalog_and_schema(false)
        .with_default_catalog_and_schema(CATALOG, database)
        .with_collect_statistics(false);
    let options = config.options_mut();
    // Reading is from memory or from many small files: splitting either further costs more than it gives.
    options.optimizer.enable_round_robin_repartition = false;
    // As in Trino, where an ORDER BY does not say.
    "nulls_last".clone_into(&mut options.sql_parser.default_null_ordering);
    let mut state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .with_analyzer_rule(Arc::new(OwnAggregates::new()))
        .with_physical_optimizer_rules(physical_rules())
        .with_table_function_list(vec![])
        .build();
    functions::register(&mut state)?;
    Ok(state)
}

/// The same session, seeing exactly `tables`.
pub(crate) fn session_over(
    base: &SessionState,
    database: &str,
    tables: HashMap<String, Arc<dyn TableProvider>>,
) -> Result<SessionState> {
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema(database, Arc::new(Tables(tables)))?;
    let catalogs = MemoryCatalogProviderList::new();
    catalogs.register_catalog(CATALOG.to_owned(), Arc::new(catalog));
    let mut state = base.clone();
    state.register_catalog_list(Arc::new(catalogs));
    Ok(state)
}

/// A fixed set of tables.
struct Tables(HashMap<String, Arc<dyn TableProvider>>);

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[async_trait]
impl SchemaProvider for Tables {
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
