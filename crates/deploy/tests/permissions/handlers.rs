//! Every permission that the handlers of our resource types name is in the list, or is here with the reason why not.

use std::collections::BTreeSet;
use std::path::Path;

use kiro_deploy::permissions::{Statement, statements};

use crate::scope::scope;

const HANDLERS: &str = include_str!("handlers.tsv");

/// Permissions of handlers that this template never needs: reason, type, actions.
const UNUSED: &[(&str, &str, &[&str])] = &[
    (
        "only for Athena engines that run as a role (Spark), which need a service-linked role",
        "AWS::Athena::WorkGroup",
        &["iam:CreateServiceLinkedRole"],
    ),
    (
        "only where `results_kms_key` is set: the statement ResultsKey",
        "AWS::Athena::WorkGroup",
        &["kms:Decrypt", "kms:GenerateDataKey"],
    ),
    (
        "only for databases that are federated or shared: ours names no connection",
        "AWS::Glue::Database",
        &[
            "glue:CreateConnection",
            "glue:DeleteConnection",
            "glue:GetConnection",
            "glue:PassConnection",
            "glue:UpdateConnection",
        ],
    ),
    (
        "only for roles with managed policies: ours have inline ones",
        "AWS::IAM::Role",
        &["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
    ),
    (
        "only for functions in a VPC, with file systems, or on capacity of one's own",
        "AWS::Lambda::Function",
        &[
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            "elasticfilesystem:DescribeMountTargets",
            "lambda:PassCapacityProvider",
            "lambda:PutFunctionScalingConfig",
            "s3files:ListMountTargets",
        ],
    ),
    (
        "only for environments that are encrypted with a key of the customer",
        "AWS::Lambda::Function",
        &[
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
        ],
    ),
    (
        "only where the template sets the property: reserved concurrency, code signing, layers, runtime updates, recursion, versions",
        "AWS::Lambda::Function",
        &[
            "lambda:DeleteFunctionCodeSigningConfig",
            "lambda:DeleteFunctionConcurrency",
            "lambda:GetCodeSigningConfig",
            "lambda:GetLayerVersion",
            "lambda:PublishVersion",
            "lambda:PutFunctionCodeSigningConfig",
            "lambda:PutFunctionConcurrency",
            "lambda:PutFunctionRecursionConfig",
            "lambda:PutRuntimeManagementConfig",
        ],
    ),
    (
        "only where the template sets the property: keys, data protection, index policies, resource policies, delivery, protection",
        "AWS::Logs::LogGroup",
        &[
            "firehose:TagDeliveryStream",
            "logs:AssociateKmsKey",
            "logs:CreateLogDelivery",
            "logs:DeleteIndexPolicy",
            "logs:DeleteResourcePolicy",
            "logs:DisassociateKmsKey",
            "logs:PutBearerTokenAuthentication",
            "logs:PutDataProtectionPolicy",
            "logs:PutIndexPolicy",
            "logs:PutLogGroupDeletionProtection",
            "logs:PutResourcePolicy",
            "s3:REST.PUT.OBJECT",
        ],
    ),
    (
        "only where the template sets the property: a bucket without CORS, website, replication, inventory, metrics, object lock, tables, …",
        "AWS::S3::Bucket",
        &[
            "s3:CreateBucketMetadataTableConfiguration",
            "s3:DeleteBucketMetadataTableConfiguration",
            "s3:DeleteBucketWebsite",
            "s3:PutAccelerateConfiguration",
            "s3:PutAnalyticsConfiguration",
            "s3:PutBucketAbac",
            "s3:PutBucketAcl",
            "s3:PutBucketCORS",
            "s3:PutBucketNotification",
            "s3:PutBucketObjectLockConfiguration",
            "s3:PutBucketWebsite",
            "s3:PutIntelligentTieringConfiguration",
            "s3:PutInventoryConfiguration",
            "s3:PutMetricsConfiguration",
            "s3:PutObjectAcl",
            "s3:PutReplicationConfiguration",
            "s3:UpdateBucketMetadataAnnotationTableConfiguration",
            "s3:UpdateBucketMetadataInventoryTableConfiguration",
            "s3:UpdateBucketMetadataJournalTableConfiguration",
            "s3tables:CreateNamespace",
            "s3tables:CreateTable",
            "s3tables:CreateTableBucket",
            "s3tables:GetTable",
            "s3tables:GetTableMetadataLocation",
            "s3tables:PutTableBucketPolicy",
            "s3tables:PutTableEncryption",
            "s3tables:PutTablePolicy",
            "s3tables:UpdateTableMetadataLocation",
        ],
    ),
    (
        "names of calls, not of actions: IAM asks for the action that puts the configuration",
        "AWS::S3::Bucket",
        &[
            "s3:DeleteBucketAnalyticsConfiguration",
            "s3:DeleteBucketCors",
            "s3:DeleteBucketEncryption",
            "s3:DeleteBucketLifecycle",
            "s3:DeleteBucketMetricsConfiguration",
            "s3:DeleteBucketReplication",
            "s3:PutBucketReplication",
            "s3:PutObjectLockConfiguration",
        ],
    ),
    (
        "only for topics with a data protection policy",
        "AWS::SNS::Topic",
        &["sns:PutDataProtectionPolicy"],
    ),
];

/// Type, handler, actions.
fn handlers() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let lines = HANDLERS.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut cells = line.split('\t');
            let (kind, handler) = (cells.next().unwrap(), cells.next().unwrap());
            (kind, handler, cells.next().unwrap().split(' ').collect())
        })
        .collect()
}

fn types_in_template() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cfn");
    let mut types = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|end| end == "yaml") {
            let text = std::fs::read_to_string(path).unwrap();
            let lines = text.lines();
            let named = lines.filter_map(|line| line.trim().strip_prefix("Type: AWS::"));
            types.extend(named.map(|rest| format!("AWS::{rest}")));
        }
    }
    // Types of parameters, which hold values of the parameter store or ids.
    types.retain(|kind| kind.matches("::").count() == 2 && !kind.contains('<'));
    types
}

#[test]
fn the_schemas_are_those_of_the_template() {
    let known: BTreeSet<String> = handlers()
        .iter()
        .map(|(kind, ..)| (*kind).to_owned())
        .collect();
    assert_eq!(types_in_template(), known);
}

#[test]
fn every_permission_of_a_handler_is_in_the_list_or_explained() {
    let allowed: BTreeSet<&str> = statements(&scope(&[]))
        .iter()
        .flat_map(Statement::actions)
        .collect();
    let is_unused = |kind: &str, action: &str| {
        let mut unused = UNUSED.iter();
        unused.any(|(_, of, actions)| *of == kind && actions.contains(&action))
    };
    let mut missing = Vec::new();
    for (kind, handler, actions) in handlers() {
        for action in actions {
            if !allowed.contains(action) && !is_unused(kind, action) {
                missing.push(format!("{kind} {handler}: {action}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn an_explanation_is_of_a_permission_that_a_handler_names() {
    let handlers = handlers();
    for (reason, kind, actions) in UNUSED {
        for action in *actions {
            let is_named = handlers
                .iter()
                .any(|(of, _, named)| of == kind && named.contains(action));
            assert!(is_named, "{kind} {action}: {reason}");
        }
    }
}
