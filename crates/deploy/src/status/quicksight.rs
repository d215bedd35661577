//! The datasets with their last imports, and the dashboard.

use futures::stream::{self, StreamExt};
use kiro_config::Config;
use serde::Serialize;

use super::StatusProblem;
use crate::assets::{Asset, AssetKind, Assets};
use crate::aws::{Aws, AwsError};
use crate::ingestion::{Ingestion, newest_ingestion};
use crate::names::Names;
use crate::step::ErrorCategory;
use crate::steps::AssetAddress;

/// Maximum concurrent requests.
const CONCURRENCY: usize = 4;

/// A dataset and its newest import.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataSetStatus {
    pub view: String,
    pub id: String,
    pub last: Option<Ingestion>,
    /// The ARN of the dataset with the rules that restrict its rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
}

/// The published dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DashboardStatus {
    pub id: String,
    pub name: String,
    pub address: String,
    /// `CREATION_SUCCESSFUL`
    pub status: String,
    /// The version of this program that created it.
    pub version: Option<String>,
    pub published: String,
    pub errors: Vec<String>,
}

impl DataSetStatus {
    /// The problems of the last imports.
    pub(super) fn problems(data_sets: &[Self]) -> Vec<StatusProblem> {
        data_sets.iter().filter_map(Self::problem).collect()
    }

    fn problem(&self) -> Option<StatusProblem> {
        let Some(last) = &self.last else {
            return Some(StatusProblem::new(
                ErrorCategory::Data,
                format!("dataset `{}` has never been imported", self.id),
                "`kiro-analytics refresh` imports it",
            ));
        };
        if matches!(last.status.as_str(), "FAILED" | "CANCELLED") {
            let error = last.error.as_ref();
            let what = format!(
                "the last import of dataset `{}` has {}: {}",
                self.id,
                last.status.to_lowercase(),
                error.map_or("without a reason".to_owned(), ToString::to_string)
            );
            return Some(StatusProblem::new(ErrorCategory::Aws, what, last.hint()));
        }
        let dropped_rows = last.dropped_rows.unwrap_or_default();
        (last.has_succeeded() && dropped_rows > 0).then(|| {
            StatusProblem::new(
                ErrorCategory::Data,
                format!(
                    "the last import of dataset `{}` dropped {dropped_rows} rows",
                    self.id
                ),
                "Manage data, the dataset, Refresh in Quick Sight shows the reason; `kiro-analytics deploy` updates its columns",
            )
        })
    }
}

impl DashboardStatus {
    pub(super) fn problem(&self) -> Option<StatusProblem> {
        self.status.ends_with("_FAILED").then(|| {
            StatusProblem::new(
                ErrorCategory::Aws,
                format!(
                    "dashboard `{}` is {}: {}",
                    self.id,
                    self.status,
                    self.errors.join("; ")
                ),
                "`kiro-analytics deploy --only dashboard` creates it again",
            )
        })
    }
}

/// The address of the dashboard.
pub fn dashboard_address(aws: &Aws, id: &str) -> String {
    let region = aws.region();
    let host = match aws.partition() {
        "aws-cn" => format!("{region}.quicksight.amazonaws.cn"),
        _ => format!("{region}.quicksight.aws.amazon.com"),
    };
    format!("https://{host}/sn/dashboards/{id}")
}

/// Datasets, dashboard, and problems of failed reads.
pub(super) async fn observe(
    aws: &Aws,
    names: &Names,
    settings: &Config,
) -> Result<
    (
        Vec<DataSetStatus>,
        Option<DashboardStatus>,
        Vec<StatusProblem>,
    ),
    AwsError,
> {
    if !settings.quicksight {
        return Ok((Vec::new(), None, Vec::new()));
    }
    let kinds = [
        AssetKind::Dashboard,
        AssetKind::Analysis,
        AssetKind::DataSet,
    ];
    let assets = Assets::find_kinds(aws, names, &kinds).await?;
    let mut problems: Vec<StatusProblem> = assets
        .of(AssetKind::Analysis)
        .filter(|analysis| analysis.is_recycled)
        .map(|analysis| {
            StatusProblem::new(
                ErrorCategory::Usage,
                format!("{} is in the recycle bin", analysis.title()),
                "`kiro-analytics deploy` restores it; the dashboard does not need it",
            )
        })
        .collect();
    let ingestions: Vec<(&Asset, Result<Option<Ingestion>, AwsError>)> =
        stream::iter(assets.of(AssetKind::DataSet))
            .map(|data_set| async move { (data_set, newest_ingestion(aws, data_set).await) })
            .buffered(CONCURRENCY)
            .collect()
            .await;
    let mut data_sets = Vec::new();
    for (data_set, newest) in ingestions {
        match newest {
            Ok(last) => data_sets.push(DataSetStatus {
                view: data_set.relation(names),
                id: data_set.id.clone(),
                last,
                rules: data_set.rules.clone(),
            }),
            Err(error) => problems.push(StatusProblem::of(&error)),
        }
    }
    data_sets.sort_by(|one, other| one.view.cmp(&other.view));
    let dashboard = match assets.of(AssetKind::Dashboard).next() {
        Some(found) => Some(dashboard(aws, found).await?),
        None => None,
    };
    Ok((data_sets, dashboard, problems))
}

async fn dashboard(aws: &Aws, found: &Asset) -> Result<DashboardStatus, AwsError> {
    let (kind, id) = (found.kind, found.id.as_str());
    let described = AssetAddress { aws, kind, id }.describe(None).await?;
    let published = described
        .as_ref()
        .and_then(|described| described.document["LastPublishedTime"].as_f64());
    Ok(DashboardStatus {
        id: found.id.clone(),
        name: found.name.clone(),
        address: dashboard_address(aws, &found.id),
        status: described
            .as_ref()
            .map(|described| described.status_name().to_owned())
            .unwrap_or_default(),
        version: found.version.clone(),
        published: published.map(format_seconds).unwrap_or_default(),
        errors: described
            .into_iter()
            .flat_map(|described| described.errors)
            .map(|error| error.message)
            .collect(),
    })
}

/// Formats seconds since 1970 as UTC.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole seconds are intended, and times are far within the range"
)]
fn format_seconds(seconds: f64) -> String {
    let time = chrono::DateTime::from_timestamp(seconds as i64, 0);
    time.map(crate::runs::shown).unwrap_or_default()
}
