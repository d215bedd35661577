//! Glue's catalogue, and Athena.

use crate::permissions::scope::PolicyScope;
use crate::permissions::statement::{Grant, Resource, Statement};

const CATALOGUE: &[Grant] = &[
    Grant::call(
        "tables, comments of views; removing both",
        &[
            "glue:BatchDeleteTable",
            "glue:CreateTable",
            "glue:GetDatabase",
            "glue:GetTable",
            "glue:GetTables",
            "glue:UpdateTable",
        ],
    ),
    Grant::cloudformation(
        "AWS::Glue::Database",
        &[
            "glue:CreateDatabase",
            "glue:DeleteDatabase",
            "glue:UpdateDatabase",
        ],
    ),
    Grant::documentation(
        "Athena creates and reads views with the permissions of the caller",
        &[
            "glue:DeleteTable",
            "glue:GetDatabases",
            "glue:GetPartition",
            "glue:GetPartitions",
        ],
    ),
];

const DEFAULT_DATABASE: &[Grant] = &[Grant::documentation(
    "Athena reads the database `default` in every query, and creates it if it is missing",
    &["glue:CreateDatabase", "glue:GetDatabase"],
)];

const WORKGROUP: &[Grant] = &[
    Grant::call(
        "the statements that create the views; saved queries, before a workgroup is replaced",
        &[
            "athena:GetQueryExecution",
            "athena:GetWorkGroup",
            "athena:ListNamedQueries",
            "athena:StartQueryExecution",
        ],
    ),
    Grant::cloudformation(
        "AWS::Athena::WorkGroup",
        &[
            "athena:CreateWorkGroup",
            "athena:DeleteWorkGroup",
            "athena:ListTagsForResource",
            "athena:TagResource",
            "athena:UntagResource",
            "athena:UpdateWorkGroup",
        ],
    ),
];

pub(crate) fn catalogue(scope: &PolicyScope) -> Vec<Statement> {
    let database = &scope.database;
    let glue = |rest: &str| scope.arn("glue", rest);
    let exact = |arn: String| Resource::new(arn.clone(), arn);
    let workgroup = scope.arn("athena", &format!("workgroup/{}", scope.workgroup));
    let own = vec![
        exact(glue("catalog")),
        exact(glue(&format!("database/{database}"))),
        Resource::new(
            glue(&format!("table/{database}/*")),
            glue(&format!("table/{database}/report_facts")),
        ),
        // Deleting a database also requires access to its functions.
        Resource::pattern(glue(&format!("userDefinedFunction/{database}/*"))),
    ];
    let default = vec![exact(glue("catalog")), exact(glue("database/default"))];
    vec![
        Statement::new("Catalogue", own, CATALOGUE),
        Statement::new("DefaultDatabase", default, DEFAULT_DATABASE),
        Statement::new("Workgroup", vec![exact(workgroup)], WORKGROUP),
    ]
}
