//! What of `QuickSight` belongs to a deployment: assets whose id begins with its prefix and that carry its tag.

use std::fmt;

use futures::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;

use crate::aws::{Aws, AwsError, Fields, Method, services};
use crate::names::Names;
use crate::tags;

/// So many questions at once.
const AT_ONCE: usize = 4;

/// What kind of asset it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    Dashboard,
    Analysis,
    DataSet,
    DataSource,
    Theme,
}

/// One asset of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asset {
    pub kind: AssetKind,
    pub id: String,
    pub arn: String,
    pub name: String,
    /// The version of this program that made it.
    pub version: Option<String>,
}

/// What carries an asset's id but not its tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stranger {
    pub kind: AssetKind,
    pub id: String,
}

/// All assets with ids of the deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets {
    pub ours: Vec<Asset>,
    pub strangers: Vec<Stranger>,
}

impl AssetKind {
    /// From what depends on all others to what nothing depends on without.
    pub const ALL: [Self; 5] = [
        Self::Dashboard,
        Self::Analysis,
        Self::DataSet,
        Self::DataSource,
        Self::Theme,
    ];

    /// The folder of its addresses.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Dashboard => "dashboards",
            Self::Analysis => "analyses",
            Self::DataSet => "data-sets",
            Self::DataSource => "data-sources",
            Self::Theme => "themes",
        }
    }

    fn listing(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Dashboard => ("ListDashboards", "DashboardSummaryList", "DashboardId"),
            Self::Analysis => ("ListAnalyses", "AnalysisSummaryList", "AnalysisId"),
            Self::DataSet => ("ListDataSets", "DataSetSummaries", "DataSetId"),
            Self::DataSource => ("ListDataSources", "DataSources", "DataSourceId"),
            Self::Theme => ("ListThemes", "ThemeSummaryList", "ThemeId"),
        }
    }

    /// The call that deletes it.
    pub fn deletion(self) -> &'static str {
        match self {
            Self::Dashboard => "DeleteDashboard",
            Self::Analysis => "DeleteAnalysis",
            Self::DataSet => "DeleteDataSet",
            Self::DataSource => "DeleteDataSource",
            Self::Theme => "DeleteTheme",
        }
    }
}

impl fmt::Display for AssetKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Dashboard => "dashboard",
            Self::Analysis => "analysis",
            Self::DataSet => "data set",
            Self::DataSource => "data source",
            Self::Theme => "theme",
        })
    }
}

impl Assets {
    /// Looks for all of them.
    pub async fn find(aws: &Aws, names: &Names) -> Result<Self, AwsError> {
        Self::find_kinds(aws, names, &AssetKind::ALL).await
    }

    /// Looks for those of some kinds.
    pub async fn find_kinds(
        aws: &Aws,
        names: &Names,
        kinds: &[AssetKind],
    ) -> Result<Self, AwsError> {
        let listed: Vec<Vec<Asset>> = stream::iter(kinds)
            .map(|kind| list(aws, names, *kind))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let looked: Vec<(Asset, bool)> = stream::iter(listed.into_iter().flatten())
            .map(|asset| tagged(aws, names, asset))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let mut found = Self::default();
        for (asset, is_ours) in looked {
            if is_ours {
                found.ours.push(asset);
            } else {
                let Asset { kind, id, .. } = asset;
                found.strangers.push(Stranger { kind, id });
            }
        }
        Ok(found)
    }

    /// Ours of one kind.
    pub fn of(&self, kind: AssetKind) -> impl Iterator<Item = &Asset> {
        self.ours.iter().filter(move |asset| asset.kind == kind)
    }
}

impl Asset {
    /// As messages name it: "data set `kiro-analytics-user-totals`".
    pub fn title(&self) -> String {
        format!("{} `{}`", self.kind, self.id)
    }

    /// The view that a data set imports, from its id.
    pub fn relation(&self, names: &Names) -> String {
        let rest = self.id.strip_prefix(&names.prefix).unwrap_or(&self.id);
        rest.trim_start_matches('-').replace('-', "_")
    }
}

async fn list(aws: &Aws, names: &Names, kind: AssetKind) -> Result<Vec<Asset>, AwsError> {
    let (operation, list, id) = kind.listing();
    let mut call = aws
        .quicksight(operation, Method::Get, &[kind.segment()])
        .on(format!(
            "the {} of Amazon Quick Sight",
            kind.segment().replace('-', " ")
        ))
        .query("max-results", "100");
    if kind == AssetKind::Theme {
        call = call.query("type", "CUSTOM");
    }
    let start = format!("{}-", names.prefix);
    let found = call.pages(list, "NextToken").await?;
    let ours = found
        .iter()
        .filter(|asset| asset.text(id).starts_with(&start) && asset.text("Status") != "DELETED");
    Ok(ours
        .map(|asset| Asset {
            kind,
            id: asset.text(id).to_owned(),
            arn: asset.text("Arn").to_owned(),
            name: asset.text("Name").to_owned(),
            version: None,
        })
        .collect())
}

/// Whether the asset carries the deployment's tag. What has gone in the meantime does not.
async fn tagged(aws: &Aws, names: &Names, mut asset: Asset) -> Result<(Asset, bool), AwsError> {
    let call = aws
        .rest(
            &services::QUICKSIGHT,
            "ListTagsForResource",
            Method::Get,
            &["resources", &asset.arn, "tags"],
        )
        .on(asset.title());
    let answer = call.find().await?.unwrap_or_default();
    let tag = |key: &str| {
        let mut all = answer.items("Tags").iter();
        let found = all.find(|tag| tag.text("Key") == key)?;
        Some(found.text("Value").to_owned())
    };
    asset.version = tag(tags::VERSION);
    let is_ours = tag(tags::DEPLOYMENT).is_some_and(|value| value == names.prefix);
    Ok((asset, is_ours))
}
