//! Ingestions: datasets whose views have changed or that have never been read are read, and awaited.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_glue::types::Table;
use futures::stream::{self, StreamExt, TryStreamExt};
use kiro_dashboard::quicksight::DataSet;

use super::quicksight::{needed_data_sets, unwanted};
use super::tables::deployed;
use crate::aws::AwsError;
use crate::digest::short_hash;
use crate::ingestion::{Begun, Imports, Ingestion};
use crate::progress::Progress;
use crate::step::{
    Applied, Blame, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan,
};

/// So many datasets are looked at at once.
const AT_ONCE: usize = 5;

/// Why a dataset is read.
const NEVER: &str = "it has never been read";
const OLDER: &str = "its view is newer than its data";
const CHANGES: &str = "what its view reads is changed";
const NEW_DATA: &str = "exports have been normalized";

/// Reads what must be read.
pub(crate) struct FirstIngestion;

fn imports<'a>(deployment: &'a Deployment, data_set: &str) -> Imports<'a> {
    Imports::new(&deployment.aws, data_set, format!("dataset `{data_set}`"))
}

/// The newest ingestions of a dataset, newest first; none if there is no dataset.
async fn ingestions(deployment: &Deployment, id: &str) -> Result<Option<Vec<Ingestion>>, AwsError> {
    match imports(deployment, id).list().await {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// A relation and everything that it reads.
fn reads(deployment: &Deployment, relation: &str) -> BTreeSet<String> {
    let (mut waiting, mut seen) = (vec![relation.to_owned()], BTreeSet::new());
    while let Some(name) = waiting.pop() {
        if let Some(relation) = deployment.catalogue.relation(&name) {
            waiting.extend(relation.depends_on.iter().cloned());
        }
        seen.insert(name);
    }
    seen
}

/// When a relation, or anything it reads, was last changed in the catalogue.
fn changed_at(reads: &BTreeSet<String>, tables: &BTreeMap<String, Table>) -> f64 {
    let tables = reads.iter().filter_map(|name| tables.get(name));
    tables
        .filter_map(|table| Some(table.update_time()?.as_secs_f64()))
        .fold(0.0, f64::max)
}

/// The tables and views that earlier steps will change.
fn to_be_changed(earlier: &[StepPlan]) -> BTreeSet<&str> {
    let plans = earlier
        .iter()
        .filter(|plan| matches!(plan.name, "tables" | "views"));
    let changes = plans.flat_map(|plan| &plan.changes);
    changes
        .filter_map(|change| change.what.split('`').nth(1))
        .collect()
}

/// Why the dataset must be read, none if its data are newer than everything they come from.
fn reason(ingestions: &[Ingestion], changed_at: f64) -> Option<&'static str> {
    let newest_good = ingestions
        .iter()
        .filter(|ingestion| ingestion.has_succeeded())
        .filter_map(|ingestion| ingestion.began)
        .fold(f64::NEG_INFINITY, f64::max);
    if newest_good == f64::NEG_INFINITY {
        Some(NEVER)
    } else if newest_good < changed_at {
        Some(OLDER)
    } else {
        None
    }
}

/// The datasets to be read, and why.
async fn needed(
    deployment: &Deployment,
    earlier: &[StepPlan],
) -> Result<Vec<(DataSet, &'static str)>, StepError> {
    let data_sets = needed_data_sets(deployment)?;
    let tables = deployed(
        &deployment.aws,
        &deployment.settings().database(&deployment.names),
    )
    .await?;
    let looking = data_sets
        .iter()
        .map(|found| ingestions(deployment, &found.id))
        .collect::<Vec<_>>();
    let found: Vec<Option<Vec<Ingestion>>> = stream::iter(looking)
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let changes_anything = |name: &str| {
        let mut plans = earlier.iter();
        plans.any(|plan| plan.name == name && plan.changes_anything())
    };
    let has_new_data = changes_anything("first_run");
    let changing = to_be_changed(earlier);
    let needed = data_sets
        .into_iter()
        .zip(found)
        .filter_map(|(data_set, ingestions)| {
            let Some(ingestions) = ingestions else {
                return Some((data_set, NEVER));
            };
            let reads = reads(deployment, &data_set.relation);
            let why = reason(&ingestions, changed_at(&reads, &tables));
            let why = why.or(has_new_data.then_some(NEW_DATA));
            let is_changing = reads.iter().any(|name| changing.contains(name.as_str()));
            let why = why.or(is_changing.then_some(CHANGES));
            why.map(|why| (data_set, why))
        });
    Ok(needed.collect())
}

#[async_trait]
impl Step for FirstIngestion {
    fn name(&self) -> &'static str {
        "ingestion"
    }

    fn title(&self) -> &'static str {
        "First ingestion"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if let Some(unwanted) = unwanted(deployment) {
            return Ok(unwanted);
        }
        let needed = needed(deployment, earlier).await?.into_iter();
        let changes = needed.map(|(data_set, why)| {
            Change::new(
                ChangeKind::Run,
                format!("ingestion of dataset `{}`", data_set.id),
            )
            .detail(why)
        });
        Ok(Planned::changes(changes.collect()))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let tables = deployed(
            &deployment.aws,
            &deployment.settings().database(&deployment.names),
        )
        .await?;
        let planned: BTreeSet<&str> = plan
            .changes
            .iter()
            .map(|change| change.what.as_str())
            .collect();
        let wanted: Vec<DataSet> = needed_data_sets(deployment)?
            .into_iter()
            .filter(|found| {
                planned.contains(format!("ingestion of dataset `{}`", found.id).as_str())
            })
            .collect();
        let mut begun = Vec::new();
        for data_set in wanted {
            let known = ingestions(deployment, &data_set.id).await?;
            let known = known.unwrap_or_default();
            let changed_at = changed_at(&reads(deployment, &data_set.relation), &tables);
            // A dataset that was just made is being read already.
            let running = known.iter().find(|ingestion| {
                !ingestion.has_ended() && ingestion.began.is_some_and(|at| at >= changed_at)
            });
            let imports = imports(deployment, &data_set.id);
            let id = match running {
                Some(running) => running.id.clone(),
                None => begin(&imports, &known, changed_at).await?,
            };
            begun.push(imports.begun(id));
        }
        let rows = rows_read(&Begun::wait(&deployment.aws, begun, progress).await?)?;
        Ok(Applied {
            notes: vec![format!("{rows} rows were read")],
            problems: Vec::new(),
        })
    }
}

/// Starts an ingestion: its id, the same when it is started again.
async fn begin(
    imports: &Imports<'_>,
    known: &[Ingestion],
    changed_at: f64,
) -> Result<String, AwsError> {
    let newest = known.first().map_or("", |ingestion| ingestion.id.as_str());
    let id = format!(
        "deploy-{}",
        short_hash(format!("{newest} {changed_at} {}", known.len()))
    );
    match imports.begin(&id).await {
        Err(error) if error.code != "ResourceExistsException" => Err(error),
        _ => Ok(id),
    }
}

/// How many rows they have read, if all have.
fn rows_read(awaited: &[(Begun<'_>, Ingestion)]) -> Result<u64, StepError> {
    let (mut rows, mut failures) = (0, Vec::new());
    for (begun, ingestion) in awaited {
        if ingestion.has_succeeded() {
            rows += ingestion.rows.unwrap_or_default();
        } else if ingestion.has_ended() {
            let error = ingestion.error.clone().unwrap_or_default();
            failures.push(format!(
                "{}: {} {}",
                begun.title(),
                error.kind,
                error.message
            ));
        } else {
            failures.push("the others are still being read after an hour".to_owned());
            break;
        }
    }
    if failures.is_empty() {
        return Ok(rows);
    }
    Err(StepError::failed(
        Blame::Aws,
        format!("not everything could be read: {}", failures.join("; ")),
        "PERMISSION_DENIED: is Amazon Quick Sight allowed to use Athena and the bucket (`kiro-analytics preflight`)? then run the command again",
    ))
}

#[cfg(test)]
mod tests {
    use super::{Ingestion, NEVER, OLDER, reason};

    fn ingestion(status: &str, began: f64) -> Ingestion {
        Ingestion {
            status: status.to_owned(),
            began: Some(began),
            ..Ingestion::default()
        }
    }

    #[test]
    fn data_older_than_their_view_are_read_again() {
        assert_eq!(reason(&[], 10.0), Some(NEVER));
        assert_eq!(reason(&[ingestion("FAILED", 20.0)], 10.0), Some(NEVER));
        assert_eq!(
            reason(
                &[ingestion("FAILED", 20.0), ingestion("COMPLETED", 9.0)],
                10.0
            ),
            Some(OLDER)
        );
        assert_eq!(reason(&[ingestion("COMPLETED", 11.0)], 10.0), None);
    }
}
