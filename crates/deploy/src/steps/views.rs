//! The views, made by Athena one after the other in the order of what they read, and only those that have changed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kiro_curate::{Catalogue, Relation, Source};
use serde_json::{Value, json};

use super::data_layer::DataLayer;
use super::tables::{MARK, deployed};
use crate::aws::{Aws, Fields, services};
use crate::digest::short_hash;
use crate::progress::Progress;
use crate::step::{
    Applied, Blame, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan,
};

/// So long Athena may take for a statement.
const WITHIN: Duration = Duration::from_mins(5);

/// Makes and changes the views.
pub(crate) struct Views;

/// The hash of a view: its text, and the columns of what it reads, as Athena refuses a view whose columns have changed below
/// it until it is made again.
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

/// The text of a deployed view, out of the comment that Athena keeps it in.
pub(crate) fn original_sql(table: &Value) -> Option<String> {
    let text = table.text("ViewOriginalText");
    let encoded = text.strip_prefix("/* Presto View: ")?.strip_suffix(" */")?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let view: Value = serde_json::from_slice(&bytes).ok()?;
    Some(view.text("originalSql").to_owned())
}

/// The views that are missing or differ, in the order to make them in.
fn changed<'a>(
    deployment: &'a Deployment,
    there: &BTreeMap<String, Value>,
) -> Vec<(&'a Relation, ChangeKind)> {
    let relations = deployment.catalogue.relations().iter();
    relations
        .filter_map(|relation| {
            let Source::View { sql } = &relation.source else {
                return None;
            };
            let Some(found) = there.get(&relation.name) else {
                return Some((relation, ChangeKind::Create));
            };
            let mark = found.field("Parameters").text(MARK);
            let is_same = if mark.is_empty() {
                original_sql(found).is_some_and(|text| text.trim() == sql.trim())
            } else {
                mark == view_hash(&deployment.catalogue, relation)
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
        let database = deployment.settings().database(&deployment.names);
        let there = deployed(&deployment.aws, &database).await?;
        let changes = changed(deployment, &there)
            .into_iter()
            .map(|(relation, kind)| {
                let mut change = Change::new(kind, format!("view `{}`", relation.name));
                let before: BTreeSet<&str> =
                    there
                        .get(&relation.name)
                        .map_or_else(BTreeSet::new, |found| {
                            let columns = found.items("StorageDescriptor/Columns").iter();
                            columns.map(|column| column.text("Name")).collect()
                        });
                let after: BTreeSet<&str> = relation
                    .columns
                    .iter()
                    .map(|column| column.name.as_str())
                    .collect();
                if kind == ChangeKind::Update {
                    for column in after.difference(&before) {
                        change = change.detail(format!("column `{column}` is new"));
                    }
                    for column in before.difference(&after) {
                        change = change.detail(format!("column `{column}` goes"));
                    }
                    if change.details.is_empty() {
                        change = change.detail("how it is computed");
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
        let layer = DataLayer::needed(deployment).await?;
        let there = deployed(&deployment.aws, &layer.database).await?;
        let changed = changed(deployment, &there);
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
            mark(deployment, &layer, relation).await?;
        }
        Ok(Applied::default())
    }
}

/// Runs a statement that has no rows to tell.
pub(crate) async fn run(
    aws: &Aws,
    layer: &DataLayer,
    statement: &str,
    what: &str,
) -> Result<(), StepError> {
    let started = aws
        .call(&services::ATHENA, "StartQueryExecution")
        .on(what)
        .body(json!({
            "QueryString": statement,
            "QueryExecutionContext": {"Database": layer.database, "Catalog": "AwsDataCatalog"},
            "WorkGroup": layer.workgroup,
        }))
        .send()
        .await?;
    let id = started.text("QueryExecutionId");
    let mut polling = aws.polling(WITHIN);
    loop {
        let answer = aws
            .call(&services::ATHENA, "GetQueryExecution")
            .on(what)
            .body(json!({"QueryExecutionId": id}))
            .send()
            .await?;
        let status = answer.field("QueryExecution/Status");
        let state = status.text("State");
        if state == "SUCCEEDED" {
            return Ok(());
        }
        if matches!(state, "FAILED" | "CANCELLED") {
            let reason = status.text("StateChangeReason");
            return Err(StepError::failed(
                Blame::Aws,
                format!("Athena could not make {what}: {reason}"),
                format!(
                    "look at query {id} of workgroup `{}` in the console; where Lake Formation is in force, you need its grants",
                    layer.workgroup
                ),
            ));
        }
        if !polling.again().await {
            return Err(StepError::failed(
                Blame::Aws,
                format!("Athena has not made {what} in five minutes"),
                "run the command again: it goes on where it stopped",
            ));
        }
    }
}

/// Writes the hash beside the view. Athena would forget it with its next change, and so notices one.
async fn mark(
    deployment: &Deployment,
    layer: &DataLayer,
    relation: &Relation,
) -> Result<(), StepError> {
    let what = format!("view `{}.{}`", layer.database, relation.name);
    let answer = deployment
        .aws
        .call(&services::GLUE, "GetTable")
        .on(&what)
        .body(json!({"DatabaseName": layer.database, "Name": relation.name}))
        .send()
        .await?;
    let table = answer.field("Table");
    let kept = [
        "Name",
        "Description",
        "Owner",
        "Retention",
        "StorageDescriptor",
        "PartitionKeys",
        "ViewOriginalText",
        "ViewExpandedText",
        "TableType",
        "Parameters",
    ];
    let mut input = json!({});
    for name in kept {
        if !table.field(name).is_null() {
            input[name] = table.field(name).clone();
        }
    }
    input["Parameters"][MARK] = Value::from(view_hash(&deployment.catalogue, relation));
    input["Description"] = Value::from(relation.meaning.clone());
    deployment
        .aws
        .call(&services::GLUE, "UpdateTable")
        .on(&what)
        .body(json!({"DatabaseName": layer.database, "TableInput": input, "SkipArchive": true}))
        .send()
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::original_sql;

    #[test]
    fn the_text_of_a_view_is_read_back() {
        // {"originalSql":"SELECT 1 AS a","catalog":"awsdatacatalog"}
        let encoded =
            "eyJvcmlnaW5hbFNxbCI6IlNFTEVDVCAxIEFTIGEiLCJjYXRhbG9nIjoiYXdzZGF0YWNhdGFsb2cifQ==";
        let table = json!({"ViewOriginalText": format!("/* Presto View: {encoded} */")});
        assert_eq!(original_sql(&table).as_deref(), Some("SELECT 1 AS a"));
        assert_eq!(original_sql(&json!({"ViewOriginalText": "SELECT 1"})), None);
    }
}
