//! The roles that Quick Sight reads with: an account has one of them, the other, or both.

use kiro_deploy::step::Deployment;

use crate::deployment::{action, deployment, plan};
use crate::server::{Asked, Given, Server};

const CONSUMERS: &str = "aws-quicksight-s3-consumers-role-v0";
const SERVICE: &str = "aws-quicksight-service-role-v0";

/// An account that has these roles, without policies.
async fn account(roles: &'static [&'static str]) -> Deployment {
    let server = Server::start(move |asked: &Asked| {
        let name = action(asked);
        let has_role = roles
            .iter()
            .any(|role| asked.body.contains(&format!("RoleName={role}")));
        let missing = |code: &str, message: &str| {
            format!(
                "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
            )
        };
        match name {
            "DescribeStacks" => {
                Given::text(400, &missing("ValidationError", "Stack does not exist"))
            }
            "GetRole" if has_role => Given::text(
                200,
                "<GetRoleResponse><GetRoleResult><Role><Arn>arn:aws:iam::123456789012:role/service-role/r</Arn></Role></GetRoleResult></GetRoleResponse>",
            ),
            "ListAttachedRolePolicies" if has_role => Given::text(
                200,
                "<ListAttachedRolePoliciesResponse><ListAttachedRolePoliciesResult><AttachedPolicies/><IsTruncated>false</IsTruncated></ListAttachedRolePoliciesResult></ListAttachedRolePoliciesResponse>",
            ),
            _ => Given::text(404, &missing("NoSuchEntity", "there is none")),
        }
    });
    deployment(&server.await).await
}

async fn roles(deployment: &Deployment) -> Vec<String> {
    let plan = plan(deployment, "quicksight_access").await.unwrap();
    let changes = plan.steps[0].changes.iter();
    let mut roles: Vec<String> = changes
        .filter_map(|change| {
            Some(
                change
                    .what
                    .split("role `")
                    .nth(1)?
                    .trim_end_matches('`')
                    .to_owned(),
            )
        })
        .collect();
    roles.dedup();
    roles
}

#[tokio::test]
async fn each_existing_role_gets_access() {
    assert_eq!(roles(&account(&[SERVICE]).await).await, [SERVICE]);
    assert_eq!(roles(&account(&[CONSUMERS]).await).await, [CONSUMERS]);
    let both = account(&[CONSUMERS, SERVICE]).await;
    assert_eq!(roles(&both).await, [CONSUMERS, SERVICE]);
}

#[tokio::test]
async fn a_role_that_the_settings_name_is_the_only_one() {
    let mut named = account(&[CONSUMERS, SERVICE, "ours"]).await;
    named.resolved.settings.quicksight_role = "ours".to_owned();
    assert_eq!(roles(&named).await, ["ours"]);
}

#[tokio::test]
async fn an_account_without_a_role_gets_a_hint() {
    let none = account(&[]).await;
    let error = plan(&none, "quicksight_access").await.unwrap_err();
    assert!(error.to_string().contains(CONSUMERS) && error.to_string().contains(SERVICE));
    assert!(error.hint().contains("Amazon Athena"));
}
