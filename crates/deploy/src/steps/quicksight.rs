//! The steps that create assets in Amazon Quick Sight: data source, themes, analysis and dashboard; and what they share with the
//! step of the datasets.

use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt, TryStreamExt};
use kiro_config::{Config, Theme};
use kiro_dashboard_quicksight::{
    Assets, DataSet, IdentityMapping, Mode, QuickSightErrors, RowLevelSecurity, datasets,
    definition, theme,
};
use serde_json::{Value, json};

use super::asset::{ApplyMode, DesiredAsset, ExistingAsset};
use super::data_sets;
use crate::asset_kind::AssetKind;
use crate::names::Names;
use crate::progress::Progress;
use crate::settings::language;
use crate::step::{Applied, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan};

/// Maximum concurrent requests.
const CONCURRENCY: usize = 5;
/// Detail of a change that depends on a permission from an earlier step of the same run.
pub(super) const AWAITS_PERMISSION: &str =
    "retried for two minutes if the permission of the earlier step is not in effect yet";
/// Maximum time until such a permission is in effect.
pub(super) const PERMISSION_TIMEOUT: Duration = Duration::from_mins(2);
/// The id of the dashboard.
pub(crate) const DASHBOARD_ID: &str = "kiro";

/// A step with the assets that it creates.
pub(crate) struct AssetStep {
    name: &'static str,
    title: &'static str,
    assets: for<'a> fn(&'a Deployment) -> Result<Vec<DesiredAsset<'a>>, StepError>,
}

/// The data source over the workgroup.
pub(crate) const DATA_SOURCE_STEP: AssetStep = AssetStep {
    name: "data_source",
    title: "Data source",
    assets: data_source,
};
/// A light and a dark theme.
pub(crate) const THEME_STEP: AssetStep = AssetStep {
    name: "theme",
    title: "Themes",
    assets: themes,
};
/// The dashboard, and the analysis that users can edit.
pub(crate) const DASHBOARD_STEP: AssetStep = AssetStep {
    name: "dashboard",
    title: "Analysis and dashboard",
    assets: dashboard,
};

/// The empty plan of a Quick Sight step if the settings switch Quick Sight off.
pub(crate) fn skip_without_quicksight(deployment: &Deployment) -> Option<Planned> {
    let is_enabled = deployment.settings().quicksight;
    (!is_enabled).then(|| Planned::skipped("`quicksight` is false"))
}

/// Names, account and Region of the assets.
pub(crate) fn assets_of(names: &Names, settings: &Config) -> Assets {
    Assets {
        prefix: names.prefix.clone(),
        partition: names.partition.clone(),
        region: names.region.clone(),
        account: names.account.clone(),
        mode: match settings.theme {
            Theme::Light => Mode::Light,
            Theme::Dark => Mode::Dark,
        },
        identity_mapping: if settings.identity_mapping {
            IdentityMapping::On
        } else {
            IdentityMapping::Off
        },
        row_level_security: if settings.restricts_rows() {
            RowLevelSecurity::On
        } else {
            RowLevelSecurity::Off
        },
    }
}

/// The datasets that the dashboard needs.
pub(crate) fn required_data_sets(deployment: &Deployment) -> Result<Vec<DataSet>, StepError> {
    datasets(
        &deployment.spec,
        &deployment.catalogue,
        &assets_of(&deployment.names, deployment.settings()),
        language(deployment.settings()),
    )
    .map_err(|errors| compile_error(&errors))
}

fn compile_error(errors: &QuickSightErrors) -> StepError {
    StepError::failed(
        ErrorCategory::Usage,
        errors.to_string(),
        "change these visuals (docs/dashboard.md), or deploy the built-in dashboard with --set dashboard=",
    )
}

/// A desired asset.
pub(super) fn asset(
    deployment: &Deployment,
    kind: AssetKind,
    id: String,
    body: Value,
) -> DesiredAsset<'_> {
    DesiredAsset {
        deployment,
        kind,
        id,
        body,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the other steps may fail")]
fn data_source(deployment: &Deployment) -> Result<Vec<DesiredAsset<'_>>, StepError> {
    let workgroup = deployment.names.workgroup(deployment.settings());
    let body = json!({
        "Name": format!("{}: Athena", deployment.names.prefix),
        "Type": "ATHENA",
        "DataSourceParameters": {"AthenaParameters": {"WorkGroup": workgroup}},
        "SslProperties": {"DisableSsl": false},
    });
    let id = deployment.names.data_source_id();
    Ok(vec![asset(deployment, AssetKind::DataSource, id, body)])
}

#[expect(clippy::unnecessary_wraps, reason = "the other steps may fail")]
fn themes(deployment: &Deployment) -> Result<Vec<DesiredAsset<'_>>, StepError> {
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

fn dashboard(deployment: &Deployment) -> Result<Vec<DesiredAsset<'_>>, StepError> {
    let settings = deployment.settings();
    let assets = assets_of(&deployment.names, deployment.settings());
    let language = language(settings);
    let definition = definition(&deployment.spec, &deployment.catalogue, &assets, language)
        .map_err(|errors| compile_error(&errors))?;
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

/// The request that creates the analysis, without account, id, permissions and tags.
pub(crate) fn analysis_body(deployment: &Deployment) -> Result<Value, StepError> {
    let assets = dashboard(deployment)?.into_iter();
    let mut analyses = assets.filter(|asset| asset.kind == AssetKind::Analysis);
    Ok(analyses.next().map(|asset| asset.body).unwrap_or_default())
}

/// Returns true if an earlier step of the run changes what Quick Sight may read.
pub(super) fn changes_access(earlier: &[StepPlan]) -> bool {
    let mut plans = earlier.iter();
    plans.any(|plan| plan.name == "quicksight_access" && plan.changes_anything())
}

/// Observes all assets, several concurrently. Keeps their order.
pub(super) async fn observe_all(
    assets: &[DesiredAsset<'_>],
) -> Result<Vec<ExistingAsset>, StepError> {
    let observations: Vec<_> = assets.iter().map(DesiredAsset::observe).collect();
    stream::iter(observations)
        .buffered(CONCURRENCY)
        .try_collect()
        .await
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
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if let Some(skipped) = skip_without_quicksight(deployment) {
            return Ok(skipped);
        }
        let assets = (self.assets)(deployment)?;
        let existing = observe_all(&assets).await?;
        let changes = assets
            .iter()
            .zip(&existing)
            .filter_map(|(asset, existing)| {
                let change = asset.change(existing)?;
                let awaits = asset.kind == AssetKind::DataSource && changes_access(earlier);
                Some(if awaits {
                    change.detail(AWAITS_PERMISSION)
                } else {
                    change
                })
            });
        Ok(Planned::changes(changes.collect()))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let assets = (self.assets)(deployment)?;
        let existing = observe_all(&assets).await?;
        let mode = apply_mode(plan);
        let total = assets.len() as u64;
        let mut applied = Applied::default();
        for (done, (asset, existing)) in (0..).zip(assets.iter().zip(&existing)) {
            progress.count(done, Some(total), "");
            if asset.change(existing).is_some() {
                progress.doing(&asset.id);
                applied.notes.extend(asset.apply(existing, mode).await?);
            }
        }
        Ok(applied)
    }
}

/// How to apply a plan: it says whether a permission may not be in effect yet.
pub(super) fn apply_mode(plan: &StepPlan) -> ApplyMode {
    let mut details = plan.changes.iter().flat_map(|change| &change.details);
    if details.any(|detail| detail == AWAITS_PERMISSION) {
        ApplyMode::AwaitsPermission
    } else {
        ApplyMode::Plain
    }
}

/// The assets' requests, for `synth`.
pub(crate) fn requests(deployment: &Deployment) -> Result<Vec<(String, Value)>, StepError> {
    if !deployment.settings().quicksight {
        return Ok(Vec::new());
    }
    let kinds = [
        data_source(deployment)?,
        data_sets::desired(deployment)?,
        themes(deployment)?,
        dashboard(deployment)?,
    ];
    let assets = kinds.into_iter().flatten();
    Ok(assets
        .map(|asset| {
            let folder = asset.kind.api().collection;
            let path = format!("quicksight/{folder}/{}.json", asset.id);
            (path, asset.body)
        })
        .collect())
}
