//! The hosts of requests: AWS's rules for three partitions, with and without FIPS and dual stack.

use std::collections::BTreeSet;

use kiro_deploy::aws::{Aws, AwsTuning};

use crate::recorder::Recorder;

/// Service, Region, FIPS, dual stack, host.
const ENDPOINTS: &str = include_str!("endpoints.tsv");

/// One call of each service. Whether it succeeds does not matter.
async fn call(aws: &Aws, service: &str) {
    let clients = aws.clients();
    match service {
        "athena" => drop(clients.athena.list_work_groups().send().await),
        "cloudformation" => drop(clients.cloudformation.describe_stacks().send().await),
        "cloudwatch" => drop(clients.cloudwatch.describe_alarms().send().await),
        "glue" => drop(clients.glue.get_databases().send().await),
        "iam" => drop(clients.iam.list_roles().send().await),
        "identitystore" => {
            let call = clients.identity_store.list_users();
            drop(call.identity_store_id("d-1234567890").send().await);
        }
        "kms" => drop(clients.kms.list_keys().send().await),
        "lakeformation" => drop(clients.lake_formation.get_data_lake_settings().send().await),
        "lambda" => drop(clients.lambda.get_account_settings().send().await),
        "logs" => drop(clients.logs.describe_log_groups().send().await),
        "quicksight" => {
            let call = clients.quicksight.list_dashboards();
            drop(call.aws_account_id("123456789012").send().await);
        }
        "s3" => drop(clients.s3.list_buckets().send().await),
        "scheduler" => drop(clients.scheduler.list_schedules().send().await),
        "sqs" => drop(clients.sqs.list_queues().send().await),
        "sso" => drop(clients.sso_admin.list_instances().send().await),
        "sts" => drop(clients.sts.get_caller_identity().send().await),
        other => panic!("unexpected service {other}"),
    }
}

#[tokio::test]
async fn every_service_is_called_at_the_endpoint_of_aws() {
    let (mut rows, mut services) = (0, BTreeSet::new());
    for line in ENDPOINTS.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [service, region, fips, dual_stack, host] = cells[..] else {
            panic!("{line}");
        };
        let recorder = Recorder::default();
        let config = recorder
            .config(region)
            .use_fips(fips == "fips")
            .use_dual_stack(dual_stack == "dual")
            .build();
        let aws = Aws::with_config(config, AwsTuning::default());
        let Ok(aws) = aws.await else {
            // There is no such address of STS: neither AWS's rules nor the SDK name one.
            continue;
        };
        recorder.take();
        call(&aws, service).await;
        let asked = recorder.take();
        assert!(!asked.is_empty(), "{line}: no request");
        for request in asked {
            assert_eq!(request.host, host, "{line}");
        }
        rows += 1;
        services.insert(service);
    }
    assert!(rows >= 130, "{rows}");
    assert_eq!(services.len(), 16, "{services:?}");
}

/// `AWS_ENDPOINT_URL` is for all services.
#[tokio::test]
async fn an_endpoint_of_one_s_own_takes_every_call() {
    let recorder = Recorder::default();
    let config = recorder
        .config("eu-central-1")
        .endpoint_url("http://localhost:4566")
        .build();
    let aws = Aws::with_config(config, AwsTuning::default());
    let aws = aws.await.unwrap();
    for service in ["glue", "quicksight", "sts"] {
        call(&aws, service).await;
    }
    let hosts: BTreeSet<String> = recorder.take().into_iter().map(|one| one.host).collect();
    assert_eq!(hosts, BTreeSet::from(["localhost:4566".to_owned()]));
}

/// Calls in another Region use its endpoint, with the same credentials.
#[tokio::test]
async fn another_region_is_asked_there() {
    let recorder = Recorder::default();
    let aws = Aws::with_config(
        recorder.config("eu-central-1").build(),
        AwsTuning::default(),
    );
    let aws = aws.await.unwrap().in_region("us-west-2");
    recorder.take();
    call(&aws, "quicksight").await;
    let request = recorder.take().remove(0);
    assert_eq!(request.host, "quicksight.us-west-2.amazonaws.com");
    assert!(
        request
            .authorization
            .contains("/us-west-2/quicksight/aws4_request"),
        "{}",
        request.authorization
    );
}
