//! Turning identity mapping off: what is emptied and deleted, and what the search at the end says.

use std::sync::atomic::{AtomicBool, Ordering};

use kiro_deploy::driver::{self, DeploymentReport};
use kiro_deploy::progress::NoProgress;
use kiro_deploy::step::{ChangeKind, Deployment};
use serde_json::json;

use crate::deployment::{action, deployment, plan};
use crate::server::{Asked, Given, Server};

const RESULTS: &str = "kiro-analytics-data-resultsbucket-1";
const EARLIER_RESULTS: &str = "kiro-analytics-data-resultsbucket-0";
const MAP: &str = "kiro-analytics-identity-mapbucket-1";
const EARLIER_MAP: &str = "kiro-analytics-identity-mapbucket-0";

/// An account with both stacks, and buckets that earlier ones have left.
async fn account(may_list_buckets: bool) -> Server {
    let (has_stack, deleted) = (AtomicBool::new(true), std::sync::Mutex::new(Vec::new()));
    Server::start(move |asked| {
        if asked.header("authorization").contains("/s3/aws4_request") {
            return s3(asked, may_list_buckets, &mut deleted.lock().unwrap());
        }
        if asked.header("x-amz-target").ends_with("GetTables") {
            return Given::json(&json!({"TableList": []}));
        }
        match action(asked) {
            "DescribeStacks" if asked.body.contains("analytics-data") => {
                stack("kiro-analytics-data")
            }
            "DescribeStacks" if has_stack.load(Ordering::SeqCst) => {
                stack("kiro-analytics-identity")
            }
            "DescribeStacks" => Given::text(
                400,
                "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>",
            ),
            "ListStackResources" => {
                let resource = format!(
                    "<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries><member>\
                     <LogicalResourceId>MapBucket</LogicalResourceId><PhysicalResourceId>{MAP}</PhysicalResourceId>\
                     <ResourceType>AWS::S3::Bucket</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus>\
                     </member></StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>"
                );
                Given::text(200, &resource)
            }
            "DeleteStack" => {
                has_stack.store(false, Ordering::SeqCst);
                Given::text(200, "<DeleteStackResponse/>")
            }
            other => panic!("unexpected action {other} {}", asked.path),
        }
    })
    .await
}

fn stack(name: &str) -> Given {
    let body = format!(
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>{name}</StackName>\
         <CreationTime>2026-07-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>\
         <member><OutputKey>ResultsBucketName</OutputKey><OutputValue>{RESULTS}</OutputValue></member>\
         <member><OutputKey>NormalizerName</OutputKey><OutputValue>f</OutputValue></member></Outputs>\
         </member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    );
    Given::text(200, &body)
}

fn s3(asked: &Asked, may_list_buckets: bool, deleted: &mut Vec<String>) -> Given {
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    let bucket = path.trim_matches('/').split('/').next().unwrap_or_default();
    if bucket.is_empty() && !may_list_buckets {
        let denied = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
        return Given::text(403, denied);
    }
    if bucket.is_empty() {
        let named = [RESULTS, EARLIER_RESULTS, MAP, EARLIER_MAP]
            .map(|name| format!("<Bucket><Name>{name}</Name></Bucket>"));
        let list = format!(
            "<ListAllMyBucketsResult><Buckets>{}</Buckets></ListAllMyBucketsResult>",
            named.concat()
        );
        return Given::text(200, &list);
    }
    if deleted.iter().any(|name| name == bucket) {
        let none = "<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>";
        return Given::text(404, none);
    }
    match asked.method.as_str() {
        "DELETE" => {
            deleted.push(bucket.to_owned());
            Given::text(204, "")
        }
        "HEAD" => Given {
            headers: vec![("x-amz-bucket-region", "eu-central-1".to_owned())],
            ..Given::text(200, "")
        },
        "POST" => Given::text(200, "<DeleteResult/>"),
        _ if query.contains("tagging") => Given::text(
            200,
            "<Tagging><TagSet><Tag><Key>kiro-analytics:deployment</Key><Value>kiro-analytics</Value></Tag></TagSet></Tagging>",
        ),
        _ if query.contains("versions") && bucket.contains("resultsbucket") => Given::text(
            200,
            "<ListVersionsResult><Version><Key>query-results/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f.csv</Key><VersionId>1</VersionId>\
             </Version></ListVersionsResult>",
        ),
        _ if query.contains("versions") => Given::text(200, "<ListVersionsResult/>"),
        _ => Given::text(200, "<ListBucketResult/>"),
    }
}

async fn without_quicksight(server: &Server) -> Deployment {
    let mut deployment = deployment(server).await;
    deployment.resolved.settings.quicksight = false;
    deployment
}

async fn removed(deployment: &Deployment) -> DeploymentReport {
    let plan = plan(deployment, "identity_removal").await.unwrap();
    driver::apply(deployment, &plan, &NoProgress).await.unwrap()
}

#[tokio::test]
async fn query_results_of_earlier_stacks_are_deleted_too() {
    let server = account(true).await;
    let deployment = without_quicksight(&server).await;
    let plan = plan(&deployment, "identity_removal").await.unwrap();
    let changes = plan.steps[0].changes.iter();
    let deleted = changes.filter(|change| change.kind == ChangeKind::Delete);
    let deleted: Vec<&str> = deleted.map(|change| change.what.as_str()).collect();
    let expected = [
        format!("query results in `s3://{RESULTS}/query-results/`"),
        format!("query results in `s3://{EARLIER_RESULTS}/query-results/`"),
        format!("bucket `{MAP}`"),
        format!("bucket `{EARLIER_MAP}`"),
        "stack `kiro-analytics-identity`".to_owned(),
    ];
    assert_eq!(deleted, expected);
    let report = removed(&deployment).await;
    assert_eq!(report.problems().count(), 0);
    let notes = report.steps[0].applied.notes.join("\n");
    for bucket in [RESULTS, EARLIER_RESULTS] {
        assert!(
            notes.contains(&format!("`s3://{bucket}/query-results/`")),
            "{notes}"
        );
    }
    assert!(notes.contains("no name of the directory"), "{notes}");
    assert!(!notes.contains("log group"), "{notes}");
    assert!(notes.contains("Quick Sight was not searched"), "{notes}");
    let emptied = server.asked().into_iter();
    let emptied = emptied.filter(|asked| asked.method == "POST" && asked.path.contains("delete"));
    let emptied: Vec<String> = emptied.map(|asked| asked.path).collect();
    for bucket in [RESULTS, EARLIER_RESULTS] {
        assert!(
            emptied.iter().any(|path| path.contains(bucket)),
            "{emptied:?}"
        );
    }
}

#[tokio::test]
async fn a_search_that_may_not_list_buckets_says_so_and_promises_nothing() {
    let server = account(false).await;
    let deployment = without_quicksight(&server).await;
    let report = removed(&deployment).await;
    let notes = report.steps[0].applied.notes.join("\n");
    assert!(!notes.contains("no name of the directory"), "{notes}");
    let problem = report.problems().next().unwrap();
    assert!(problem.contains("s3:ListAllMyBuckets"), "{problem}");
}
