//! The step that deletes datasets which the dashboard no longer reads: their copy of the data would stay in SPICE, and names in
//! it after identity mapping is off.

use async_trait::async_trait;
use kiro_dashboard_quicksight::RULES;

use super::quicksight::{required_data_sets, skip_without_quicksight};
use crate::asset_kind::AssetKind;
use crate::assets::{Asset, Assets};
use crate::progress::Progress;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};

/// Deletes the datasets.
pub(crate) struct ObsoleteDataSets;

/// The deployment's datasets that the dashboard does not read, the one of rules last.
pub(super) async fn obsolete(deployment: &Deployment) -> Result<Vec<Asset>, StepError> {
    let (obsolete, _) = divided(deployment).await?;
    Ok(obsolete)
}

/// The deployment's datasets: those that the dashboard does not read, and those that it reads.
async fn divided(deployment: &Deployment) -> Result<(Vec<Asset>, Vec<Asset>), StepError> {
    let required = required_data_sets(deployment)?;
    let kinds = [AssetKind::DataSet];
    let found = Assets::find_kinds(&deployment.aws, &deployment.names, &kinds).await?;
    let is_read = |asset: &Asset| required.iter().any(|data_set| data_set.id == asset.id);
    let (read, obsolete) = found.ours.into_iter().partition(is_read);
    Ok((obsolete, read))
}

fn change(deployment: &Deployment, asset: &Asset) -> Change {
    let change = Change::new(ChangeKind::Delete, asset.title());
    change.detail(if asset.id == deployment.names.dataset_id(RULES) {
        "`row_rules` is off: everybody who can open the dashboard sees everybody"
    } else {
        "no sheet reads it; analyses of your own that do lose their data"
    })
}

#[async_trait]
impl Step for ObsoleteDataSets {
    fn name(&self) -> &'static str {
        "obsolete_datasets"
    }

    fn title(&self) -> &'static str {
        "Datasets that are no longer read"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if let Some(skipped) = skip_without_quicksight(deployment) {
            return Ok(skipped);
        }
        let obsolete = obsolete(deployment).await?;
        let changes = obsolete.iter().map(|asset| change(deployment, asset));
        Ok(Planned::changes(changes.collect()))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let (obsolete, read) = divided(deployment).await?;
        for asset in obsolete {
            let is_needed = |other: &&Asset| other.rules.as_ref() == Some(&asset.arn);
            if let Some(restricted) = read.iter().find(is_needed) {
                return Err(StepError::failed(
                    ErrorCategory::Usage,
                    format!("{} still restricts {}", asset.title(), restricted.title()),
                    "run `kiro-analytics deploy` without --only: it frees the datasets first",
                ));
            }
            progress.doing(&asset.id);
            asset.delete(&deployment.aws).await?;
        }
        Ok(Applied::default())
    }
}
