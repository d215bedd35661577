//! Quick Sight's assets.

use crate::permissions::scope::PolicyScope;
use crate::permissions::statement::{Grant, Resource, Statement};

const ACCOUNT: &[Grant] = &[Grant::call(
    "the subscription, users and groups, and which assets carry the tag of the deployment",
    &[
        "quicksight:DescribeAccountSubscription",
        "quicksight:DescribeGroup",
        "quicksight:DescribeNamespace",
        "quicksight:DescribeUser",
        "quicksight:ListAnalyses",
        "quicksight:ListDashboards",
        "quicksight:ListDataSets",
        "quicksight:ListDataSources",
        "quicksight:ListGroups",
        "quicksight:ListThemes",
        "quicksight:ListUsers",
    ],
)];

const TAGS: &[Grant] = &[
    Grant::call(
        "the tags of assets",
        &["quicksight:ListTagsForResource", "quicksight:TagResource"],
    ),
    Grant::documentation(
        "required besides TagResource when a tag is removed",
        &["quicksight:UntagResource"],
    ),
];

const DATA_SOURCE: &[Grant] = &[
    Grant::call(
        "the data source over Athena",
        &[
            "quicksight:CreateDataSource",
            "quicksight:DeleteDataSource",
            "quicksight:DescribeDataSource",
            "quicksight:DescribeDataSourcePermissions",
            "quicksight:UpdateDataSource",
            "quicksight:UpdateDataSourcePermissions",
        ],
    ),
    Grant::documentation("datasets read from it", &["quicksight:PassDataSource"]),
];

const DATA_SET: &[Grant] = &[
    Grant::call(
        "datasets, when they are refreshed, and their imports",
        &[
            "quicksight:CreateDataSet",
            "quicksight:CreateIngestion",
            "quicksight:CreateRefreshSchedule",
            "quicksight:DeleteDataSet",
            "quicksight:DescribeDataSet",
            "quicksight:DescribeDataSetPermissions",
            "quicksight:DescribeIngestion",
            "quicksight:ListIngestions",
            "quicksight:ListRefreshSchedules",
            "quicksight:UpdateDataSet",
            "quicksight:UpdateDataSetPermissions",
            "quicksight:UpdateRefreshSchedule",
        ],
    ),
    Grant::documentation(
        "analysis and dashboard read from them",
        &["quicksight:PassDataSet"],
    ),
];

const THEME: &[Grant] = &[Grant::call(
    "themes",
    &[
        "quicksight:CreateTheme",
        "quicksight:DeleteTheme",
        "quicksight:DescribeTheme",
        "quicksight:DescribeThemePermissions",
        "quicksight:UpdateTheme",
        "quicksight:UpdateThemePermissions",
    ],
)];

const ANALYSIS: &[Grant] = &[Grant::call(
    "the analysis; one in the recycle bin is restored",
    &[
        "quicksight:CreateAnalysis",
        "quicksight:DeleteAnalysis",
        "quicksight:DescribeAnalysis",
        "quicksight:DescribeAnalysisDefinition",
        "quicksight:DescribeAnalysisPermissions",
        "quicksight:RestoreAnalysis",
        "quicksight:UpdateAnalysis",
        "quicksight:UpdateAnalysisPermissions",
    ],
)];

const DASHBOARD: &[Grant] = &[Grant::call(
    "the dashboard and its versions",
    &[
        "quicksight:CreateDashboard",
        "quicksight:DeleteDashboard",
        "quicksight:DescribeDashboard",
        "quicksight:DescribeDashboardDefinition",
        "quicksight:DescribeDashboardPermissions",
        "quicksight:UpdateDashboard",
        "quicksight:UpdateDashboardPermissions",
        "quicksight:UpdateDashboardPublishedVersion",
    ],
)];

/// Sid, kind in ARNs, what an example's id ends with, actions.
const ASSETS: [(&str, &str, &str, &[Grant]); 5] = [
    ("DataSource", "datasource", "athena", DATA_SOURCE),
    ("DataSets", "dataset", "user-totals", DATA_SET),
    ("Themes", "theme", "light", THEME),
    ("Analysis", "analysis", "kiro", ANALYSIS),
    ("Dashboard", "dashboard", "kiro", DASHBOARD),
];

pub(crate) fn quicksight(scope: &PolicyScope) -> Vec<Statement> {
    let asset = |kind: &str, example: &str| {
        let arn = |id: &str| scope.arn("quicksight", &format!("{kind}/{id}"));
        Resource::new(
            arn(&scope.owned()),
            arn(&format!("{}-{example}", scope.prefix)),
        )
    };
    let kinds = ASSETS
        .iter()
        .map(|(_, kind, example, _)| asset(kind, example));
    let mut all = vec![
        Statement::new("QuickSight", vec![Resource::any()], ACCOUNT),
        Statement::new("AssetTags", kinds.collect(), TAGS),
    ];
    for (sid, kind, example, grants) in ASSETS {
        all.push(Statement::new(sid, vec![asset(kind, example)], grants));
    }
    all
}
