//! The steps that make assets in Amazon Quick Sight: data source, datasets, themes, analysis and dashboard.

use async_trait::async_trait;
use futures::stream::{self, StreamExt, TryStreamExt};
use kiro_dashboard::quicksight::{
    Assets, DataSet, IdentityMapping, Mode, QuickSightErrors, datasets, definition, theme,
};
use serde_json::{Value, json};

use super::asset::{Look, WantedAsset};
use crate::asset_kind::AssetKind;
use crate::progress::Progress;
use crate::step::{Applied, Blame, Deployment, Planned, Step, StepError, StepPlan};

/// So many assets are looked at at once.
const AT_ONCE: usize = 5;
/// The id of the one dashboard there is.
pub(crate) const DASHBOARD_ID: &str = "kiro";

/// One step: a title, and the assets it makes.
pub(crate) struct AssetStep {
    name: &'static str,
    title: &'static str,
    assets: for<'a> fn(&'a Deployment) -> Result<Vec<WantedAsset<'a>>, StepError>,
}

/// The data source over the workgroup.
pub(crate) const DATA_SOURCE_STEP: AssetStep = AssetStep {
    name: "data_source",
    title: "Data source",
    assets: data_source,
};
/// A dataset for each relation that the dashboard reads.
pub(crate) const DATA_SETS_STEP: AssetStep = AssetStep {
    name: "datasets",
    title: "Datasets",
    assets: data_sets,
};
/// A light and a dark theme.
pub(crate) const THEME_STEP: AssetStep = AssetStep {
    name: "theme",
    title: "Themes",
    assets: themes,
};
/// The analysis, to be changed by people, and the dashboard.
pub(crate) const DASHBOARD_STEP: AssetStep = AssetStep {
    name: "dashboard",
    title: "Analysis and dashboard",
    assets: dashboard,
};

/// Why there is nothing to do where no dashboard is wanted.
pub(crate) fn unwanted(deployment: &Deployment) -> Option<Planned> {
    let is_wanted = deployment.settings().quicksight;
    (!is_wanted).then(|| Planned::skipped("`quicksight` is false"))
}

/// Names and places of the assets.
pub(crate) fn assets_of(deployment: &Deployment) -> Assets {
    let names = &deployment.names;
    Assets {
        prefix: names.prefix.clone(),
        partition: names.partition.clone(),
        region: names.region.clone(),
        account: names.account.clone(),
        mode: if deployment.settings().theme == "dark" {
            Mode::Dark
        } else {
            Mode::Light
        },
        identity_mapping: if deployment.settings().identity_store.is_some() {
            IdentityMapping::On
        } else {
            IdentityMapping::Off
        },
    }
}

/// The datasets that the dashboard needs.
pub(crate) fn needed_data_sets(deployment: &Deployment) -> Result<Vec<DataSet>, StepError> {
    datasets(
        &deployment.spec,
        &deployment.catalogue,
        &assets_of(deployment),
        deployment.settings().language(),
    )
    .map_err(|errors| uncompiled(&errors))
}

fn uncompiled(errors: &QuickSightErrors) -> StepError {
    StepError::failed(
        Blame::Usage,
        errors.to_string(),
        "change these visuals (docs/dashboard.md), or deploy the built-in dashboard with --set dashboard=",
    )
}

fn asset(deployment: &Deployment, kind: AssetKind, id: String, body: Value) -> WantedAsset<'_> {
    WantedAsset {
        deployment,
        kind,
        id,
        body,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the other steps may fail")]
fn data_source(deployment: &Deployment) -> Result<Vec<WantedAsset<'_>>, StepError> {
    let workgroup = deployment.settings().workgroup(&deployment.names);
    let body = json!({
        "Name": format!("{}: Athena", deployment.names.prefix),
        "Type": "ATHENA",
        "DataSourceParameters": {"AthenaParameters": {"WorkGroup": workgroup}},
        "SslProperties": {"DisableSsl": false},
    });
    let id = deployment.names.data_source_id();
    Ok(vec![asset(deployment, AssetKind::DataSource, id, body)])
}

fn data_sets(deployment: &Deployment) -> Result<Vec<WantedAsset<'_>>, StepError> {
    let found = needed_data_sets(deployment)?.into_iter();
    Ok(found
        .map(|found| asset(deployment, AssetKind::DataSet, found.id, found.body))
        .collect())
}

#[expect(clippy::unnecessary_wraps, reason = "the other steps may fail")]
fn themes(deployment: &Deployment) -> Result<Vec<WantedAsset<'_>>, StepError> {
    let prefix = &deployment.names.prefix;
    let themes = [Mode::Light, Mode::Dark].into_iter().map(|mode| {
        let body = json!({
            "Name": format!("{prefix}: {}", mode.name()),
            "BaseThemeId": mode.base_theme(),
            "Configuration": theme(&deployment.spec, mode),
            "VersionDescription": format!("kiro-analytics {}", deployment.version),
        });
        asset(
            deployment,
            AssetKind::Theme,
            deployment.names.theme_id(mode.name()),
            body,
        )
    });
    Ok(themes.collect())
}

fn dashboard(deployment: &Deployment) -> Result<Vec<WantedAsset<'_>>, StepError> {
    let settings = deployment.settings();
    let assets = assets_of(deployment);
    let language = settings.language();
    let definition = definition(&deployment.spec, &deployment.catalogue, &assets, language)
        .map_err(|errors| uncompiled(&errors))?;
    let name = settings.dashboard_name.clone().unwrap_or_else(|| {
        let title = deployment.spec.page(language).title;
        if deployment.names.prefix == "kiro-analytics" {
            title
        } else {
            format!("{title} ({})", deployment.names.prefix)
        }
    });
    let shared = json!({
        "Name": name,
        "ThemeArn": assets.theme_arn(),
        "Definition": definition,
    });
    let mut published = shared.clone();
    published["VersionDescription"] = Value::from(format!("kiro-analytics {}", deployment.version));
    published["DashboardPublishOptions"] = json!({
        "AdHocFilteringOption": {"AvailabilityStatus": "ENABLED"},
        "ExportToCSVOption": {"AvailabilityStatus": "ENABLED"},
        "SheetControlsOption": {"VisibilityState": "EXPANDED"},
    });
    let id = deployment.names.dashboard_id(DASHBOARD_ID);
    Ok(vec![
        asset(deployment, AssetKind::Analysis, id.clone(), shared),
        asset(deployment, AssetKind::Dashboard, id, published),
    ])
}

/// Looks at all of them, several at a time, in their order.
async fn looks<'a>(assets: &'a [WantedAsset<'a>]) -> Result<Vec<Look>, StepError> {
    let looking: Vec<_> = assets.iter().map(WantedAsset::look).collect();
    stream::iter(looking).buffered(AT_ONCE).try_collect().await
}

#[async_trait]
impl Step for AssetStep {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if let Some(unwanted) = unwanted(deployment) {
            return Ok(unwanted);
        }
        let assets = (self.assets)(deployment)?;
        let looks = looks(&assets).await?;
        let changes = assets
            .iter()
            .zip(&looks)
            .filter_map(|(asset, look)| asset.change(look));
        Ok(Planned::changes(changes.collect()))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let assets = (self.assets)(deployment)?;
        let looks = looks(&assets).await?;
        let all = assets.len() as u64;
        for (done, (asset, look)) in (0..).zip(assets.iter().zip(&looks)) {
            progress.count(done, Some(all), "");
            if asset.change(look).is_some() {
                progress.doing(&asset.id);
                asset.put(look).await?;
            }
        }
        Ok(Applied::default())
    }
}

/// The assets' requests, for `synth`.
pub(crate) fn requests(deployment: &Deployment) -> Result<Vec<(String, Value)>, StepError> {
    if !deployment.settings().quicksight {
        return Ok(Vec::new());
    }
    let mut requests = Vec::new();
    for step in [
        &DATA_SOURCE_STEP,
        &DATA_SETS_STEP,
        &THEME_STEP,
        &DASHBOARD_STEP,
    ] {
        for asset in (step.assets)(deployment)? {
            requests.push((
                format!(
                    "quicksight/{}/{}.json",
                    asset.kind.terms().collection,
                    asset.id
                ),
                asset.body,
            ));
        }
    }
    Ok(requests)
}
