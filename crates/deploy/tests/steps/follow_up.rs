//! The follow-up stack: the parameters of imports and alerts, its creation, and its removal without both.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use kiro_deploy::driver;
use kiro_deploy::progress::NoProgress;
use kiro_deploy::step::ChangeKind;
use kiro_deploy::synth::SynthFile;
use kiro_deploy::synth::{ExistingState, files};
use serde_json::Value;

use crate::deployment::{action, deployment, plan};
use crate::server::{Given, Server};

const STEP: &str = "follow_up_stack";
const STACK: &str = "kiro-analytics-follow-up";

/// An account with the stack, if it exists, and its tag.
async fn account(exists: bool, tag: &'static str) -> Server {
    let exists = AtomicBool::new(exists);
    Server::start(move |asked| match action(asked) {
        "DescribeStacks" if asked.body.contains("follow-up") && exists.load(Ordering::SeqCst) => {
            let body = format!(
                "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>{STACK}</StackName>\
                 <CreationTime>2026-07-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>\
                 <Tags><member><Key>kiro-analytics:deployment</Key><Value>{tag}</Value></member></Tags>\
                 </member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
            );
            Given::text(200, &body)
        }
        "DescribeStacks" => Given::text(
            400,
            "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>",
        ),
        "ListStackResources" => Given::text(
            200,
            "<ListStackResourcesResponse><ListStackResourcesResult/></ListStackResourcesResponse>",
        ),
        "DeleteStack" => {
            exists.store(false, Ordering::SeqCst);
            Given::text(200, "<DeleteStackResponse/>")
        }
        other => panic!("unexpected action {other} {}", asked.path),
    })
    .await
}

fn deletions(server: &Server) -> usize {
    let asked = server.asked();
    let deletions = asked.iter().filter(|asked| action(asked) == "DeleteStack");
    deletions.count()
}

/// The parameters of the stack by name.
fn parameters(written: &[SynthFile]) -> BTreeMap<String, String> {
    let path = format!("{STACK}/parameters.json");
    let file = written.iter().find(|file| file.path == path).unwrap();
    let parameters: Value = serde_json::from_str(&file.content).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let parameters = parameters.as_array().unwrap().iter();
    parameters
        .map(|one| (text(&one["ParameterKey"]), text(&one["ParameterValue"])))
        .collect()
}

#[tokio::test]
async fn the_function_is_told_every_imported_data_set() {
    let server = Server::start(|asked| panic!("unexpected request {}", asked.path)).await;
    let mut deployment = deployment(&server).await;
    let written = files(&deployment, &ExistingState::default()).unwrap();
    let parameters = parameters(&written);
    let value = |name: &str| parameters[name].clone();
    let told: Vec<String> = serde_json::from_str(&value("DataSets")).unwrap();
    let paths = written.iter().map(|file| file.path.as_str());
    let data_sets = paths.filter_map(|path| {
        let name = path.strip_prefix("quicksight/data-sets/")?;
        name.strip_suffix(".json")
    });
    let data_sets: std::collections::BTreeSet<&str> = data_sets.collect();
    assert!(data_sets.len() > 5, "{data_sets:?}");
    assert_eq!(told, data_sets.into_iter().collect::<Vec<_>>());
    assert_eq!(value("DataSetPrefix"), "kiro-analytics");
    assert_eq!(value("RulesDataSet"), "");
    assert_eq!(value("MaxImportsADay"), "24");
    assert_eq!(value("SendAlerts"), "false");
    assert_eq!(
        value("NormalizerArn"),
        "arn:aws:lambda:eu-central-1:123456789012:function:kiro-analytics-data-normalize-report"
    );
    deployment.resolved.settings.quicksight = false;
    let without = files(&deployment, &ExistingState::default()).unwrap();
    assert!(without.iter().all(|file| !file.path.starts_with(STACK)));
}

#[tokio::test]
async fn alerts_have_their_rules_their_channels_and_what_they_read() {
    let server = Server::start(|asked| panic!("unexpected request {}", asked.path)).await;
    let mut deployment = deployment(&server).await;
    let settings = &mut deployment.resolved.settings;
    settings.quicksight = false;
    settings.send_alerts = true;
    // No channel: nothing follows a run.
    let without = files(&deployment, &ExistingState::default()).unwrap();
    assert!(without.iter().all(|file| !file.path.starts_with(STACK)));
    let settings = &mut deployment.resolved.settings;
    settings.alerts_webhook_secret = Some("kiro/webhook".to_owned());
    settings.alert_webhook_format = kiro_config::WebhookFormat::Teams;
    settings.existing_results_bucket = Some("example-results".to_owned());
    settings.views.alerts.names = false;
    let written = files(&deployment, &ExistingState::default()).unwrap();
    let found = parameters(&written);
    let value = |name: &str| found[name].as_str();
    assert_eq!((value("DataSets"), value("SendAlerts")), ("[]", "true"));
    assert_eq!(value("WebhookSecret"), "kiro/webhook");
    assert_eq!(
        value("WebhookSecretArn"),
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:kiro/webhook-??????"
    );
    assert_eq!(value("WebhookFormat"), "teams");
    assert_eq!(
        (
            value("DatabaseName"),
            value("WorkgroupName"),
            value("ResultsBucket")
        ),
        ("kiro_analytics", "kiro_analytics", "example-results")
    );
    assert_eq!(
        (
            value("MapBucket"),
            value("MapKeyArn"),
            value("UseLakeFormation")
        ),
        ("", "", "true")
    );
    let rules: kiro_catalog::Alerts = serde_json::from_str(value("AlertSettings")).unwrap();
    assert_eq!(rules, deployment.settings().views.alerts);
    assert!(!rules.names);
    // An ARN is taken as it is; without Lake Formation the role needs none of it.
    let settings = &mut deployment.resolved.settings;
    let arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:kiro/webhook-AbCdEf";
    settings.alerts_webhook_secret = Some(arn.to_owned());
    settings.lake_formation = kiro_config::LakeFormation::Off;
    let found = parameters(&files(&deployment, &ExistingState::default()).unwrap());
    assert_eq!(
        (
            found["WebhookSecretArn"].as_str(),
            found["UseLakeFormation"].as_str()
        ),
        (arn, "false")
    );
}

#[tokio::test]
async fn alerts_keep_the_stack_without_quick_sight() {
    let server = account(false, "").await;
    let mut deployment = deployment(&server).await;
    let settings = &mut deployment.resolved.settings;
    settings.quicksight = false;
    settings.send_alerts = true;
    settings.alarm_email = Some("alice@example.com".to_owned());
    let planned = plan(&deployment, STEP).await.unwrap();
    let change = &planned.steps[0].changes[0];
    assert_eq!(
        (change.kind, change.what.clone()),
        (ChangeKind::Create, format!("stack `{STACK}`"))
    );
}

/// The reason why the function does not ask which report an export is of.
#[tokio::test]
async fn every_data_set_of_the_dashboard_reads_both_reports() {
    let server = Server::start(|asked| panic!("unexpected request {}", asked.path)).await;
    let deployment = deployment(&server).await;
    let written = files(&deployment, &ExistingState::default()).unwrap();
    let ids = written.iter().filter_map(|file| {
        let name = file
            .path
            .strip_prefix("quicksight/data-sets/kiro-analytics-")?;
        name.strip_suffix(".json")
    });
    for id in ids {
        let (mut waiting, mut seen) = (vec![id.replace('-', "_")], Vec::new());
        while let Some(name) = waiting.pop() {
            let relation = deployment.catalogue.relation(&name);
            let relation = relation.filter(|_| !seen.contains(&name));
            waiting.extend(relation.into_iter().flat_map(|one| one.depends_on.clone()));
            seen.push(name);
        }
        for table in ["report_facts_raw", "report_code_raw"] {
            assert!(seen.iter().any(|name| name == table), "{id}: {seen:?}");
        }
    }
}

#[tokio::test]
async fn a_new_stack_is_planned_with_its_resources() {
    let server = account(false, "").await;
    let deployment = deployment(&server).await;
    let planned = plan(&deployment, STEP).await.unwrap();
    let change = &planned.steps[0].changes[0];
    assert_eq!(change.kind, ChangeKind::Create);
    assert_eq!(change.what, format!("stack `{STACK}`"));
    let rule = "RunRule (AWS::Events::Rule)".to_owned();
    assert!(change.details.contains(&rule), "{:?}", change.details);
}

/// Its parameters are outputs of the data stack, so no change set is made.
#[tokio::test]
async fn a_stack_without_its_data_stack_is_updated_when_that_is_there_again() {
    let server = account(true, "kiro-analytics").await;
    let deployment = deployment(&server).await;
    let planned = plan(&deployment, STEP).await.unwrap();
    let changes = &planned.steps[0].changes;
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0].kind, ChangeKind::Update);
    assert_eq!(
        changes[0].details,
        ["the data stack is missing: it gets the outputs of the new one"]
    );
}

#[tokio::test]
async fn without_quick_sight_the_stack_is_deleted_once() {
    let server = account(true, "kiro-analytics").await;
    let mut deployment = deployment(&server).await;
    deployment.resolved.settings.quicksight = false;
    let planned = plan(&deployment, STEP).await.unwrap();
    let change = &planned.steps[0].changes[0];
    assert_eq!(
        (change.kind, change.what.as_str()),
        (ChangeKind::Delete, "stack `kiro-analytics-follow-up`")
    );
    assert_eq!(deletions(&server), 0);
    driver::apply(&deployment, &planned, &NoProgress)
        .await
        .unwrap();
    assert_eq!(deletions(&server), 1);
    let again = plan(&deployment, STEP).await.unwrap();
    assert_eq!(again.steps[0].changes, []);
    assert_eq!(
        again.steps[0].skipped.as_deref(),
        Some("`quicksight` is false, and no alerts are sent")
    );
}

#[tokio::test]
async fn a_stack_of_another_deployment_stays() {
    let server = account(true, "other").await;
    let mut deployment = deployment(&server).await;
    deployment.resolved.settings.quicksight = false;
    let planned = plan(&deployment, STEP).await.unwrap();
    assert_eq!(planned.steps[0].changes, []);
    deployment.resolved.settings.quicksight = true;
    let error = plan(&deployment, STEP).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("belongs to the deployment `other`"),
        "{error}"
    );
}
