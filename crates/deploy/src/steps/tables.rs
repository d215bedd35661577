//! The tables over Parquet parts, in Glue's catalogue: made or changed in one call each, so that none is ever missing.

use std::collections::BTreeMap;

use async_trait::async_trait;
use kiro_curate::{Relation, Source};
use serde_json::{Map, Value, json};

use super::data_layer::DataLayer;
use crate::aws::{Aws, AwsError, Fields, services};
use crate::digest::short_hash;
use crate::progress::Progress;
use crate::step::{Applied, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan};

/// The table parameter that holds the hash of its definition.
pub(crate) const MARK: &str = "kiro_analytics_ddl";

const PARQUET_INPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
const PARQUET_OUTPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat";
const PARQUET_SERDE: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

/// Makes and changes the tables.
pub(crate) struct Tables;

/// What Glue is told about a table of parts; none for a view.
pub(crate) fn table_input(
    relation: &Relation,
    results_bucket: &str,
    first_day: &str,
) -> Option<Value> {
    let Source::Parts { dataset, .. } = &relation.source else {
        return None;
    };
    let location = format!("s3://{results_bucket}/normalized/{dataset}/");
    let column = |column: &kiro_curate::Column| {
        json!({
            "Name": column.name,
            "Type": column.column_type.hive_name(),
            "Comment": column.meaning.chars().take(255).collect::<String>(),
        })
    };
    let stored: Vec<Value> = relation.stored_columns().map(column).collect();
    let keys: Vec<Value> = relation.partition_keys().map(column).collect();
    let mut parameters = Map::new();
    let own = [("EXTERNAL", "TRUE"), ("classification", "parquet")];
    let own = own.map(|(name, value)| (name, value.to_owned()));
    for (name, value) in own
        .into_iter()
        .chain(relation.projection(&location, first_day))
    {
        parameters.insert(name.to_owned(), Value::from(value));
    }
    let mut input = json!({
        "Name": relation.name,
        "Description": relation.meaning,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": keys,
        "StorageDescriptor": {
            "Columns": stored,
            "Location": location,
            "InputFormat": PARQUET_INPUT,
            "OutputFormat": PARQUET_OUTPUT,
            "SerdeInfo": {
                "SerializationLibrary": PARQUET_SERDE,
                "Parameters": {"serialization.format": "1"},
            },
        },
    });
    let mark = short_hash(input.to_string());
    input["Parameters"][MARK] = Value::from(mark);
    Some(input)
}

/// Every table and view of a database by name.
pub(crate) async fn deployed(
    aws: &Aws,
    database: &str,
) -> Result<BTreeMap<String, Value>, AwsError> {
    let call = aws
        .call(&services::GLUE, "GetTables")
        .on(format!("database `{database}`"))
        .body(json!({"DatabaseName": database}));
    let tables = match call.pages("TableList", "NextToken").await {
        Ok(tables) => tables,
        Err(error) if error.is_not_found() => Vec::new(),
        Err(error) => return Err(error),
    };
    Ok(tables
        .into_iter()
        .map(|table| (table.text("Name").to_owned(), table))
        .collect())
}

/// The day that partitions are looked for from: the first of the year of the first export, and never later than it was.
pub(crate) async fn first_day(
    deployment: &Deployment,
    layer: Option<&DataLayer>,
    deployed: &BTreeMap<String, Value>,
) -> Result<String, StepError> {
    let mut days = Vec::new();
    if let Some(layer) = layer {
        for dataset in ["facts", "code"] {
            let prefix = format!("normalized/{dataset}/");
            let folders = deployment
                .aws
                .buckets()
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
        let range = table
            .field("Parameters")
            .text("projection.export_date.range");
        range
            .split(',')
            .next()
            .filter(|day| !day.is_empty())
            .map(str::to_owned)
    });
    let first = days.into_iter().chain(known).min();
    let year = first.as_deref().unwrap_or(&deployment.today);
    Ok(format!("{}-01-01", year.get(..4).unwrap_or("2025")))
}

async fn wanted(
    deployment: &Deployment,
    layer: Option<&DataLayer>,
    deployed: &BTreeMap<String, Value>,
) -> Result<Vec<Value>, StepError> {
    let first_day = first_day(deployment, layer, deployed).await?;
    let bucket = layer.map_or("", |layer| layer.results_bucket.as_str());
    let relations = deployment.catalogue.relations().iter();
    Ok(relations
        .filter_map(|relation| table_input(relation, bucket, &first_day))
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
        let database = deployment.settings().database(&deployment.names);
        let layer = DataLayer::find(deployment).await?;
        let there = deployed(&deployment.aws, &database).await?;
        let wanted = wanted(deployment, layer.as_ref(), &there).await?;
        let changes = wanted.iter().filter_map(|input| change(input, &there));
        Ok(Planned::changes(changes.collect()))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let layer = DataLayer::needed(deployment).await?;
        let there = deployed(&deployment.aws, &layer.database).await?;
        for input in wanted(deployment, Some(&layer), &there).await? {
            if change(&input, &there).is_none() {
                continue;
            }
            let name = input.text("Name").to_owned();
            progress.doing(&format!("table {name}"));
            let operation = if there.contains_key(&name) {
                "UpdateTable"
            } else {
                "CreateTable"
            };
            deployment
                .aws
                .call(&services::GLUE, operation)
                .on(format!("table `{}.{name}`", layer.database))
                .body(json!({"DatabaseName": layer.database, "TableInput": input}))
                .send()
                .await?;
        }
        Ok(Applied::default())
    }
}

/// What would have to be done for a table; none if it is as it should be.
fn change(input: &Value, there: &BTreeMap<String, Value>) -> Option<Change> {
    let name = input.text("Name");
    let what = format!("table `{name}`");
    let Some(found) = there.get(name) else {
        let columns = input.items("StorageDescriptor/Columns").len();
        return Some(Change::new(ChangeKind::Create, what).detail(format!("{columns} columns")));
    };
    let mark = |table: &Value| table.field("Parameters").text(MARK).to_owned();
    if mark(found) == mark(input) {
        return None;
    }
    let mut change = Change::new(ChangeKind::Update, what);
    let columns = |table: &Value| -> BTreeMap<String, String> {
        let columns = table.items("StorageDescriptor/Columns").iter();
        columns
            .map(|column| {
                (
                    column.text("Name").to_owned(),
                    column.text("Type").to_owned(),
                )
            })
            .collect()
    };
    let (before, after) = (columns(found), columns(input));
    for (column, kind) in &after {
        match before.get(column) {
            None => change = change.detail(format!("column `{column}` {kind} is new")),
            Some(was) if was != kind => {
                change = change.detail(format!("column `{column}`: {was} -> {kind}"));
            }
            Some(_) => {}
        }
    }
    for column in before.keys().filter(|column| !after.contains_key(*column)) {
        change = change.detail(format!("column `{column}` goes"));
    }
    for name in ["projection.export_date.range", "storage.location.template"] {
        let (was, is) = (
            found.field("Parameters").text(name),
            input.field("Parameters").text(name),
        );
        if was != is {
            change = change.detail(format!("{name}: {was} -> {is}"));
        }
    }
    if change.details.is_empty() {
        change = change.detail("its descriptions, or somebody has changed it");
    }
    Some(change)
}
