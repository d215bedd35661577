//! The tables over Parquet parts in Glue's catalogue. Creates or updates each in one call, so that none is missing meanwhile.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_glue::types::{StorageDescriptor, Table};

use super::data_layer::DataLayer;
use super::identity_layer::IdentityLayer;
use super::table_definition::{DDL_HASH_PARAMETER, IDENTITY_TABLE, TableDefinition};
use crate::aws::{Aws, AwsError, Context, Optional};
use crate::progress::Progress;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};

/// Creates and updates the tables.
pub(crate) struct Tables;

/// The existing tables and views of a database by name. None if the database does not exist.
pub(crate) async fn existing_tables(
    aws: &Aws,
    database: &str,
) -> Result<BTreeMap<String, Table>, AwsError> {
    let pages = aws
        .clients()
        .glue
        .get_tables()
        .database_name(database)
        .into_paginator()
        .send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await;
    let pages = pages
        .context(aws, "glue:GetTables", format!("database `{database}`"))
        .optional()?;
    let tables = pages
        .unwrap_or_default()
        .into_iter()
        .flat_map(|page| page.table_list.unwrap_or_default());
    Ok(tables
        .map(|table| (table.name().to_owned(), table))
        .collect())
}

/// A parameter of an existing table; empty if it does not exist.
pub(crate) fn parameter<'a>(table: &'a Table, name: &str) -> &'a str {
    let parameters = table.parameters();
    parameters
        .and_then(|parameters| parameters.get(name))
        .map_or("", String::as_str)
}

/// The first day of the partitions: January 1 of the year of the first export, and never later than the deployed one.
pub(crate) async fn first_day(
    deployment: &Deployment,
    layer: Option<&DataLayer>,
    deployed: &BTreeMap<String, Table>,
) -> Result<String, StepError> {
    let mut days = Vec::new();
    if let Some(layer) = layer {
        for dataset in ["facts", "code"] {
            let prefix = format!("normalized/{dataset}/");
            let folders = deployment
                .aws
                .buckets()
                .owned()
                .folders(&layer.results_bucket, &prefix, 1)
                .await?;
            let day = folders.first().and_then(|folder| {
                folder
                    .strip_prefix(&prefix)?
                    .strip_prefix("export_date=")
                    .map(|day| day.trim_end_matches('/').to_owned())
            });
            days.extend(day);
        }
    }
    let known = deployed.values().filter_map(|table| {
        parameter(table, "projection.export_date.range")
            .split(',')
            .next()
            .filter(|day| !day.is_empty())
            .map(str::to_owned)
    });
    let first = days.into_iter().chain(known).min();
    let year = first.as_deref().unwrap_or(&deployment.today);
    Ok(format!("{}-01-01", year.get(..4).unwrap_or("2025")))
}

/// The desired tables.
async fn desired(
    deployment: &Deployment,
    layer: Option<&DataLayer>,
    deployed: &BTreeMap<String, Table>,
) -> Result<Vec<TableDefinition>, StepError> {
    let first_day = first_day(deployment, layer, deployed).await?;
    let bucket = layer.map_or("", |layer| layer.results_bucket.as_str());
    let identity = IdentityLayer::planned(deployment).await?;
    let map_location = identity.map(|layer| layer.map_location());
    let map_location = map_location.as_deref();
    let relations = deployment.catalogue.relations().iter();
    Ok(relations
        .filter_map(|relation| TableDefinition::of(relation, bucket, map_location, &first_day))
        .collect())
}

#[async_trait]
impl Step for Tables {
    fn name(&self) -> &'static str {
        "tables"
    }

    fn title(&self) -> &'static str {
        "Tables"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        let database = deployment.names.database(deployment.settings());
        let layer = DataLayer::find(deployment).await?;
        let existing = existing_tables(&deployment.aws, &database).await?;
        let desired = desired(deployment, layer.as_ref(), &existing).await?;
        let changes = desired.iter().filter_map(|table| change(table, &existing));
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
        require_identity(deployment).await?;
        for table in desired(deployment, Some(&layer), &existing).await? {
            if change(&table, &existing).is_none() {
                continue;
            }
            progress.doing(&format!("table {}", table.name));
            write(
                deployment,
                &layer,
                &table,
                existing.contains_key(&table.name),
            )
            .await?;
        }
        Ok(Applied::default())
    }
}

/// Fails if identity mapping is on and its stack does not exist: the table `identity_map` would have no location.
async fn require_identity(deployment: &Deployment) -> Result<(), StepError> {
    let is_complete =
        IdentityLayer::planned(deployment).await? != Some(IdentityLayer::placeholder());
    if is_complete {
        return Ok(());
    }
    Err(StepError::failed(
        ErrorCategory::Usage,
        format!("there is no stack `{}`", deployment.names.identity_stack()),
        "run `kiro-analytics deploy` without --only and --from-step",
    ))
}

/// Creates or updates a table in one call.
async fn write(
    deployment: &Deployment,
    layer: &DataLayer,
    table: &TableDefinition,
    exists: bool,
) -> Result<(), StepError> {
    let (aws, glue) = (&deployment.aws, &deployment.aws.clients().glue);
    let what = format!("table `{}.{}`", layer.database, table.name);
    let input = table.to_input().map_err(|error| {
        StepError::failed(
            ErrorCategory::Usage,
            format!("the definition of {what} is incomplete: {error}"),
            "this is a bug in kiro-analytics: report it",
        )
    })?;
    if exists {
        let call = glue.update_table().database_name(&layer.database);
        let sent = call.table_input(input).send().await;
        sent.context(aws, "glue:UpdateTable", what)?;
    } else {
        let call = glue.create_table().database_name(&layer.database);
        let sent = call.table_input(input).send().await;
        sent.context(aws, "glue:CreateTable", what)?;
    }
    Ok(())
}

/// The change of a table; `None` if it is up to date.
fn change(desired: &TableDefinition, existing: &BTreeMap<String, Table>) -> Option<Change> {
    let what = format!("table `{}`", desired.name);
    let Some(found) = existing.get(&desired.name) else {
        let columns = desired.columns().len();
        return Some(Change::new(ChangeKind::Create, what).detail(format!("{columns} columns")));
    };
    if parameter(found, DDL_HASH_PARAMETER) == desired.hash() {
        return None;
    }
    let mut change = Change::new(ChangeKind::Update, what);
    let before: BTreeMap<&str, &str> = found
        .storage_descriptor()
        .map_or(&[][..], |storage| storage.columns())
        .iter()
        .map(|column| (column.name(), column.r#type().unwrap_or_default()))
        .collect();
    let after: BTreeMap<&str, &str> = desired
        .columns()
        .iter()
        .map(|column| (column.name.as_str(), column.hive_type.as_str()))
        .collect();
    for (column, kind) in &after {
        match before.get(column) {
            None => change = change.detail(format!("column `{column}` {kind} is added")),
            Some(was) if was != kind => {
                change = change.detail(format!("column `{column}`: {was} -> {kind}"));
            }
            Some(_) => {}
        }
    }
    for column in before.keys().filter(|column| !after.contains_key(*column)) {
        change = change.detail(format!("column `{column}` is removed"));
    }
    let location = found
        .storage_descriptor()
        .and_then(StorageDescriptor::location);
    let location = location.unwrap_or_default();
    if desired.name == IDENTITY_TABLE && location != desired.location() {
        change = change.detail(format!("location: {location} -> {}", desired.location()));
    }
    for name in ["projection.export_date.range", "storage.location.template"] {
        let was = parameter(found, name);
        let is = desired.parameters.get(name).map_or("", String::as_str);
        if was != is {
            change = change.detail(format!("{name}: {was} -> {is}"));
        }
    }
    if change.details.is_empty() {
        change = change.detail("its descriptions, or a change outside this deployment");
    }
    Some(change)
}
