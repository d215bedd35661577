//! Actions on the account as a whole, which have no resource-level permissions.

use crate::permissions::scope::PolicyScope;
use crate::permissions::statement::{Grant, Resource, Statement};

const ACCOUNT: &[Grant] = &[
    Grant::call(
        "buckets, Lambda's quota, the Identity Store, its users and groups",
        &[
            "s3:ListAllMyBuckets",
            "lambda:GetAccountSettings",
            "identitystore:ListGroups",
            "identitystore:ListUsers",
            "sso:ListInstances",
        ],
    ),
    Grant::cloudformation(
        "AWS::Logs::LogGroup lists log groups and policies of the account",
        &[
            "logs:DescribeLogGroups",
            "logs:DescribeIndexPolicies",
            "logs:DescribeResourcePolicies",
        ],
    ),
];

const DRIFT: &[Grant] = &[Grant::documentation(
    "drift detection of the stack",
    &["cloudformation:DescribeStackDriftDetectionStatus"],
)];

const LAKE_FORMATION: &[Grant] = &[
    Grant::call(
        "whether Lake Formation is in force, and grants if it is",
        &[
            "lakeformation:BatchGrantPermissions",
            "lakeformation:BatchRevokePermissions",
            "lakeformation:GetDataLakeSettings",
            "lakeformation:ListPermissions",
        ],
    ),
    Grant::cloudformation(
        "AWS::Glue::Database checks whether Lake Formation manages the database",
        &[
            "lakeformation:DescribeLakeFormationIdentityCenterConfiguration",
            "lakeformation:DescribeResource",
            "lakeformation:ListResources",
        ],
    ),
    Grant::documentation(
        "Athena reads tables that Lake Formation manages with the permissions of the caller",
        &["lakeformation:GetDataAccess"],
    ),
];

pub(crate) fn account(_: &PolicyScope) -> Vec<Statement> {
    let everywhere = || vec![Resource::any()];
    vec![
        Statement::new("Account", everywhere(), ACCOUNT),
        Statement::new("StackDrift", everywhere(), DRIFT),
        Statement::new("LakeFormation", everywhere(), LAKE_FORMATION),
    ]
}
