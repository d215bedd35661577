//! The five kinds of assets in Amazon Quick Sight: how their calls are named, and what owners and readers may do with them.

use crate::aws::Method;

/// One kind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AssetKind {
    /// For people.
    pub(crate) noun: &'static str,
    /// In operations and answers: `DataSet`.
    pub(crate) member: &'static str,
    /// In paths: `data-sets`.
    pub(crate) collection: &'static str,
    /// In ARNs: `dataset`.
    pub(crate) segment: &'static str,
    /// Whether the path of a creation ends in the id.
    pub(super) is_named_by_path: bool,
    pub(super) create: &'static str,
    pub(super) update: &'static str,
    pub(super) describe: &'static str,
    pub(super) describe_permissions: &'static str,
    pub(super) update_permissions: &'static str,
    pub(super) permissions_method: Method,
    /// The set of actions of an owner, as the developer guide lists it; other sets are refused.
    pub(super) owner: &'static [&'static str],
    /// That of somebody who may look; empty where looking at the dashboard needs nothing.
    pub(super) reader: &'static [&'static str],
    /// Where the description says how making it goes.
    pub(super) status: &'static str,
}

pub(crate) const DATA_SOURCE: AssetKind = AssetKind {
    noun: "data source",
    member: "DataSource",
    collection: "data-sources",
    segment: "datasource",
    is_named_by_path: false,
    create: "CreateDataSource",
    update: "UpdateDataSource",
    describe: "DescribeDataSource",
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

pub(crate) const DATA_SET: AssetKind = AssetKind {
    noun: "dataset",
    member: "DataSet",
    collection: "data-sets",
    segment: "dataset",
    is_named_by_path: false,
    create: "CreateDataSet",
    update: "UpdateDataSet",
    describe: "DescribeDataSet",
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

pub(crate) const THEME: AssetKind = AssetKind {
    noun: "theme",
    member: "Theme",
    collection: "themes",
    segment: "theme",
    is_named_by_path: true,
    create: "CreateTheme",
    update: "UpdateTheme",
    describe: "DescribeTheme",
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

pub(crate) const ANALYSIS: AssetKind = AssetKind {
    noun: "analysis",
    member: "Analysis",
    collection: "analyses",
    segment: "analysis",
    is_named_by_path: true,
    create: "CreateAnalysis",
    update: "UpdateAnalysis",
    describe: "DescribeAnalysis",
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

pub(crate) const DASHBOARD: AssetKind = AssetKind {
    noun: "dashboard",
    member: "Dashboard",
    collection: "dashboards",
    segment: "dashboard",
    is_named_by_path: true,
    create: "CreateDashboard",
    update: "UpdateDashboard",
    describe: "DescribeDashboard",
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
