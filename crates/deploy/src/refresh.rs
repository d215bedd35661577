//! Reads new exports now, then imports every dataset again.

use std::time::Duration;

use kiro_dashboard_quicksight::RULES;
use serde::Serialize;

use crate::assets::{Asset, AssetKind, Assets};
use crate::ingestion::{Imported, Ingestion, import_all};
use crate::names::Names;
use crate::progress::Progress;
use crate::step::{Deployment, ErrorCategory, StepError};
use crate::steps::{
    DataLayer, IdentityLayer, NameMapping, NameRequest, Normalization, map_names, normalize,
};

/// What to refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshOrder {
    pub normalizes: bool,
    /// What to ask for besides a new map of names; none without identity mapping.
    pub names: Option<NameRequest>,
    pub imports: bool,
    /// Only the datasets of these views; all if empty.
    pub only: Vec<String>,
    /// The id of the new imports. Must be new.
    pub import_id: String,
}

/// The results of a refresh.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Refreshed {
    pub normalized: Option<Normalization>,
    pub mapped: Option<NameMapping>,
    pub imported: Vec<Imported>,
}

/// One import, as the output shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportLine {
    pub view: String,
    pub data_set: String,
    pub status: String,
    pub rows: Option<u64>,
    pub dropped_rows: Option<u64>,
    pub seconds: Option<f64>,
    pub error: Option<String>,
    pub hint: Option<String>,
}

impl Imported {
    pub fn has_succeeded(&self) -> bool {
        let result = self.result.as_ref();
        result.is_ok_and(Ingestion::has_succeeded)
    }

    pub fn line(&self) -> ImportLine {
        let (view, data_set) = (self.relation.clone(), self.data_set.clone());
        match &self.result {
            Ok(ingestion) => ImportLine {
                view,
                data_set,
                status: ingestion.status.to_lowercase(),
                rows: ingestion.rows,
                dropped_rows: ingestion.dropped_rows,
                seconds: ingestion.seconds,
                error: ingestion.error.as_ref().map(ToString::to_string),
                hint: (!ingestion.has_succeeded()).then(|| ingestion.hint().to_owned()),
            },
            Err(error) => ImportLine {
                view,
                data_set,
                status: "refused".to_owned(),
                rows: None,
                dropped_rows: None,
                seconds: None,
                error: Some(error.to_string()),
                hint: Some(error.hint()),
            },
        }
    }
}

/// Reads new exports and imports datasets, as ordered. A failed import is part of the result and does not stop the others.
///
/// # Errors
///
/// If the function fails, or an ordered view has no dataset.
pub async fn refresh(
    deployment: &Deployment,
    order: &RefreshOrder,
    progress: &dyn Progress,
) -> Result<Refreshed, StepError> {
    let Deployment { aws, names, .. } = deployment;
    let parts = [order.normalizes, order.names.is_some(), order.imports];
    let steps = parts.into_iter().filter(|part| *part).count();
    let mut done = Refreshed::default();
    // Checked first, so that a wrong name does not cost a run.
    let assets = if order.imports {
        Assets::find_kinds(aws, names, &[AssetKind::DataSet]).await?
    } else {
        Assets::default()
    };
    let chosen = chosen(names, &assets, &order.only)?;
    if order.normalizes {
        let layer = DataLayer::require(deployment).await?;
        progress.begin(1, steps, "Reading new exports");
        done.normalized = Some(normalize(deployment, &layer.function, progress).await?);
    }
    if let Some(request) = &order.names {
        let layer = IdentityLayer::find(deployment)
            .await?
            .ok_or_else(no_names)?;
        progress.begin(1 + usize::from(order.normalizes), steps, "Mapping names");
        let function = &layer.function;
        let mapped = map_names(deployment, function, request, progress, Duration::ZERO).await?;
        done.mapped = Some(mapped);
    }
    if order.imports {
        progress.begin(steps, steps, "Importing datasets");
        // The rules that restrict rows come first: a person who has left a team must not see its new rows.
        let (rules, others): (Vec<&Asset>, Vec<&Asset>) = chosen
            .into_iter()
            .partition(|asset| asset.relation(names) == RULES);
        for data_sets in [rules, others].iter().filter(|chosen| !chosen.is_empty()) {
            let imported = import_all(aws, names, data_sets, &order.import_id, progress).await;
            done.imported.extend(imported);
        }
        let by_view = |one: &Imported, other: &Imported| one.relation.cmp(&other.relation);
        done.imported.sort_by(by_view);
    }
    Ok(done)
}

fn no_names() -> StepError {
    StepError::failed(
        ErrorCategory::Usage,
        "identity mapping is not deployed",
        "`kiro-analytics deploy --set identity_mapping=true` shows what it would create",
    )
}

fn chosen<'a>(
    names: &Names,
    assets: &'a Assets,
    only: &[String],
) -> Result<Vec<&'a Asset>, StepError> {
    let all: Vec<&Asset> = assets.of(AssetKind::DataSet).collect();
    let known: Vec<String> = all.iter().map(|asset| asset.relation(names)).collect();
    let unknown = only.iter().find(|name| !known.contains(name));
    if let Some(name) = unknown {
        return Err(StepError::failed(
            ErrorCategory::Usage,
            format!("there is no dataset of a view `{name}`"),
            format!("there are: {}", known.join(", ")),
        ));
    }
    let is_chosen = |name: &String| only.is_empty() || only.contains(name);
    let chosen = all.into_iter().zip(&known);
    Ok(chosen
        .filter(|(_, name)| is_chosen(name))
        .map(|(asset, _)| asset)
        .collect())
}
