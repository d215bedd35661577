//! Ingestions: imports the datasets that have never been imported or whose views have changed, and waits for them.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_glue::types::Table;
use futures::stream::{self, StreamExt, TryStreamExt};
use kiro_dashboard_quicksight::{DataSet, RULES};

use super::asset::RESTRICTED_BY;
use super::data_import::{import, newest_ingestions};
use super::identity_removal::is_removing;
use super::import_reason::{
    CHANGES, NAMES_REMOVED, NEVER_IMPORTED, NEW_DATA, NEW_NAMES, NEW_RULES, changed_at,
    dependencies, names_removed_at, reason,
};
use super::obsolete_data_sets::obsolete;
use super::quicksight::{
    AWAITS_PERMISSION, apply_mode, changes_access, required_data_sets, skip_without_quicksight,
};
use super::table_definition::IDENTITY_TABLE;
use super::tables::existing_tables;
use crate::ingestion::Ingestion;
use crate::progress::Progress;
use crate::step::{Applied, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan};

/// Maximum concurrent requests.
const CONCURRENCY: usize = 5;

/// Imports datasets.
pub(crate) struct FirstIngestion;

/// The datasets whose newest data are from before the table of names got its present location.
pub(super) async fn data_sets_with_names(
    deployment: &Deployment,
    tables: &BTreeMap<String, Table>,
) -> Result<Vec<String>, StepError> {
    if !deployment.settings().quicksight {
        return Ok(Vec::new());
    }
    let removed_at = names_removed_at(tables);
    let mut with_names = Vec::new();
    for left in obsolete(deployment).await? {
        with_names.push(left.title());
    }
    for data_set in required_data_sets(deployment)? {
        let found = newest_ingestions(deployment, &data_set.id).await?;
        if found.is_some_and(|found| reason(&found, removed_at).is_some()) {
            with_names.push(format!("dataset `{}`", data_set.id));
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

/// The datasets that an earlier step restricts by rules: their update starts an import of the columns that the rules need.
fn newly_restricted(earlier: &[StepPlan]) -> BTreeSet<&str> {
    let plans = earlier.iter().filter(|plan| plan.name == "datasets");
    let changes = plans.flat_map(|plan| &plan.changes);
    let restricted = changes.filter(|change| {
        let mut details = change.details.iter();
        details.any(|detail| detail.starts_with(RESTRICTED_BY))
    });
    restricted
        .filter_map(|change| change.what.split('`').nth(1))
        .collect()
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
    let restricted = newly_restricted(earlier);
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
            // All of them: a dataset of another kind costs little, and nothing is left to judge.
            let is_removed = is_removing
                && (changing.contains(IDENTITY_TABLE) || reason(&ingestions, removed_at).is_some());
            let why = why.or(is_removed.then_some(NAMES_REMOVED));
            let is_changing = dependencies
                .iter()
                .any(|name| changing.contains(name.as_str()));
            let why = why.or(is_changing.then_some(CHANGES));
            let has_new_rules = restricted.contains(data_set.id.as_str());
            let why = why.or(has_new_rules.then_some(NEW_RULES));
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
        // Datasets to import, with the time of the last change of their views.
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
        let mode = apply_mode(plan);
        // The rules that restrict rows come first: a person who has left a team must not see its new rows.
        let rules = deployment.names.dataset_id(RULES);
        let (first, then): (BTreeMap<_, _>, BTreeMap<_, _>) =
            needed.into_iter().partition(|(id, _)| *id == rules);
        let mut rows = 0;
        for data_sets in [first, then] {
            rows += import(deployment, &data_sets, mode, progress).await?;
        }
        Ok(Applied {
            notes: vec![format!("{rows} rows were imported")],
            problems: Vec::new(),
        })
    }
}
