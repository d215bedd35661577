//! The views. Athena creates those that have changed, one after the other, in the order of their dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_athena::types::{QueryExecutionContext, QueryExecutionState};
use aws_sdk_glue::types::{Column, StorageDescriptor, Table, TableInput};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kiro_catalog::{Catalogue, Relation, Source};
use serde::Deserialize;

use super::data_layer::DataLayer;
use super::table_definition::DDL_HASH_PARAMETER;
use super::tables::{existing_tables, parameter};
use crate::aws::{Aws, AwsError, Context};
use crate::digest::short_hash;
use crate::progress::Progress;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};

/// Maximum time for a statement of Athena.
const TIMEOUT: Duration = Duration::from_mins(5);

/// Creates and updates the views.
pub(crate) struct Views;

/// The hash of a view: of its text and of the columns that it reads. Athena rejects a view whose input columns have changed until
/// the view is created again.
pub(crate) fn view_hash(catalogue: &Catalogue, relation: &Relation) -> String {
    let mut text = relation.create_statement().unwrap_or_default();
    for name in &relation.depends_on {
        let columns = catalogue
            .relation(name)
            .map_or(&[][..], |found| &found.columns);
        for column in columns {
            text = format!("{text}\n{name}.{} {}", column.name, column.column_type);
        }
    }
    short_hash(text)
}

/// Athena's description of a view, in a comment of Glue's table.
#[derive(Deserialize)]
struct StoredView {
    #[serde(rename = "originalSql")]
    original_sql: String,
}

/// The text of a deployed view. `None` if the table is not a view of Athena.
pub(crate) fn original_sql(table: &Table) -> Option<String> {
    let text = table.view_original_text()?;
    let encoded = text.strip_prefix("/* Presto View: ")?.strip_suffix(" */")?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let view: StoredView = serde_json::from_slice(&bytes).ok()?;
    Some(view.original_sql)
}

/// The views that are missing or differ, in the order of their creation.
fn changed<'a>(
    deployment: &'a Deployment,
    existing: &BTreeMap<String, Table>,
) -> Vec<(&'a Relation, ChangeKind)> {
    let relations = deployment.catalogue.relations().iter();
    relations
        .filter_map(|relation| {
            let Source::View { sql } = &relation.source else {
                return None;
            };
            let Some(found) = existing.get(&relation.name) else {
                return Some((relation, ChangeKind::Create));
            };
            let deployed_hash = parameter(found, DDL_HASH_PARAMETER);
            let is_same = if deployed_hash.is_empty() {
                original_sql(found).is_some_and(|text| text.trim() == sql.trim())
            } else {
                deployed_hash == view_hash(&deployment.catalogue, relation)
            };
            (!is_same).then_some((relation, ChangeKind::Update))
        })
        .collect()
}

#[async_trait]
impl Step for Views {
    fn name(&self) -> &'static str {
        "views"
    }

    fn title(&self) -> &'static str {
        "Views"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        let database = deployment.names.database(deployment.settings());
        let existing = existing_tables(&deployment.aws, &database).await?;
        let changes = changed(deployment, &existing)
            .into_iter()
            .map(|(relation, kind)| {
                let mut change = Change::new(kind, format!("view `{}`", relation.name));
                let before: BTreeSet<&str> = existing
                    .get(&relation.name)
                    .and_then(Table::storage_descriptor)
                    .map_or(&[][..], StorageDescriptor::columns)
                    .iter()
                    .map(Column::name)
                    .collect();
                let after: BTreeSet<&str> = relation
                    .columns
                    .iter()
                    .map(|column| column.name.as_str())
                    .collect();
                if kind == ChangeKind::Update {
                    for column in after.difference(&before) {
                        change = change.detail(format!("column `{column}` is added"));
                    }
                    for column in before.difference(&after) {
                        change = change.detail(format!("column `{column}` is removed"));
                    }
                    if change.details.is_empty() {
                        change = change.detail("its definition");
                    }
                }
                change
            });
        Ok(Planned::changes(changes.collect()))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let layer = DataLayer::require(deployment).await?;
        let existing = existing_tables(&deployment.aws, &layer.database).await?;
        let changed = changed(deployment, &existing);
        let all = changed.len() as u64;
        for (done, (relation, _)) in (0..).zip(changed) {
            progress.count(done, Some(all), "views");
            progress.doing(&format!("view {}", relation.name));
            let statement = relation.create_statement().unwrap_or_default();
            run(
                &deployment.aws,
                &layer,
                &statement,
                &format!("view `{}`", relation.name),
            )
            .await?;
            write_hash(deployment, &layer, relation).await?;
        }
        Ok(Applied::default())
    }
}

/// Runs a statement that returns no rows.
///
/// # Errors
///
/// If Athena rejects the statement, or does not complete it in time.
pub(crate) async fn run(
    aws: &Aws,
    layer: &DataLayer,
    statement: &str,
    what: &str,
) -> Result<(), StepError> {
    let context = QueryExecutionContext::builder()
        .database(&layer.database)
        .catalog("AwsDataCatalog");
    let started = aws
        .clients()
        .athena
        .start_query_execution()
        .query_string(statement)
        .query_execution_context(context.build())
        .work_group(&layer.workgroup)
        .send()
        .await
        .context(aws, "athena:StartQueryExecution", what)?;
    let id = started.query_execution_id().unwrap_or_default();
    let mut polling = aws.polling(TIMEOUT);
    loop {
        let (state, reason) = query_state(aws, id, what).await?;
        if state == QueryExecutionState::Succeeded {
            return Ok(());
        }
        if matches!(
            state,
            QueryExecutionState::Failed | QueryExecutionState::Cancelled
        ) {
            return Err(StepError::failed(
                ErrorCategory::Aws,
                format!("Athena could not create {what}: {reason}"),
                format!(
                    "check query {id} of workgroup `{}` in the console; if Lake Formation is in force, you need its grants",
                    layer.workgroup
                ),
            ));
        }
        if !polling.again().await {
            return Err(StepError::failed(
                ErrorCategory::Aws,
                format!("Athena did not create {what} within five minutes"),
                "run the command again: it continues where it stopped",
            ));
        }
    }
}

/// The state of a query, and the reason.
async fn query_state(
    aws: &Aws,
    id: &str,
    what: &str,
) -> Result<(QueryExecutionState, String), AwsError> {
    let response = aws
        .clients()
        .athena
        .get_query_execution()
        .query_execution_id(id)
        .send()
        .await
        .context(aws, "athena:GetQueryExecution", what)?;
    let status = response.query_execution().and_then(|query| query.status());
    let state = status.and_then(|status| status.state().cloned());
    let reason = status.and_then(|status| status.state_change_reason());
    Ok((
        state.unwrap_or(QueryExecutionState::Queued),
        reason.unwrap_or_default().to_owned(),
    ))
}

/// Writes the hash into the view's parameters. Athena drops it when it changes the view, which makes the change detectable.
async fn write_hash(
    deployment: &Deployment,
    layer: &DataLayer,
    relation: &Relation,
) -> Result<(), StepError> {
    let what = format!("view `{}.{}`", layer.database, relation.name);
    let (aws, glue) = (&deployment.aws, &deployment.aws.clients().glue);
    let found = glue
        .get_table()
        .database_name(&layer.database)
        .name(&relation.name)
        .send()
        .await
        .context(aws, "glue:GetTable", &what)?;
    let Some(table) = found.table else {
        return Err(StepError::failed(
            ErrorCategory::Aws,
            format!("Glue does not show {what} that Athena has created"),
            "run the command again: it continues where it stopped",
        ));
    };
    let mut parameters = table.parameters.unwrap_or_default();
    let hash = view_hash(&deployment.catalogue, relation);
    parameters.insert(DDL_HASH_PARAMETER.to_owned(), hash);
    let input = TableInput::builder()
        .name(&relation.name)
        .description(&relation.meaning)
        .set_owner(table.owner)
        .retention(table.retention)
        .set_storage_descriptor(table.storage_descriptor)
        .set_partition_keys(table.partition_keys)
        .set_view_original_text(table.view_original_text)
        .set_view_expanded_text(table.view_expanded_text)
        .set_table_type(table.table_type)
        .set_parameters(Some(parameters))
        .build()
        .map_err(|error| {
            StepError::failed(
                ErrorCategory::Usage,
                format!("the definition of {what} is incomplete: {error}"),
                "this is a bug in kiro-analytics: report it",
            )
        })?;
    let call = glue.update_table().database_name(&layer.database);
    let sent = call.table_input(input).skip_archive(true).send().await;
    sent.context(aws, "glue:UpdateTable", &what)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use aws_sdk_glue::types::Table;

    use super::original_sql;

    #[test]
    fn the_text_of_a_view_is_read_back() {
        // {"originalSql":"SELECT 1 AS a","catalog":"awsdatacatalog"}
        let encoded =
            "eyJvcmlnaW5hbFNxbCI6IlNFTEVDVCAxIEFTIGEiLCJjYXRhbG9nIjoiYXdzZGF0YWNhdGFsb2cifQ==";
        let table = |text: &str| {
            let table = Table::builder().name("a_view").view_original_text(text);
            table.build().unwrap()
        };
        let view = table(&format!("/* Presto View: {encoded} */"));
        assert_eq!(original_sql(&view).as_deref(), Some("SELECT 1 AS a"));
        assert_eq!(original_sql(&table("SELECT 1")), None);
    }
}
