//! Grants in Lake Formation, and the salt in the views that they are on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kiro_deploy::step::{ChangeKind, Deployment, StepPlan};
use serde_json::{Value, json};

use crate::deployment::{action, deployment, plan};
use crate::server::{Asked, Given, Server, sign_in_with};

const READER: &str = "arn:aws:iam::123456789012:role/service-role/aws-quicksight-service-role-v0";
const CONSUMERS: &str =
    "arn:aws:iam::123456789012:role/service-role/aws-quicksight-s3-consumers-role-v0";
const DEPLOYER: &str = "arn:aws:iam::123456789012:role/Deployer";

fn operation(asked: &Asked) -> &str {
    let target = asked.header("x-amz-target").rsplit('.').next();
    let target = target.filter(|target| !target.is_empty());
    target.unwrap_or_else(|| asked.path.trim_start_matches('/'))
}

/// An account where Lake Formation is in force: no defaults for `IAM_ALLOWED_PRINCIPALS`.
fn in_force(asked: &Asked) -> Given {
    let nothing = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>iam:GetRole</Message></Error></ErrorResponse>";
    if action(asked) == "GetRole" {
        if asked.body.contains("RoleName=Deployer") {
            return Given::text(403, nothing);
        }
        let role = format!(
            "<GetRoleResponse><GetRoleResult><Role><Arn>{READER}</Arn></Role></GetRoleResult></GetRoleResponse>"
        );
        return Given::text(200, &role);
    }
    if action(asked) == "DescribeStacks" {
        let missing = "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id kiro-analytics-data does not exist</Message></Error></ErrorResponse>";
        return Given::text(400, missing);
    }
    match operation(asked) {
        "GetDataLakeSettings" => Given::json(&json!({"DataLakeSettings": {}})),
        "ListPermissions" if asked.body.contains("\"Resource\"") => {
            Given::json(&json!({"PrincipalResourcePermissions": [
                {"Principal": {"DataLakePrincipalIdentifier": DEPLOYER}, "Resource": {"Database": {"Name": "kiro_analytics"}},
                 "Permissions": ["ALL"]}]}))
        }
        "ListPermissions" => Given::json(&json!({"PrincipalResourcePermissions": []})),
        _ => Given::json(&json!({})),
    }
}

async fn session(server: &Server) -> Deployment {
    Deployment {
        aws: sign_in_with(&server.address, "session").await.unwrap(),
        ..deployment(server).await
    }
}

fn principals(plan: &StepPlan) -> Vec<&str> {
    let named = plan
        .changes
        .iter()
        .filter_map(|change| change.what.split('`').nth(1));
    named.collect()
}

/// A deployer may be denied `iam:GetRole` on its own role: it is then taken to have no path.
#[tokio::test]
async fn a_deployer_that_may_not_read_its_own_role_is_granted_as_a_role_without_a_path() {
    let server = Server::start(in_force).await;
    let deployment = session(&server).await;
    let plan = plan(&deployment, "lake_formation").await.unwrap();
    let principals = principals(&plan.steps[0]);
    assert!(principals.contains(&DEPLOYER), "{principals:?}");
    assert!(principals.contains(&READER), "{principals:?}");
    assert_eq!(principals.len(), 3, "{principals:?}");
}

/// No API reports which role Quick Sight uses, so both get grants if both exist.
#[tokio::test]
async fn both_roles_of_quick_sight_get_grants() {
    let server = Server::start(|asked| {
        if action(asked) == "GetRole" && asked.body.contains("s3-consumers-role") {
            let role = format!(
                "<GetRoleResponse><GetRoleResult><Role><Arn>{CONSUMERS}</Arn></Role></GetRoleResult></GetRoleResponse>"
            );
            return Given::text(200, &role);
        }
        in_force(asked)
    })
    .await;
    let deployment = session(&server).await;
    let plan = plan(&deployment, "lake_formation").await.unwrap();
    let principals = principals(&plan.steps[0]);
    assert!(principals.contains(&CONSUMERS), "{principals:?}");
    assert!(principals.contains(&READER), "{principals:?}");
}

/// The role that Quick Sight reads with must be known: nothing is guessed.
#[tokio::test]
async fn the_denied_role_of_quick_sight_is_reported() {
    let server = Server::start(|asked| {
        if action(asked) == "GetRole" {
            let denied = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
            return Given::text(403, denied);
        }
        in_force(asked)
    })
    .await;
    let deployment = session(&server).await;
    let error = plan(&deployment, "lake_formation").await.unwrap_err();
    assert!(error.to_string().contains("iam:GetRole"), "{error}");
}

const FOLLOW_UP: &str = "arn:aws:iam::123456789012:role/kiro-analytics-follow-up-FollowUpRole-1";

/// An account with Lake Formation in force, with the follow-up stack or without.
async fn with_follow_up(exists: bool) -> Server {
    Server::start(move |asked| {
        if exists && action(asked) == "DescribeStacks" && asked.body.contains("follow-up") {
            let stack = format!(
                "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>kiro-analytics-follow-up</StackName>\
                 <CreationTime>2026-07-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>\
                 <Outputs><member><OutputKey>FunctionRoleArn</OutputKey><OutputValue>{FOLLOW_UP}</OutputValue></member></Outputs>\
                 </member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
            );
            return Given::text(200, &stack);
        }
        in_force(asked)
    })
    .await
}

/// The views are read by the role of the function that asks them.
#[tokio::test]
async fn the_role_that_sends_alerts_gets_grants_by_the_first_step_that_finds_it() {
    let server = with_follow_up(true).await;
    let mut alerts = session(&server).await;
    let silent = plan(&alerts, "lake_formation").await.unwrap();
    assert!(!principals(&silent.steps[0]).contains(&FOLLOW_UP));
    alerts.resolved.settings.send_alerts = true;
    alerts.resolved.settings.alarm_email = Some("alice@example.com".to_owned());
    let planned = plan(&alerts, "lake_formation").await.unwrap();
    assert!(principals(&planned.steps[0]).contains(&FOLLOW_UP));
    let later = plan(&alerts, "follow_up_grants").await.unwrap();
    assert_eq!(later.steps[0].changes, []);
    // The first deployment: the role is made after the other grants.
    let server = with_follow_up(false).await;
    alerts.aws = sign_in_with(&server.address, "session").await.unwrap();
    let planned = plan(&alerts, "lake_formation").await.unwrap();
    assert!(!principals(&planned.steps[0]).contains(&FOLLOW_UP));
    let later = plan(&alerts, "follow_up_grants").await.unwrap();
    assert_eq!(
        later.steps[0].changes[0].what,
        "grants to the role of the function `follow-up`"
    );
    alerts.resolved.settings.send_alerts = false;
    let off = plan(&alerts, "follow_up_grants").await.unwrap();
    assert_eq!(off.steps[0].skipped.as_deref(), Some("no alerts are sent"));
}

/// Grants are verified: here Lake Formation lists none of them.
#[tokio::test]
async fn grants_are_sent_in_batches_and_verified() {
    let granted = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&granted);
    let server = Server::start(move |asked| {
        if operation(asked) == "BatchGrantPermissions" {
            seen.store(true, Ordering::Relaxed);
            let body: Value = serde_json::from_str(&asked.body).unwrap();
            assert!(body["Entries"].as_array().unwrap().len() <= 20);
        }
        in_force(asked)
    })
    .await;
    let deployment = session(&server).await;
    let error = crate::deployment::apply(&deployment, "lake_formation").await;
    assert!(granted.load(Ordering::Relaxed));
    assert!(
        format!("{error:?}").contains("does not list them"),
        "{error:?}"
    );
}

const ANALYST: &str = "arn:aws:iam::123456789012:role/Analyst";
const FORMER_OWNER: &str = "arn:aws:quicksight:eu-central-1:123456789012:user/default/bob";
const SOMEBODY: &str = "arn:aws:iam::123456789012:role/Somebody";

/// Grants to each principal: as a deployment makes them, in another database, on a table of others, with other permissions.
fn grants_of(principal: &str) -> Given {
    let table = |database: &str, table: &str, permissions: &[&str], option: &[&str]| {
        json!({"Principal": {"DataLakePrincipalIdentifier": principal},
               "Resource": {"Table": {"DatabaseName": database, "Name": table}},
               "Permissions": permissions, "PermissionsWithGrantOption": option})
    };
    Given::json(&json!({"PrincipalResourcePermissions": [
        table("kiro_analytics", "user_dim", &["DESCRIBE"], &[]),
        json!({"Principal": {"DataLakePrincipalIdentifier": principal},
               "Resource": {"TableWithColumns": {"DatabaseName": "kiro_analytics", "Name": "identity_map", "ColumnWildcard": {}}},
               "Permissions": ["SELECT"]}),
        table("another", "user_dim", &["SELECT"], &[]),
        table("kiro_analytics", "table_of_others", &["SELECT"], &[]),
        table("kiro_analytics", "user_totals", &["ALL"], &[]),
        table("kiro_analytics", "seats", &["SELECT"], &["SELECT"]),
    ]}))
}

/// A former query principal is in the list of the code bucket, a former owner in the settings of the deployed stack. Both lose
/// what a deployment grants, and nothing else; a principal that no deployment has named keeps its grants.
#[tokio::test]
async fn grants_of_principals_that_left_the_settings_are_revoked() {
    let server = Server::start(|asked| {
        if asked
            .path
            .contains("/state/kiro-analytics/lake-formation.json")
        {
            let principals = json!({"kiro_analytics": [ANALYST, READER], "another": [SOMEBODY]});
            return Given::text(200, &principals.to_string());
        }
        if operation(asked) == "ListPermissions" {
            for principal in [ANALYST, FORMER_OWNER, SOMEBODY] {
                if asked.body.contains(principal) {
                    return grants_of(principal);
                }
            }
        }
        in_force(asked)
    })
    .await;
    let mut deployment = session(&server).await;
    let before = json!({"owners": [FORMER_OWNER, crate::deployment::ALICE]}).to_string();
    deployment.read_parameters = Some([("RememberedSettings".to_owned(), before)].into());
    let plan = plan(&deployment, "lake_formation").await.unwrap();
    let changes = plan.steps[0].changes.iter();
    let deleted = changes.filter(|change| change.kind == ChangeKind::Delete);
    let deleted: Vec<&str> = deleted.map(|change| change.what.as_str()).collect();
    let expected = [ANALYST, FORMER_OWNER].map(|principal| format!("grants of `{principal}`"));
    assert_eq!(deleted, expected);
    // The server never lists the new grants, so that the step ends with an error.
    crate::deployment::apply(&deployment, "lake_formation").await;
    let asked = server.asked();
    let revoked = asked
        .iter()
        .filter(|asked| operation(asked) == "BatchRevokePermissions");
    let mut places = Vec::new();
    for asked in revoked {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        for entry in body["Entries"].as_array().unwrap() {
            let resource = &entry["Resource"];
            let table = [&resource["Table"], &resource["TableWithColumns"]]
                .into_iter()
                .find(|table| !table.is_null())
                .unwrap();
            assert_eq!(table["DatabaseName"], "kiro_analytics");
            places.push(table["Name"].as_str().unwrap().to_owned());
        }
    }
    places.sort();
    assert_eq!(
        places,
        ["identity_map", "identity_map", "user_dim", "user_dim"]
    );
    let mut written = asked
        .iter()
        .filter(|asked| asked.method == "PUT" && asked.path.contains("lake-formation.json"));
    let last = written.next_back().unwrap();
    assert!(!last.body.contains(ANALYST) && last.body.contains(READER));
    assert!(last.body.contains(SOMEBODY), "another database");
}
