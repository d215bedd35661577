//! The step that creates the datasets. With row rules, the dataset of rules is created and imported first, and the datasets that
//! it restricts after it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use kiro_dashboard_quicksight::RULES;

use super::asset::{ApplyMode, DesiredAsset, ExistingAsset};
use super::data_import::{import, newest_ingestions};
use super::identity_layer::IdentityLayer;
use super::import_reason::{changed_at, dependencies, reason};
use super::quicksight::{
    AWAITS_PERMISSION, apply_mode, asset, changes_access, observe_all, required_data_sets,
    skip_without_quicksight,
};
use super::tables::existing_tables;
use crate::asset_kind::AssetKind;
use crate::progress::Progress;
use crate::step::{Applied, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan};

/// Creates and updates the datasets.
pub(crate) struct DataSets;

/// The datasets that the dashboard needs, the one of rules first.
pub(super) fn desired(deployment: &Deployment) -> Result<Vec<DesiredAsset<'_>>, StepError> {
    let found = required_data_sets(deployment)?.into_iter();
    Ok(found
        .map(|found| asset(deployment, AssetKind::DataSet, found.id, found.body))
        .collect())
}

/// The change of a dataset, with what it means for those who may see its rows.
fn change(asset: &DesiredAsset<'_>, existing: &ExistingAsset) -> Option<Change> {
    let change = asset.change(existing)?;
    if asset.id != asset.deployment.names.dataset_id(RULES) || change.kind != ChangeKind::Create {
        return Some(change);
    }
    let change = change.detail(
        "it says who sees which rows of the other datasets; their owners still see all rows",
    );
    let has_admins = !asset.deployment.settings().viewer_admins.is_empty();
    Some(if has_admins {
        change
    } else {
        change.detail("`viewer_admins` is empty: only the owners see all rows")
    })
}

/// Imports the rules, if their data are older than their view, and waits.
async fn import_rules(
    deployment: &Deployment,
    mode: ApplyMode,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    let id = deployment.names.dataset_id(RULES);
    let database = deployment.names.database(deployment.settings());
    let tables = existing_tables(&deployment.aws, &database).await?;
    let changed_at = changed_at(&dependencies(deployment, RULES), &tables);
    let known = newest_ingestions(deployment, &id).await?;
    if reason(&known.unwrap_or_default(), changed_at).is_some() {
        progress.doing(&format!("importing {id}"));
        import(
            deployment,
            &BTreeMap::from([(id, changed_at)]),
            mode,
            progress,
        )
        .await?;
    }
    Ok(())
}

#[async_trait]
impl Step for DataSets {
    fn name(&self) -> &'static str {
        "datasets"
    }

    fn title(&self) -> &'static str {
        "Datasets"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if let Some(skipped) = skip_without_quicksight(deployment) {
            return Ok(skipped);
        }
        let assets = desired(deployment)?;
        let existing = observe_all(&assets).await?;
        let changes = assets.iter().zip(&existing);
        let mut changes: Vec<Change> = changes
            .filter_map(|(asset, existing)| change(asset, existing))
            .collect();
        if deployment.settings().restricts_rows()
            && changes_access(earlier)
            && let Some(first) = changes.first_mut()
        {
            first.details.push(AWAITS_PERMISSION.to_owned());
        }
        Ok(Planned::changes(changes))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let assets = desired(deployment)?;
        let existing = observe_all(&assets).await?;
        let rules = deployment.names.dataset_id(RULES);
        let mode = apply_mode(plan);
        let total = assets.len() as u64;
        let mut applied = Applied::default();
        for (done, (asset, existing)) in (0..).zip(assets.iter().zip(&existing)) {
            progress.count(done, Some(total), "");
            if change(asset, existing).is_some() {
                progress.doing(&asset.id);
                applied.notes.extend(asset.apply(existing, mode).await?);
            }
            if asset.id == rules {
                import_rules(deployment, mode, progress).await?;
            }
        }
        if deployment.settings().restricts_rows()
            && let Some(layer) = IdentityLayer::find(deployment).await?
            && let Some(map) = layer.map(&deployment.aws).await?
        {
            applied.problems.extend(map.problem_of_rules());
        }
        Ok(applied)
    }
}
