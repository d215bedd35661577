//! The data sets with their last imports, and the dashboard.

use futures::stream::{self, StreamExt};
use serde::Serialize;

use super::StatusProblem;
use crate::assets::{Asset, AssetKind, Assets};
use crate::aws::{Aws, AwsError, Fields, Method};
use crate::ingestion::{Ingestion, newest_ingestion};
use crate::names::Names;
use crate::settings::DeploymentSettings;
use crate::step::Blame;

/// So many questions at once.
const AT_ONCE: usize = 4;

/// A data set and its newest import.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataSetStatus {
    pub view: String,
    pub id: String,
    pub last: Option<Ingestion>,
}

/// The dashboard as viewers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DashboardStatus {
    pub id: String,
    pub name: String,
    pub address: String,
    /// `CREATION_SUCCESSFUL`
    pub status: String,
    /// The version of this program that made it.
    pub version: Option<String>,
    pub published: String,
    pub errors: Vec<String>,
}

impl DataSetStatus {
    pub(super) fn problem(&self) -> Option<StatusProblem> {
        let Some(last) = &self.last else {
            return Some(StatusProblem::new(
                Blame::Data,
                format!("data set `{}` has never been imported", self.id),
                "`kiro-analytics refresh` imports it",
            ));
        };
        match last.status.as_str() {
            "FAILED" | "CANCELLED" => Some(StatusProblem::new(
                Blame::Aws,
                format!(
                    "the last import of data set `{}` has {}: {}",
                    self.id,
                    last.status.to_lowercase(),
                    last.error
                        .as_ref()
                        .map_or("without a reason".to_owned(), ToString::to_string)
                ),
                last.hint(),
            )),
            "COMPLETED" if last.dropped_rows.is_some_and(|rows| rows > 0) => {
                Some(StatusProblem::new(
                    Blame::Data,
                    format!(
                        "the last import of data set `{}` dropped {} rows",
                        self.id,
                        last.dropped_rows.unwrap_or_default()
                    ),
                    "Manage data, the data set, Refresh in Quick Sight says why; `kiro-analytics deploy` renews its columns",
                ))
            }
            _ => None,
        }
    }
}

impl DashboardStatus {
    pub(super) fn problem(&self) -> Option<StatusProblem> {
        self.status.ends_with("_FAILED").then(|| {
            StatusProblem::new(
                Blame::Aws,
                format!(
                    "dashboard `{}` is {}: {}",
                    self.id,
                    self.status,
                    self.errors.join("; ")
                ),
                "`kiro-analytics deploy --only dashboard` makes it again",
            )
        })
    }
}

/// Where people look at the dashboard.
pub fn dashboard_address(aws: &Aws, id: &str) -> String {
    let region = aws.region();
    let host = match aws.partition() {
        "aws-cn" => format!("{region}.quicksight.amazonaws.cn"),
        _ => format!("{region}.quicksight.aws.amazon.com"),
    };
    format!("https://{host}/sn/dashboards/{id}")
}

/// Data sets, dashboard, and what could not be asked about them.
pub(super) async fn look(
    aws: &Aws,
    names: &Names,
    settings: &DeploymentSettings,
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
    let kinds = [AssetKind::Dashboard, AssetKind::DataSet];
    let assets = Assets::find_kinds(aws, names, &kinds).await?;
    let mut problems = Vec::new();
    let asked: Vec<(&Asset, Result<Option<Ingestion>, AwsError>)> =
        stream::iter(assets.of(AssetKind::DataSet))
            .map(|data_set| async move { (data_set, newest_ingestion(aws, data_set).await) })
            .buffered(AT_ONCE)
            .collect()
            .await;
    let mut data_sets = Vec::new();
    for (data_set, newest) in asked {
        match newest {
            Ok(last) => data_sets.push(DataSetStatus {
                view: data_set.relation(names),
                id: data_set.id.clone(),
                last,
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
    let call = aws
        .quicksight("DescribeDashboard", Method::Get, &["dashboards", &found.id])
        .on(found.title());
    let answer = call.send().await?;
    let errors = answer.items("Dashboard/Version/Errors").iter();
    let published = answer.number("Dashboard/LastPublishedTime");
    Ok(DashboardStatus {
        id: found.id.clone(),
        name: found.name.clone(),
        address: dashboard_address(aws, &found.id),
        status: answer.text("Dashboard/Version/Status").to_owned(),
        version: found.version.clone(),
        published: published.map(moment).unwrap_or_default(),
        errors: errors
            .map(|error| error.text("Message").to_owned())
            .collect(),
    })
}

/// Seconds since 1970 as people and programs read them.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole seconds are what is wanted, and times lie far within"
)]
fn moment(seconds: f64) -> String {
    let time = chrono::DateTime::from_timestamp(seconds as i64, 0);
    time.map(crate::runs::shown).unwrap_or_default()
}
