//! The kinds of assets in Amazon Quick Sight: their names, and the permissions of owners and readers.

use std::fmt;

use serde::Serialize;

/// The kind of an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    Dashboard,
    Analysis,
    DataSet,
    DataSource,
    Theme,
}

/// Names and permission sets of a kind in the API.
#[derive(Debug)]
pub(crate) struct AssetApi {
    /// In plans and messages.
    pub(crate) noun: &'static str,
    /// In the file names of `synth`: `data-sets`.
    pub(crate) collection: &'static str,
    /// In ARNs: `dataset`.
    pub(crate) segment: &'static str,
    /// The actions of an owner, as the developer guide lists them. The service refuses other sets.
    pub(crate) owner: &'static [&'static str],
    /// The actions of a reader. Empty if a reader of the dashboard needs none.
    pub(crate) reader: &'static [&'static str],
}

impl AssetKind {
    /// All kinds; each depends only on later ones.
    pub const ALL: [Self; 5] = [
        Self::Dashboard,
        Self::Analysis,
        Self::DataSet,
        Self::DataSource,
        Self::Theme,
    ];

    pub(crate) fn api(self) -> &'static AssetApi {
        match self {
            Self::Dashboard => &DASHBOARD,
            Self::Analysis => &ANALYSIS,
            Self::DataSet => &DATA_SET,
            Self::DataSource => &DATA_SOURCE,
            Self::Theme => &THEME,
        }
    }
}

impl fmt::Display for AssetKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::DataSet => "dataset",
            other => other.api().noun,
        })
    }
}

const DASHBOARD: AssetApi = AssetApi {
    noun: "dashboard",
    collection: "dashboards",
    segment: "dashboard",
    owner: &[
        "DescribeDashboard",
        "ListDashboardVersions",
        "QueryDashboard",
        "UpdateDashboard",
        "DeleteDashboard",
        "DescribeDashboardPermissions",
        "UpdateDashboardPermissions",
        "UpdateDashboardPublishedVersion",
    ],
    reader: &[
        "DescribeDashboard",
        "ListDashboardVersions",
        "QueryDashboard",
    ],
};

const ANALYSIS: AssetApi = AssetApi {
    noun: "analysis",
    collection: "analyses",
    segment: "analysis",
    owner: &[
        "DescribeAnalysis",
        "QueryAnalysis",
        "RestoreAnalysis",
        "UpdateAnalysis",
        "DeleteAnalysis",
        "DescribeAnalysisPermissions",
        "UpdateAnalysisPermissions",
    ],
    reader: &[],
};

const DATA_SET: AssetApi = AssetApi {
    noun: "dataset",
    collection: "data-sets",
    segment: "dataset",
    owner: &[
        "DescribeDataSet",
        "DescribeDataSetPermissions",
        "PassDataSet",
        "DescribeIngestion",
        "ListIngestions",
        "UpdateDataSet",
        "DeleteDataSet",
        "CreateIngestion",
        "CancelIngestion",
        "UpdateDataSetPermissions",
        "DescribeRefreshSchedule",
        "ListRefreshSchedules",
        "DescribeDataSetRefreshProperties",
        "CreateRefreshSchedule",
        "UpdateRefreshSchedule",
        "DeleteRefreshSchedule",
        "PutDataSetRefreshProperties",
        "DeleteDataSetRefreshProperties",
    ],
    reader: &[],
};

const DATA_SOURCE: AssetApi = AssetApi {
    noun: "data source",
    collection: "data-sources",
    segment: "datasource",
    owner: &[
        "DescribeDataSource",
        "DescribeDataSourcePermissions",
        "PassDataSource",
        "UpdateDataSource",
        "DeleteDataSource",
        "UpdateDataSourcePermissions",
    ],
    reader: &[],
};

const THEME: AssetApi = AssetApi {
    noun: "theme",
    collection: "themes",
    segment: "theme",
    owner: &[
        "DescribeTheme",
        "DescribeThemeAlias",
        "ListThemeAliases",
        "ListThemeVersions",
        "UpdateTheme",
        "DeleteTheme",
        "CreateThemeAlias",
        "UpdateThemeAlias",
        "DeleteThemeAlias",
        "UpdateThemePermissions",
        "DescribeThemePermissions",
    ],
    reader: &[],
};
