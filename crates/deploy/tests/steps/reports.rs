//! The reports stack: its parameters, what the function is told, its creation, and its removal when there are no reports.

use std::collections::BTreeMap;
use std::sync::Mutex;

use kiro_config::{ReportFormat, ReportSchedule};
use kiro_delivery::ScheduledReports;
use kiro_deploy::driver;
use kiro_deploy::progress::NoProgress;
use kiro_deploy::step::{ChangeKind, Deployment};
use kiro_deploy::synth::{ExistingState, SynthFile, files};
use serde_json::Value;

use crate::deployment::{action, deployment, plan};
use crate::server::{Asked, Given, Server};

const STEP: &str = "reports_stack";
const STACK: &str = "kiro-analytics-reports";
const SETTINGS: &str = "/example-results/reports/settings.json";
const SALT: &str = "0123456789abcdef0123456789abcdef";

/// What an account has.
#[derive(Default)]
struct Account {
    has_stack: bool,
    /// The object with the settings.
    settings: Option<Vec<u8>>,
}

fn stack(name: &str, outputs: &[(&str, &str)]) -> Given {
    let outputs: Vec<String> = outputs
        .iter()
        .map(|(key, value)| {
            format!(
                "<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>"
            )
        })
        .collect();
    let outputs = outputs.concat();
    let body = format!(
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>{name}</StackName>\
         <CreationTime>2026-07-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>{outputs}</Outputs>\
         <Tags><member><Key>kiro-analytics:deployment</Key><Value>kiro-analytics</Value></member></Tags>\
         </member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    );
    Given::text(200, &body)
}

fn bucket(account: &mut Account, asked: &Asked) -> Given {
    let missing = || {
        Given::text(
            404,
            "<Error><Code>NoSuchKey</Code><Message>it does not exist</Message></Error>",
        )
    };
    if asked.path.contains("versions") {
        let version = match account.settings {
            Some(_) => {
                "<Version><Key>reports/settings.json</Key><VersionId>1</VersionId></Version>"
            }
            None => "",
        };
        return Given::text(
            200,
            &format!("<ListVersionsResult>{version}</ListVersionsResult>"),
        );
    }
    match asked.method.as_str() {
        "HEAD" if asked.path.starts_with("/example-reports") => Given {
            headers: vec![("x-amz-bucket-region", "eu-central-1".to_owned())],
            ..Given::text(200, "")
        },
        "GET" if asked.path.starts_with("/example-reports") => Given::text(
            404,
            "<Error><Code>NoSuchTagSet</Code><Message>there are none</Message></Error>",
        ),
        "PUT" if asked.path.starts_with("/example-reports") => Given::text(200, ""),
        "PUT" if asked.path.starts_with(SETTINGS) => {
            account.settings = Some(asked.body.clone().into_bytes());
            Given::text(200, "")
        }
        "GET" | "HEAD" if asked.path.starts_with(SETTINGS) => match &account.settings {
            Some(settings) => Given::text(200, &String::from_utf8_lossy(settings)),
            None => missing(),
        },
        "POST" => {
            account.settings = None;
            Given::text(200, "<DeleteResult/>")
        }
        other => panic!("unexpected {other} {}", asked.path),
    }
}

async fn server(account: Account) -> Server {
    let account = Mutex::new(account);
    Server::start(move |asked| {
        let mut account = account.lock().unwrap();
        match action(asked) {
            "DescribeStacks" if asked.body.contains("-data") => {
                stack("kiro-analytics-data", &[("ResultsBucketName", "example-results")])
            }
            "DescribeStacks" if asked.body.contains("-reports") && account.has_stack => {
                stack(STACK, &[("ReportsBucketName", "example-reports")])
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
                account.has_stack = false;
                Given::text(200, "<DeleteStackResponse/>")
            }
            _ => bucket(&mut account, asked),
        }
    })
    .await
}

async fn weekly(server: &Server) -> Deployment {
    let mut deployment = deployment(server).await;
    deployment.resolved.settings.reports = vec![ReportSchedule::Weekly];
    deployment
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

fn told(written: &[SynthFile]) -> (ScheduledReports, bool) {
    let path = format!("{STACK}/settings.json");
    let file = written.iter().find(|file| file.path == path).unwrap();
    let told = ScheduledReports::from_json(file.content.as_bytes()).unwrap();
    (told, file.is_secret)
}

#[tokio::test]
async fn reports_have_a_schedule_each_and_none_have_no_stack() {
    let server = Server::start(|asked| panic!("unexpected request {}", asked.path)).await;
    let mut deployment = deployment(&server).await;
    let without = files(&deployment, &ExistingState::default()).unwrap();
    assert!(without.iter().all(|file| !file.path.starts_with(STACK)));
    let settings = &mut deployment.resolved.settings;
    settings.reports = vec![ReportSchedule::Monthly];
    settings.reports_at = "07:30".to_owned();
    settings.reports_formats = vec![ReportFormat::Csv];
    settings.existing_results_bucket = Some("example-results".to_owned());
    settings.time_zone = "Europe/Berlin".to_owned();
    let written = files(&deployment, &ExistingState::default()).unwrap();
    let found = parameters(&written);
    let value = |name: &str| found[name].as_str();
    assert_eq!(
        (value("WeeklyExpression"), value("MonthlyExpression")),
        ("", "cron(30 7 1 * ? *)")
    );
    assert_eq!(value("ScheduleTimeZone"), "Europe/Berlin");
    assert_eq!(value("ResultsBucket"), "example-results");
    assert_eq!((value("MapBucket"), value("MemoryMegabytes")), ("", "3008"));
    assert_eq!(value("ReportExpireDays"), "400");
    let (told, is_secret) = told(&written);
    assert_eq!(told.formats, [kiro_delivery::ReportFormat::Csv]);
    assert_eq!((told.salt, is_secret), (None, false));
}

#[tokio::test]
async fn the_salt_is_in_no_parameter_and_its_file_is_secret() {
    let server = Server::start(|asked| panic!("unexpected request {}", asked.path)).await;
    let mut deployment = weekly(&server).await;
    deployment.resolved.settings.reports_anonymize = true;
    let written = files(&deployment, &ExistingState::default()).unwrap();
    let (placeholder, is_secret) = told(&written);
    assert_eq!(placeholder.salt.as_deref(), Some("SALT-TO-BE-FILLED-IN"));
    assert!(!is_secret);
    deployment.resolved.settings.hash_salt = Some(SALT.to_owned());
    let written = files(&deployment, &ExistingState::default()).unwrap();
    let (with_salt, is_secret) = told(&written);
    assert!(with_salt.is_anonymous && is_secret);
    assert_eq!(with_salt.salt.as_deref(), Some(SALT));
    let others = written.iter().filter(|file| !file.is_secret);
    for file in others {
        assert!(!file.content.contains(SALT), "{}", file.path);
    }
}

#[tokio::test]
async fn a_new_stack_is_planned_after_the_settings_of_its_function() {
    let server = server(Account::default()).await;
    let deployment = weekly(&server).await;
    let planned = plan(&deployment, STEP).await.unwrap();
    let changes = &planned.steps[0].changes;
    assert_eq!(
        changes[0].what,
        "settings of reports in `s3://example-results/reports/settings.json`"
    );
    assert_eq!(
        (changes[1].kind, changes[1].what.as_str()),
        (ChangeKind::Create, "stack `kiro-analytics-reports`")
    );
    let details = &changes[1].details;
    assert_eq!(
        details[0],
        "reports name people; they are in a private bucket for 400 days"
    );
    let schedule = "WeeklySchedule (AWS::Scheduler::Schedule, if IsWeekly)".to_owned();
    assert!(details.contains(&schedule), "{details:?}");
}

#[tokio::test]
async fn a_time_before_the_exports_are_read_is_refused() {
    let server = server(Account::default()).await;
    let mut deployment = weekly(&server).await;
    deployment.resolved.settings.reports_at = "03:20".to_owned();
    let error = plan(&deployment, STEP).await.unwrap_err();
    assert!(
        error.to_string().contains("`reports_at` is 03:20 UTC"),
        "{error}"
    );
    assert!(error.hint().contains("--set reports_at=03:30"));
}

#[tokio::test]
async fn without_reports_the_stack_and_the_salt_are_removed_once_and_the_bucket_stays() {
    let server = server(Account {
        has_stack: true,
        settings: Some(b"{}".to_vec()),
    })
    .await;
    let deployment = deployment(&server).await;
    let planned = plan(&deployment, STEP).await.unwrap();
    let changes = &planned.steps[0].changes;
    assert_eq!(
        (changes[0].kind, changes[0].what.as_str()),
        (ChangeKind::Delete, "stack `kiro-analytics-reports`")
    );
    assert_eq!(
        changes[0].details[1],
        "bucket `example-reports` stays with its reports until they expire"
    );
    assert_eq!(changes[1].kind, ChangeKind::Delete);
    driver::apply(&deployment, &planned, &NoProgress)
        .await
        .unwrap();
    let again = plan(&deployment, STEP).await.unwrap();
    assert_eq!(again.steps[0].changes, []);
    assert_eq!(
        again.steps[0].skipped.as_deref(),
        Some("`reports` is empty")
    );
    let asked = server.asked();
    // The bucket that stays is tagged, so that `teardown` finds it, and nothing else is changed.
    let of_bucket = asked
        .iter()
        .filter(|asked| asked.path.starts_with("/example-reports"));
    let changes: Vec<&Asked> = of_bucket.filter(|asked| asked.method == "PUT").collect();
    assert_eq!(changes.len(), 1);
    assert!(changes[0].path.contains("tagging"), "{}", changes[0].path);
    assert!(
        asked
            .iter()
            .any(|asked| asked.method == "POST" && asked.body.contains("reports/settings.json"))
    );
}
