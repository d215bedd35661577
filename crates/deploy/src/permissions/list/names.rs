//! Names of users: the key of their map, the directory, and a role to read it with.

use crate::permissions::scope::PolicyScope;
use crate::permissions::statement::{Condition, Grant, Resource, Statement};

const CREATE_KEY: &[Grant] = &[Grant::cloudformation(
    "AWS::KMS::Key: the key of the map of names, with the tag of the deployment (`identity_mapping`)",
    &["kms:CreateKey", "kms:TagResource"],
)];

/// A tag takes up to five minutes to count, so these have no condition.
const KEY: &[Grant] = &[Grant::cloudformation(
    "AWS::KMS::Key: its rotation, and what the handler reads",
    &[
        "kms:EnableKeyRotation",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListResourceTags",
    ],
)];

const OWN_KEY: &[Grant] = &[Grant::cloudformation(
    "AWS::KMS::Key: changing the key of this deployment, and scheduling its deletion",
    &[
        "kms:DisableKey",
        "kms:DisableKeyRotation",
        "kms:EnableKey",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:UntagResource",
        "kms:UpdateKeyDescription",
    ],
)];

const ROLE: &[Grant] = &[Grant::call(
    "whether the directory can be read with `identity_role`",
    &["sts:AssumeRole"],
)];

const ROSTER: &[Grant] = &[Grant::call("whether there is a roster", &["s3:GetObject"])];

pub(crate) fn names(scope: &PolicyScope) -> Vec<Statement> {
    let keys = || vec![Resource::pattern(scope.arn("kms", "key/*"))];
    let prefix = scope.prefix.as_str();
    let mut all = vec![
        Statement::new("CreateNamesKey", vec![Resource::any()], CREATE_KEY).when(
            Condition::equals("aws:RequestTag/kiro-analytics:deployment", &[prefix]),
        ),
        Statement::new("NamesKey", keys(), KEY),
        Statement::new("OwnNamesKey", keys(), OWN_KEY).when(Condition::equals(
            "aws:ResourceTag/kiro-analytics:deployment",
            &[prefix],
        )),
    ];
    let exact = |arn: &str| vec![Resource::new(arn, arn)];
    if let Some(role) = &scope.identity_role {
        all.push(Statement::new("IdentityRole", exact(role), ROLE));
    }
    if let Some(roster) = &scope.roster {
        let arn = scope.s3_arn(roster.trim_start_matches("s3://"));
        all.push(Statement::new("Roster", exact(&arn), ROSTER));
    }
    all
}
