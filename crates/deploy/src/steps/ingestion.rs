//! Ingestions: imports the datasets that have never been imported or whose views have changed, and waits for them.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_glue::types::Table;
use futures::stream::{self, StreamExt, TryStreamExt};
use kiro_dashboard_quicksight::DataSet;

use super::identity_removal::is_removing;
use super::quicksight::{
    AWAITS_PERMISSION, PERMISSION_TIMEOUT, awaits_permission, changes_access, required_data_sets,
    skip_without_quicksight,
};
use super::table_definition::IDENTITY_TABLE;
use super::tables::existing_tables;
use crate::aws::{Aws, AwsError, spice_hint};
use crate::digest::short_hash;
use crate::ingestion::{DataSetIngestions, Ingestion, RunningIngestion};
use crate::progress::Progress;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};

/// Maximum concurrent requests.
const CONCURRENCY: usize = 5;

/// Reasons for an import.
const NEVER_IMPORTED: &str = "it has never been imported";
const FAILED: &str = "its last import failed";
const OLDER_THAN_VIEW: &str = "its view is newer than its data";
const CHANGES: &str = "the data behind its view changes";
const NEW_DATA: &str = "exports have been normalized";
const NEW_NAMES: &str = "names of users change";
const NAMES_REMOVED: &str = "names of users are removed";

/// Imports datasets.
pub(crate) struct FirstIngestion;

fn ingestions_of<'a>(deployment: &'a Deployment, data_set: &str) -> DataSetIngestions<'a> {
    DataSetIngestions::new(&deployment.aws, data_set, format!("dataset `{data_set}`"))
}

/// The newest ingestions of a dataset, newest first; none if there is no dataset.
async fn newest_ingestions(
    deployment: &Deployment,
    id: &str,
) -> Result<Option<Vec<Ingestion>>, AwsError> {
    match ingestions_of(deployment, id).list().await {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// A relation and everything that it reads.
fn dependencies(deployment: &Deployment, relation: &str) -> BTreeSet<String> {
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
fn changed_at(dependencies: &BTreeSet<String>, tables: &BTreeMap<String, Table>) -> f64 {
    let tables = dependencies.iter().filter_map(|name| tables.get(name));
    tables
        .filter_map(|table| Some(table.update_time()?.as_secs_f64()))
        .fold(0.0, f64::max)
}

/// When the table of names got its present location.
fn names_removed_at(tables: &BTreeMap<String, Table>) -> f64 {
    changed_at(&[IDENTITY_TABLE.to_owned()].into(), tables)
}

/// The data sets whose newest data are from before the table of names got its present location.
pub(super) async fn data_sets_with_names(
    deployment: &Deployment,
    tables: &BTreeMap<String, Table>,
) -> Result<Vec<String>, StepError> {
    if !deployment.settings().quicksight {
        return Ok(Vec::new());
    }
    let removed_at = names_removed_at(tables);
    let mut with_names = Vec::new();
    for data_set in required_data_sets(deployment)? {
        let found = newest_ingestions(deployment, &data_set.id).await?;
        if found.is_some_and(|found| reason(&found, removed_at).is_some()) {
            with_names.push(format!("data set `{}`", data_set.id));
        }
    }
    Ok(with_names)
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

/// Why the dataset must be imported; none if its data are newer than their sources.
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
        Some(NEVER_IMPORTED)
    } else if newest.is_some_and(|newest| newest.status == "FAILED") {
        Some(FAILED)
    } else if newest_good < changed_at {
        Some(OLDER_THAN_VIEW)
    } else {
        None
    }
}

/// The datasets to import, and why.
async fn needed(
    deployment: &Deployment,
    earlier: &[StepPlan],
) -> Result<Vec<(DataSet, &'static str)>, StepError> {
    let data_sets = required_data_sets(deployment)?;
    let tables = existing_tables(
        &deployment.aws,
        &deployment.names.database(deployment.settings()),
    )
    .await?;
    let listings = data_sets
        .iter()
        .map(|found| newest_ingestions(deployment, &found.id))
        .collect::<Vec<_>>();
    let found: Vec<Option<Vec<Ingestion>>> = stream::iter(listings)
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let changes_anything = |name: &str| {
        let mut plans = earlier.iter();
        plans.any(|plan| plan.name == name && plan.changes_anything())
    };
    let has_new_data = changes_anything("first_run");
    let has_new_names = changes_anything("identity_run");
    let is_removing = is_removing(deployment).await?;
    let removed_at = if is_removing {
        names_removed_at(&tables)
    } else {
        0.0
    };
    let changing = to_be_changed(earlier);
    let needed = data_sets
        .into_iter()
        .zip(found)
        .filter_map(|(data_set, ingestions)| {
            let Some(ingestions) = ingestions else {
                return Some((data_set, NEVER_IMPORTED));
            };
            let dependencies = dependencies(deployment, &data_set.relation);
            let why = reason(&ingestions, changed_at(&dependencies, &tables));
            let why = why.or(has_new_data.then_some(NEW_DATA));
            let has_names = dependencies.contains(IDENTITY_TABLE);
            let why = why.or((has_new_names && has_names).then_some(NEW_NAMES));
            // All of them: a data set of another kind costs little, and nothing is left to judge.
            let is_removed = is_removing
                && (changing.contains(IDENTITY_TABLE) || reason(&ingestions, removed_at).is_some());
            let why = why.or(is_removed.then_some(NAMES_REMOVED));
            let is_changing = dependencies
                .iter()
                .any(|name| changing.contains(name.as_str()));
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
        if let Some(skipped) = skip_without_quicksight(deployment) {
            return Ok(skipped);
        }
        let needed = needed(deployment, earlier).await?.into_iter();
        let awaits_new_permission = changes_access(earlier);
        let changes = needed.map(|(data_set, why)| {
            let change = Change::new(
                ChangeKind::Run,
                format!("ingestion of dataset `{}`", data_set.id),
            )
            .detail(why);
            if awaits_new_permission {
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
        let tables = existing_tables(
            &deployment.aws,
            &deployment.names.database(deployment.settings()),
        )
        .await?;
        let removed_at = if is_removing(deployment).await? {
            names_removed_at(&tables)
        } else {
            0.0
        };
        let planned: BTreeSet<&str> = plan
            .changes
            .iter()
            .map(|change| change.what.as_str())
            .collect();
        // Data sets to import, with the time of the last change of their views.
        let needed: BTreeMap<String, f64> = required_data_sets(deployment)?
            .into_iter()
            .filter(|found| {
                planned.contains(format!("ingestion of dataset `{}`", found.id).as_str())
            })
            .map(|found| {
                let since = changed_at(&dependencies(deployment, &found.relation), &tables);
                (found.id, since.max(removed_at))
            })
            .collect();
        let mut running = Vec::new();
        for (data_set, changed_at) in &needed {
            running.push(begin_or_join(deployment, data_set, *changed_at).await?);
        }
        let aws = &deployment.aws;
        let mut ended = RunningIngestion::wait(aws, running, progress).await?;
        let mut polling = aws.polling(PERMISSION_TIMEOUT);
        while awaits_permission(plan) && ended.iter().any(|(_, one)| one.is_denied()) {
            if !polling.again().await {
                break;
            }
            let (denied, others): (Vec<_>, Vec<_>) =
                ended.into_iter().partition(|(_, one)| one.is_denied());
            ended = others;
            let mut again = Vec::new();
            for (running, _) in &denied {
                let data_set = running.data_set();
                let changed_at = needed.get(data_set).copied().unwrap_or_default();
                again.push(begin_or_join(deployment, data_set, changed_at).await?);
            }
            ended.extend(RunningIngestion::wait(aws, again, progress).await?);
        }
        let rows = rows_read(&ended, aws)?;
        Ok(Applied {
            notes: vec![format!("{rows} rows were imported")],
            problems: Vec::new(),
        })
    }
}

/// Starts an ingestion, or joins a running one: creating a dataset starts an import.
async fn begin_or_join<'a>(
    deployment: &'a Deployment,
    data_set: &str,
    changed_at: f64,
) -> Result<RunningIngestion<'a>, AwsError> {
    let known = newest_ingestions(deployment, data_set)
        .await?
        .unwrap_or_default();
    let running = known.iter().find(|ingestion| {
        !ingestion.has_ended() && ingestion.began.is_some_and(|at| at >= changed_at)
    });
    let ingestions = ingestions_of(deployment, data_set);
    if let Some(running) = running {
        return Ok(ingestions.running(running.id.clone()));
    }
    let newest = known.first().map_or("", |ingestion| ingestion.id.as_str());
    // The same id if an interrupted run is repeated.
    let id = format!(
        "deploy-{}",
        short_hash(format!("{newest} {changed_at} {}", known.len()))
    );
    match ingestions.begin(&id).await {
        Err(error) if error.code != "ResourceExistsException" => Err(error),
        _ => Ok(ingestions.running(id)),
    }
}

/// The number of imported rows, if all imports succeeded. The error groups data sets that failed for the same reason.
fn rows_read(ended: &[(RunningIngestion<'_>, Ingestion)], aws: &Aws) -> Result<u64, StepError> {
    let mut rows = 0;
    let mut failures: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut hint = None;
    for (running, ingestion) in ended {
        if ingestion.has_succeeded() {
            rows += ingestion.rows.unwrap_or_default();
            continue;
        }
        let why = if ingestion.has_ended() {
            let error = ingestion.error.as_ref().map(ToString::to_string);
            error.unwrap_or_else(|| ingestion.status.to_lowercase())
        } else {
            "still running after an hour".to_owned()
        };
        hint.get_or_insert_with(|| {
            if ingestion.is_out_of_capacity() {
                spice_hint(&aws.scope())
            } else {
                format!("{}; then run the command again", ingestion.hint())
            }
        });
        failures.entry(why).or_default().push(running.data_set());
    }
    let Some(hint) = hint else {
        return Ok(rows);
    };
    let lines = failures
        .iter()
        .map(|(why, data_sets)| format!("{}: {why}", named(data_sets)));
    let lines: Vec<String> = lines.collect();
    Err(StepError::failed(
        ErrorCategory::Aws,
        format!("some imports failed: {}", lines.join("; ")),
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
    use super::{FAILED, Ingestion, NEVER_IMPORTED, OLDER_THAN_VIEW, reason};

    fn ingestion(status: &str, began: f64) -> Ingestion {
        Ingestion {
            status: status.to_owned(),
            began: Some(began),
            ..Ingestion::default()
        }
    }

    #[test]
    fn data_older_than_their_view_are_read_again() {
        assert_eq!(reason(&[], 10.0), Some(NEVER_IMPORTED));
        assert_eq!(
            reason(&[ingestion("FAILED", 20.0)], 10.0),
            Some(NEVER_IMPORTED)
        );
        assert_eq!(
            reason(
                &[ingestion("FAILED", 20.0), ingestion("COMPLETED", 9.0)],
                10.0
            ),
            Some(FAILED)
        );
        assert_eq!(
            reason(&[ingestion("COMPLETED", 9.0)], 10.0),
            Some(OLDER_THAN_VIEW)
        );
        assert_eq!(reason(&[ingestion("COMPLETED", 11.0)], 10.0), None);
    }

    #[test]
    fn data_whose_last_import_failed_are_read_again_although_an_older_one_succeeded() {
        let failed = [ingestion("FAILED", 20.0), ingestion("COMPLETED", 11.0)];
        assert_eq!(reason(&failed, 10.0), Some(FAILED));
        let repaired = [ingestion("COMPLETED", 30.0), ingestion("FAILED", 20.0)];
        assert_eq!(reason(&repaired, 10.0), None);
        let running = [ingestion("RUNNING", 30.0), ingestion("FAILED", 20.0)];
        assert_eq!(reason(&running, 10.0), Some(NEVER_IMPORTED));
    }
}
