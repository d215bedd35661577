//! The permissions check of `preflight`: a deployer with the printed policy passes, and every missing action is named.

use kiro_deploy::permissions::{Statement, policy_documents};
use kiro_deploy::preflight::Verdict;
use serde_json::Value;

use crate::account::{Account, Rules};

fn printed(needed: &[Statement]) -> Vec<Value> {
    let documents = policy_documents(needed);
    let statements = documents
        .iter()
        .flat_map(|document| document["Statement"].as_array().unwrap());
    statements.cloned().collect()
}

fn without(statements: &[Value], action: &str) -> Vec<Value> {
    let mut statements = statements.to_vec();
    for statement in &mut statements {
        let actions = statement["Action"].as_array_mut().unwrap();
        actions.retain(|one| one != action);
    }
    statements
}

#[tokio::test]
async fn a_deployer_with_the_printed_policy_passes() {
    let boundary = "arn:aws:iam::123456789012:policy/developers";
    for settings in [&[][..], &[("permissions_boundary", boundary)]] {
        let account = Account::new(settings).await;
        let needed = account.needed().await;
        let rules = Rules {
            allowed: printed(&needed),
            ..Rules::default()
        };
        let check = account.check(rules).await;
        assert_eq!(check.finding.verdict, Verdict::Pass, "{:#?}", check.finding);
        let calls = account.simulations().len();
        assert!(
            calls <= needed.len(),
            "one call for each statement at most: {calls}"
        );
    }
}

/// Creating, changing, deleting: `CloudFormation` needs all of it, and rolls back by deleting.
#[tokio::test]
async fn every_action_that_is_missing_is_named() {
    let account = Account::new(&[]).await;
    let allowed = printed(&account.needed().await);
    for action in [
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketVersioning",
        "quicksight:CreateTheme",
        "quicksight:CreateIngestion",
        "quicksight:ListTagsForResource",
        "lambda:PutFunctionEventInvokeConfig",
        "sns:CreateTopic",
        "cloudformation:GetTemplate",
        "cloudformation:DeleteStack",
        "cloudformation:ContinueUpdateRollback",
        "iam:DeleteRole",
        "iam:PassRole",
        "iam:AttachRolePolicy",
        "s3:GetBucketLocation",
        "glue:CreateDatabase",
        "logs:GetDataProtectionPolicy",
    ] {
        let rules = Rules {
            allowed: without(&allowed, action),
            ..Rules::default()
        };
        let finding = account.check(rules).await.finding;
        assert_eq!(finding.verdict, Verdict::Fail, "{action}");
        assert!(
            finding.found.iter().all(|line| line.contains(action)),
            "{:#?}",
            finding.found
        );
        assert!(
            finding.advice[0].contains("kiro-analytics permissions"),
            "{:#?}",
            finding.advice
        );
    }
}

/// Permission to pass a role to another service is not enough.
#[tokio::test]
async fn a_role_is_passed_to_a_service() {
    let account = Account::new(&[]).await;
    let mut allowed = printed(&account.needed().await);
    for statement in &mut allowed {
        if statement["Sid"] == "PassRoles" {
            statement["Condition"]["StringEquals"]["iam:PassedToService"] =
                "ec2.amazonaws.com".into();
        }
    }
    let finding = account
        .check(Rules {
            allowed,
            ..Rules::default()
        })
        .await
        .finding;
    assert_eq!(finding.verdict, Verdict::Fail);
    assert!(
        finding.found[0].contains("iam:PassRole"),
        "{:#?}",
        finding.found
    );
}

#[tokio::test]
async fn a_failed_simulation_is_a_warning_and_hides_nothing() {
    let account = Account::new(&[]).await;
    let allowed = printed(&account.needed().await);
    let unknown = vec!["logs:GetDataProtectionPolicy"];
    let rules = Rules {
        allowed: without(&allowed, "logs:DeleteLogGroup"),
        unknown: unknown.clone(),
        ..Rules::default()
    };
    let finding = account.check(rules).await.finding;
    let text = finding.found.join("\n");
    assert!(text.contains("could not be simulated"), "{text}");
    assert!(
        text.contains("logs:GetDataProtectionPolicy (IAM's simulation does not know the action)"),
        "{text}"
    );
    assert!(
        text.contains("not allowed on") && text.contains("logs:DeleteLogGroup"),
        "{text}"
    );
    let rules = Rules {
        allowed: allowed.clone(),
        unknown,
        ..Rules::default()
    };
    assert_eq!(account.check(rules).await.finding.verdict, Verdict::Warn);
}

/// No answer is no permission.
#[tokio::test]
async fn an_action_that_is_not_answered_is_a_warning() {
    let account = Account::new(&[]).await;
    let rules = Rules {
        allowed: printed(&account.needed().await),
        silent: vec!["sqs:CreateQueue"],
        ..Rules::default()
    };
    let finding = account.check(rules).await.finding;
    assert_eq!(finding.verdict, Verdict::Warn);
    assert!(
        finding.found[0].contains("sqs:CreateQueue"),
        "{:#?}",
        finding.found
    );
}

/// Policies may depend on where one sits.
#[tokio::test]
async fn an_unsimulated_condition_is_not_a_denial() {
    let account = Account::new(&[]).await;
    let allowed = without(&printed(&account.needed().await), "iam:CreateRole");
    let rules = Rules {
        allowed,
        missing_key: Some("aws:SourceVpc"),
        ..Rules::default()
    };
    let finding = account.check(rules).await.finding;
    assert_eq!(finding.verdict, Verdict::Warn);
    assert!(
        finding.found[0].contains("iam:CreateRole (it depends on aws:SourceVpc)"),
        "{:#?}",
        finding.found
    );
}
