//! Roles: those of the deployment, Quick Sight's, and the deployer's own.

use crate::permissions::scope::PolicyScope;
use crate::permissions::statement::{Condition, Grant, Resource, Statement};

const ROLES: &[Grant] = &[Grant::cloudformation(
    "AWS::IAM::Role: the roles of the function and of its schedule",
    &[
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
    ],
)];

/// The actions that decide what a role may do.
const POWERS: &[Grant] = &[Grant::cloudformation(
    "AWS::IAM::Role: what the two roles may do",
    &[
        "iam:CreateRole",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
    ],
)];

const UNBOUND: &[Grant] = &[Grant::cloudformation(
    "AWS::IAM::Role: removing a `permissions_boundary`",
    &["iam:DeleteRolePermissionsBoundary"],
)];

const PASS: &[Grant] = &[Grant::cloudformation(
    "AWS::Lambda::Function and AWS::Scheduler::Schedule take a role",
    &["iam:PassRole"],
)];

const DEPLOYER: &[Grant] = &[Grant::call(
    "the path of your own role, which a session does not show, and whether its policies suffice",
    &["iam:GetRole", "iam:SimulatePrincipalPolicy"],
)];

const QUICKSIGHT_ROLE: &[Grant] = &[Grant::call(
    "an inline policy in the role that Quick Sight reads with",
    &[
        "iam:DeleteRolePolicy",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "iam:PutRolePolicy",
    ],
)];

const QUICKSIGHT_MANAGED_POLICY: &[Grant] = &[Grant::call(
    "the AWS managed policy for Athena in that role, and no other",
    &["iam:AttachRolePolicy"],
)];

pub(crate) fn roles(scope: &PolicyScope) -> Vec<Statement> {
    let mut powers = Statement::new("RolePowers", own_roles(scope), POWERS);
    let mut all = vec![Statement::new("Roles", own_roles(scope), ROLES)];
    if let Some(boundary) = &scope.boundary {
        powers = powers.when(Condition::equals("iam:PermissionsBoundary", &[boundary]));
    } else {
        all.push(Statement::new("RoleBoundaries", own_roles(scope), UNBOUND));
    }
    all.push(powers);
    let services = ["lambda.amazonaws.com", "scheduler.amazonaws.com"];
    all.push(
        Statement::new("PassRoles", own_roles(scope), PASS)
            .when(Condition::equals("iam:PassedToService", &services)),
    );
    all.push(Statement::new("Deployer", deployer(scope), DEPLOYER));
    if scope.quicksight {
        all.push(Statement::new(
            "QuickSightRole",
            quicksight_roles(scope),
            QUICKSIGHT_ROLE,
        ));
        let policy = format!(
            "arn:{}:iam::aws:policy/service-role/AWSQuicksightAthenaAccess",
            scope.partition
        );
        let attaches = Statement::new(
            "QuickSightManagedPolicy",
            quicksight_roles(scope),
            QUICKSIGHT_MANAGED_POLICY,
        );
        all.push(attaches.when(Condition {
            operator: "ArnEquals",
            ..Condition::equals("iam:PolicyARN", &[&policy])
        }));
    }
    all
}

fn own_roles(scope: &PolicyScope) -> Vec<Resource> {
    let role = |name: &str| scope.iam_arn(&format!("role/{name}"));
    let example = role(&format!("{}-NormalizerRole-1", scope.data_stack()));
    vec![Resource::new(role(&scope.owned()), example)]
}

fn deployer(scope: &PolicyScope) -> Vec<Resource> {
    match &scope.deployer_role {
        Some(arn) => vec![Resource::new(arn, arn)],
        None => vec![
            Resource::pattern(scope.iam_arn("role/*")),
            Resource::pattern(scope.iam_arn("user/*")),
        ],
    }
}

/// AWS creates its roles below `service-role/`; an administrator's role may be at the root.
fn quicksight_roles(scope: &PolicyScope) -> Vec<Resource> {
    let mut arns: Vec<String> = Vec::new();
    for name in &scope.quicksight_roles {
        if !name.starts_with("aws-quicksight-") {
            arns.push(scope.iam_arn(&format!("role/{name}")));
        }
        arns.push(scope.iam_arn(&format!("role/service-role/{name}")));
    }
    (0..)
        .zip(arns)
        .map(|(place, arn)| match place {
            0 => Resource::new(arn.clone(), arn),
            _ => Resource::pattern(arn),
        })
        .collect()
}
