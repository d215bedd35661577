//! The kinds of assets in Amazon Quick Sight: what they and their calls are named, and what owners and readers may do.

use std::fmt;

use serde::Serialize;

use crate::aws::Method;

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

/// What the service knows a kind by.
#[derive(Debug)]
pub(crate) struct Terms {
    /// For people, in plans.
    pub(crate) noun: &'static str,
    /// In operations and answers: `DataSet`.
    pub(crate) member: &'static str,
    /// In paths: `data-sets`.
    pub(crate) collection: &'static str,
    /// In ARNs: `dataset`.
    pub(crate) segment: &'static str,
    /// Whether the path of a creation ends in the id.
    pub(crate) is_named_by_path: bool,
    pub(crate) list: &'static str,
    /// The member of a listing that holds it.
    pub(crate) listed: &'static str,
    pub(crate) create: &'static str,
    pub(crate) update: &'static str,
    pub(crate) describe: &'static str,
    pub(crate) delete: &'static str,
    pub(crate) describe_permissions: &'static str,
    pub(crate) update_permissions: &'static str,
    pub(crate) permissions_method: Method,
    /// The set of actions of an owner, as the developer guide lists it; other sets are refused.
    pub(crate) owner: &'static [&'static str],
    /// That of somebody who may look; empty where looking at the dashboard needs nothing.
    pub(crate) reader: &'static [&'static str],
    /// Where the description says how making it goes.
    pub(crate) status: &'static str,
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

    pub(crate) fn terms(self) -> &'static Terms {
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
            Self::DataSet => "data set",
            other => other.terms().noun,
        })
    }
}

const DASHBOARD: Terms = Terms {
    noun: "dashboard",
    member: "Dashboard",
    collection: "dashboards",
    segment: "dashboard",
    is_named_by_path: true,
    list: "ListDashboards",
    listed: "DashboardSummaryList",
    create: "CreateDashboard",
    update: "UpdateDashboard",
    describe: "DescribeDashboard",
    delete: "DeleteDashboard",
    describe_permissions: "DescribeDashboardPermissions",
    update_permissions: "UpdateDashboardPermissions",
    permissions_method: Method::Put,
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
    status: "Version/Status",
};

const ANALYSIS: Terms = Terms {
    noun: "analysis",
    member: "Analysis",
    collection: "analyses",
    segment: "analysis",
    is_named_by_path: true,
    list: "ListAnalyses",
    listed: "AnalysisSummaryList",
    create: "CreateAnalysis",
    update: "UpdateAnalysis",
    describe: "DescribeAnalysis",
    delete: "DeleteAnalysis",
    describe_permissions: "DescribeAnalysisPermissions",
    update_permissions: "UpdateAnalysisPermissions",
    permissions_method: Method::Put,
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
    status: "Status",
};

const DATA_SET: Terms = Terms {
    noun: "dataset",
    member: "DataSet",
    collection: "data-sets",
    segment: "dataset",
    is_named_by_path: false,
    list: "ListDataSets",
    listed: "DataSetSummaries",
    create: "CreateDataSet",
    update: "UpdateDataSet",
    describe: "DescribeDataSet",
    delete: "DeleteDataSet",
    describe_permissions: "DescribeDataSetPermissions",
    update_permissions: "UpdateDataSetPermissions",
    permissions_method: Method::Post,
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
    status: "",
};

const DATA_SOURCE: Terms = Terms {
    noun: "data source",
    member: "DataSource",
    collection: "data-sources",
    segment: "datasource",
    is_named_by_path: false,
    list: "ListDataSources",
    listed: "DataSources",
    create: "CreateDataSource",
    update: "UpdateDataSource",
    describe: "DescribeDataSource",
    delete: "DeleteDataSource",
    describe_permissions: "DescribeDataSourcePermissions",
    update_permissions: "UpdateDataSourcePermissions",
    permissions_method: Method::Post,
    owner: &[
        "DescribeDataSource",
        "DescribeDataSourcePermissions",
        "PassDataSource",
        "UpdateDataSource",
        "DeleteDataSource",
        "UpdateDataSourcePermissions",
    ],
    reader: &[],
    status: "Status",
};

const THEME: Terms = Terms {
    noun: "theme",
    member: "Theme",
    collection: "themes",
    segment: "theme",
    is_named_by_path: true,
    list: "ListThemes",
    listed: "ThemeSummaryList",
    create: "CreateTheme",
    update: "UpdateTheme",
    describe: "DescribeTheme",
    delete: "DeleteTheme",
    describe_permissions: "DescribeThemePermissions",
    update_permissions: "UpdateThemePermissions",
    permissions_method: Method::Put,
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
    status: "Version/Status",
};
