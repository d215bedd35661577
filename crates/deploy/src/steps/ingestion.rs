//! Ingestions: datasets whose views have changed or that have never been read are read, and awaited.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_glue::types::Table;
use futures::stream::{self, StreamExt, TryStreamExt};
use kiro_dashboard_quicksight::DataSet;

use super::quicksight::{
    AWAITS_PERMISSION, PERMITTED_WITHIN, awaits_permission, changes_access, needed_data_sets,
    unwanted,
};
use super::tables::deployed;
use crate::aws::{AwsError, spice_hint};
use crate::digest::short_hash;
use crate::ingestion::{Begun, Imports, Ingestion};
use crate::progress::Progress;
use crate::step::{
    Applied, Blame, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan,
};

/// Maximum concurrent requests.
const CONCURRENCY: usize = 5;

/// Why a dataset is read.
const NEVER: &str = "it has never been read";
const FAILED: &str = "its last import failed";
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
    let began = |one: &&Ingestion| one.began.unwrap_or_default();
    let newest = ingestions
        .iter()
        .filter(|ingestion| ingestion.has_ended())
        .max_by(|one, other| began(one).total_cmp(&began(other)));
    if newest_good == f64::NEG_INFINITY {
        Some(NEVER)
    } else if newest.is_some_and(|newest| newest.status == "FAILED") {
        Some(FAILED)
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
        .buffered(CONCURRENCY)
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
        let awaits = changes_access(earlier);
        let changes = needed.map(|(data_set, why)| {
            let change = Change::new(
                ChangeKind::Run,
                format!("ingestion of dataset `{}`", data_set.id),
            )
            .detail(why);
            if awaits {
                change.detail(AWAITS_PERMISSION)
            } else {
                change
            }
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
        // Data sets to read, and since when their views are as they are.
        let needed: BTreeMap<String, f64> = needed_data_sets(deployment)?
            .into_iter()
            .filter(|found| {
                planned.contains(format!("ingestion of dataset `{}`", found.id).as_str())
            })
            .map(|found| {
                let since = changed_at(&reads(deployment, &found.relation), &tables);
                (found.id, since)
            })
            .collect();
        let mut begun = Vec::new();
        for (data_set, changed_at) in &needed {
            begun.push(begin_or_join(deployment, data_set, *changed_at).await?);
        }
        let aws = &deployment.aws;
        let mut ended = Begun::wait(aws, begun, progress).await?;
        let mut polling = aws.polling(PERMITTED_WITHIN);
        while awaits_permission(plan) && ended.iter().any(|(_, one)| one.is_denied()) {
            if !polling.again().await {
                break;
            }
            let (denied, others): (Vec<_>, Vec<_>) =
                ended.into_iter().partition(|(_, one)| one.is_denied());
            ended = others;
            let mut again = Vec::new();
            for (begun, _) in &denied {
                let data_set = begun.data_set();
                let changed_at = needed.get(data_set).copied().unwrap_or_default();
                again.push(begin_or_join(deployment, data_set, changed_at).await?);
            }
            ended.extend(Begun::wait(aws, again, progress).await?);
        }
        let rows = rows_read(&ended, aws.region())?;
        Ok(Applied {
            notes: vec![format!("{rows} rows were read")],
            problems: Vec::new(),
        })
    }
}

/// Starts an ingestion, or joins one that runs already: a dataset that was just made is being read.
async fn begin_or_join<'a>(
    deployment: &'a Deployment,
    data_set: &str,
    changed_at: f64,
) -> Result<Begun<'a>, AwsError> {
    let known = ingestions(deployment, data_set).await?.unwrap_or_default();
    let running = known.iter().find(|ingestion| {
        !ingestion.has_ended() && ingestion.began.is_some_and(|at| at >= changed_at)
    });
    let imports = imports(deployment, data_set);
    if let Some(running) = running {
        return Ok(imports.begun(running.id.clone()));
    }
    let newest = known.first().map_or("", |ingestion| ingestion.id.as_str());
    // The same where a run that was interrupted is repeated.
    let id = format!(
        "deploy-{}",
        short_hash(format!("{newest} {changed_at} {}", known.len()))
    );
    match imports.begin(&id).await {
        Err(error) if error.code != "ResourceExistsException" => Err(error),
        _ => Ok(imports.begun(id)),
    }
}

/// How many rows they have read, if all have. Data sets that failed for the same reason are named together.
fn rows_read(ended: &[(Begun<'_>, Ingestion)], region: &str) -> Result<u64, StepError> {
    let mut rows = 0;
    let mut failures: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut hint = None;
    for (begun, ingestion) in ended {
        if ingestion.has_succeeded() {
            rows += ingestion.rows.unwrap_or_default();
            continue;
        }
        let why = if ingestion.has_ended() {
            let error = ingestion.error.as_ref().map(ToString::to_string);
            error.unwrap_or_else(|| ingestion.status.to_lowercase())
        } else {
            "still being read after an hour".to_owned()
        };
        hint.get_or_insert_with(|| {
            if ingestion.is_out_of_capacity() {
                spice_hint(region)
            } else {
                format!("{}; then run the command again", ingestion.hint())
            }
        });
        failures.entry(why).or_default().push(begun.data_set());
    }
    let Some(hint) = hint else {
        return Ok(rows);
    };
    let lines = failures
        .iter()
        .map(|(why, data_sets)| format!("{}: {why}", named(data_sets)));
    let lines: Vec<String> = lines.collect();
    Err(StepError::failed(
        Blame::Aws,
        format!("not everything could be read: {}", lines.join("; ")),
        hint,
    ))
}

/// "dataset `a`" or "12 datasets (`a`, `b`, …)".
fn named(data_sets: &[&str]) -> String {
    match data_sets {
        [one] => format!("dataset `{one}`"),
        [one, other] => format!("datasets `{one}` and `{other}`"),
        [one, other, ..] => format!("{} datasets (`{one}`, `{other}`, …)", data_sets.len()),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{FAILED, Ingestion, NEVER, OLDER, reason};

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
            Some(FAILED)
        );
        assert_eq!(reason(&[ingestion("COMPLETED", 9.0)], 10.0), Some(OLDER));
        assert_eq!(reason(&[ingestion("COMPLETED", 11.0)], 10.0), None);
    }

    #[test]
    fn data_whose_last_import_failed_are_read_again_although_an_older_one_succeeded() {
        let failed = [ingestion("FAILED", 20.0), ingestion("COMPLETED", 11.0)];
        assert_eq!(reason(&failed, 10.0), Some(FAILED));
        let repaired = [ingestion("COMPLETED", 30.0), ingestion("FAILED", 20.0)];
        assert_eq!(reason(&repaired, 10.0), None);
        let running = [ingestion("RUNNING", 30.0), ingestion("FAILED", 20.0)];
        assert_eq!(reason(&running, 10.0), Some(NEVER));
    }
}
