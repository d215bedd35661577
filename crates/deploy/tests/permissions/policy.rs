//! The policies and the page derived from the list.

use std::collections::BTreeSet;
use std::path::Path;

use kiro_deploy::permissions::{
    DOCUMENT_LIMIT_CHARACTERS, PolicyScope, Statement, policy_documents, render_page, statements,
};
use serde_json::{Value, json};

use crate::scope::scope;

const BOUNDARY: &str = "arn:aws:iam::123456789012:policy/developers";

fn statement_of<'a>(all: &'a [Statement], action: &str) -> Vec<&'a Statement> {
    all.iter()
        .filter(|statement| statement.actions().contains(&action))
        .collect()
}

fn patterns(statement: &Statement) -> Vec<&str> {
    let resources = statement.resources.iter();
    resources.map(|one| one.pattern.as_str()).collect()
}

#[test]
fn docs_permissions_is_what_the_command_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/permissions.md");
    let page = std::fs::read_to_string(path).unwrap();
    assert!(
        page == render_page(&scope(&[])),
        "docs/permissions.md is out of date; write it with: kiro-analytics permissions --account 123456789012 --exports \
         s3://example-kiro-reports/kiro-logs --output markdown > docs/permissions.md"
    );
}

#[test]
fn no_document_is_larger_than_a_managed_policy_may_be() {
    let longest = PolicyScope {
        prefix: "a".repeat(35),
        region: "ap-southeast-2".to_owned(),
        ..scope(&[("permissions_boundary", BOUNDARY)])
    };
    for scope in [scope(&[]), longest] {
        let statements = statements(&scope);
        let documents = policy_documents(&statements);
        for document in &documents {
            let text = document.to_string();
            let size = text
                .chars()
                .filter(|letter| !letter.is_whitespace())
                .count();
            assert!(size <= DOCUMENT_LIMIT_CHARACTERS, "{size}");
        }
        let in_documents: usize = documents
            .iter()
            .map(|document| document["Statement"].as_array().unwrap().len())
            .sum();
        assert_eq!(in_documents, statements.len());
        assert!(documents.len() <= 10, "a role takes ten managed policies");
    }
}

#[test]
fn statements_have_names_of_their_own_and_no_wildcard_among_actions() {
    let all = statements(&scope(&[]));
    let names: BTreeSet<&str> = all.iter().map(|statement| statement.sid).collect();
    assert_eq!(names.len(), all.len());
    for statement in &all {
        assert!(
            statement
                .sid
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric())
        );
        let sources: usize = statement
            .grants
            .iter()
            .map(|grant| grant.actions.len())
            .sum();
        assert_eq!(
            sources,
            statement.actions().len(),
            "{}: one source per action",
            statement.sid
        );
        assert!(
            !statement
                .actions()
                .iter()
                .any(|action| action.contains('*'))
        );
    }
}

#[test]
fn a_role_is_passed_to_two_services_alone() {
    let all = statements(&scope(&[]));
    let [passing] = statement_of(&all, "iam:PassRole")[..] else {
        panic!("one statement passes roles");
    };
    assert_eq!(
        passing.to_policy()["Condition"],
        json!({"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com", "scheduler.amazonaws.com"]}})
    );
    assert_eq!(
        patterns(passing),
        ["arn:aws:iam::123456789012:role/kiro-analytics-*"]
    );
}

/// With a boundary, no role can be created or get permissions without it, and it cannot be removed.
#[test]
fn a_boundary_binds_every_role_of_the_deployment() {
    let all = statements(&scope(&[("permissions_boundary", BOUNDARY)]));
    let own = "arn:aws:iam::123456789012:role/kiro-analytics-*";
    for action in [
        "iam:CreateRole",
        "iam:PutRolePolicy",
        "iam:PutRolePermissionsBoundary",
    ] {
        let statements = statement_of(&all, action);
        let bound = statements
            .iter()
            .filter(|statement| patterns(statement).contains(&own));
        for statement in bound {
            assert_eq!(
                statement.to_policy()["Condition"],
                json!({"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}),
                "{action}"
            );
        }
    }
    assert!(statement_of(&all, "iam:DeleteRolePermissionsBoundary").is_empty());
    assert!(
        !statement_of(
            &statements(&scope(&[])),
            "iam:DeleteRolePermissionsBoundary"
        )
        .is_empty()
    );
}

#[test]
fn exports_are_only_ever_read() {
    let all = statements(&scope(&[]));
    let of_exports = all.iter().filter(|statement| {
        patterns(statement)
            .iter()
            .any(|pattern| pattern.contains("example-kiro-reports"))
    });
    let actions: BTreeSet<&str> = of_exports.flat_map(Statement::actions).collect();
    assert!(
        actions
            .iter()
            .all(|action| action.starts_with("s3:Get") || *action == "s3:ListBucket"),
        "{actions:?}"
    );
    assert!(actions.contains("s3:GetObject"));
}

/// A bucket of the same name in another account is not covered.
#[test]
fn our_buckets_are_those_of_our_account() {
    for action in [
        "s3:PutObject",
        "s3:GetBucketPolicy",
        "s3:DeleteObjectVersion",
    ] {
        for statement in statement_of(&statements(&scope(&[])), action) {
            if patterns(statement)
                .iter()
                .any(|pattern| pattern.contains("kiro-analytics-*"))
            {
                assert_eq!(
                    statement.to_policy()["Condition"],
                    json!({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}})
                );
            }
        }
    }
}

#[test]
fn both_default_roles_of_quick_sight_may_be_given_access_and_only_one_managed_policy() {
    let all = statements(&scope(&[]));
    let [attaching] = statement_of(&all, "iam:AttachRolePolicy")[..] else {
        panic!("one statement attaches policies");
    };
    assert!(patterns(attaching).contains(
        &"arn:aws:iam::123456789012:role/service-role/aws-quicksight-s3-consumers-role-v0"
    ));
    assert!(
        patterns(attaching).contains(
            &"arn:aws:iam::123456789012:role/service-role/aws-quicksight-service-role-v0"
        )
    );
    assert_eq!(attaching.conditions[0].key, "iam:PolicyARN");
}

#[test]
fn a_role_of_your_own_for_quick_sight_may_lie_at_the_root() {
    let all = statements(&scope(&[("quicksight_role", "ours")]));
    let [attaching] = statement_of(&all, "iam:AttachRolePolicy")[..] else {
        panic!("one statement attaches policies");
    };
    assert_eq!(
        patterns(attaching),
        [
            "arn:aws:iam::123456789012:role/ours",
            "arn:aws:iam::123456789012:role/service-role/ours"
        ]
    );
}

#[test]
fn settings_decide_what_is_in_it() {
    let without = statements(&scope(&[("quicksight", "false")]));
    assert!(
        without
            .iter()
            .flat_map(Statement::actions)
            .all(|action| !action.starts_with("quicksight:"))
    );
    let key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let with = statements(&scope(&[
        ("results_kms_key", key),
        ("code_bucket", "our-code"),
        ("database", "usage"),
    ]));
    assert_eq!(
        patterns(statement_of(&with, "kms:GenerateDataKey")[0]),
        [key]
    );
    assert!(patterns(statement_of(&with, "s3:PutObject")[0]).contains(&"arn:aws:s3:::our-code/*"));
    assert!(
        patterns(statement_of(&with, "glue:UpdateTable")[0])
            .contains(&"arn:aws:glue:*:123456789012:table/usage/*")
    );
}

/// Actions that real accounts require and the emulators do not.
#[test]
fn what_real_accounts_ask_for_is_there() {
    let all = statements(&scope(&[]));
    for action in [
        "s3:GetBucketLocation",
        "s3:AbortMultipartUpload",
        "s3:ListBucketMultipartUploads",
        "s3:ListMultipartUploadParts",
        "cloudformation:ContinueUpdateRollback",
        "cloudformation:TagResource",
        "quicksight:DescribeGroup",
        "quicksight:RestoreAnalysis",
        "kms:DescribeKey",
        "logs:DescribeIndexPolicies",
        "logs:GetDataProtectionPolicy",
        "lambda:GetFunctionRecursionConfig",
        "iam:DeleteRole",
        "lambda:DeleteFunction",
    ] {
        assert!(!statement_of(&all, action).is_empty(), "{action}");
    }
    let databases = statement_of(&all, "glue:CreateDatabase");
    assert!(
        databases
            .iter()
            .any(|one| patterns(one).contains(&"arn:aws:glue:*:123456789012:database/default"))
    );
    assert!(
        statement_of(&all, "athena:GetQueryResults").is_empty(),
        "no step reads the rows of a query"
    );
    let values: Vec<Value> = policy_documents(&all);
    assert!(!values.is_empty());
}
