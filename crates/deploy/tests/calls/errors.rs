//! Every call of every service, failing in every way that AWS fails.

use kiro_deploy::aws::AwsErrorKind as Kind;
use kiro_deploy::aws::{Aws, AwsError, Method, Service, services};

use crate::server::{Given, Server, sign_in};

/// One failure as the protocols write it: status, code, what it means.
const FAILURES: &[(u16, &str, Kind)] = &[
    (403, "AccessDeniedException", Kind::Denied),
    (400, "ThrottlingException", Kind::Throttled),
    (404, "ResourceNotFoundException", Kind::NotFound),
    (409, "ConflictException", Kind::Conflict),
    (403, "ExpiredTokenException", Kind::Expired),
    (403, "UnrecognizedClientException", Kind::Credentials),
    (400, "ServiceQuotaExceededException", Kind::Limit),
    (400, "ValidationException", Kind::Invalid),
    (500, "InternalFailure", Kind::Unavailable),
];

/// One operation of each service that we call, and how.
const SERVICES: &[(&Service, &str)] = &[
    (&services::ATHENA, "StartQueryExecution"),
    (&services::CLOUDFORMATION, "CreateChangeSet"),
    (&services::CLOUDWATCH, "DescribeAlarms"),
    (&services::GLUE, "CreateTable"),
    (&services::IAM, "PutRolePolicy"),
    (&services::IDENTITY_STORE, "ListUsers"),
    (&services::KMS, "DescribeKey"),
    (&services::LAKE_FORMATION, "GrantPermissions"),
    (&services::LAMBDA, "Invoke"),
    (&services::LOGS, "FilterLogEvents"),
    (&services::QUICKSIGHT, "CreateDashboard"),
    (&services::SCHEDULER, "GetSchedule"),
    (&services::SERVICE_QUOTAS, "GetServiceQuota"),
    (&services::SNS, "ListSubscriptionsByTopic"),
    (&services::SQS, "GetQueueAttributes"),
    (&services::SSO_ADMIN, "ListInstances"),
    (&services::STS, "AssumeRole"),
];

async fn call(aws: &Aws, service: &'static Service, operation: &'static str) -> AwsError {
    let call = match service.name {
        "lambda" => aws.rest(
            service,
            operation,
            Method::Post,
            &["2015-03-31", "functions", "f", "invocations"],
        ),
        "quicksight" => aws.quicksight(operation, Method::Post, &["dashboards", "d"]),
        _ => aws.call(service, operation),
    };
    call.on("the `thing`").send().await.unwrap_err()
}

fn refusal(status: u16, code: &str, is_xml: bool) -> Given {
    if is_xml {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>the reason</Message></Error></ErrorResponse>"
        );
        Given::text(status, &body)
    } else {
        Given {
            headers: vec![(
                "x-amzn-errortype",
                format!("{code}:http://internal.amazon.com/"),
            )],
            ..Given::text(status, r#"{"message": "the reason"}"#)
        }
    }
}

#[tokio::test]
async fn every_service_says_what_failed_why_and_what_to_do() {
    for (status, code, kind) in FAILURES {
        let server =
            Server::start(move |asked| refusal(*status, code, asked.body.starts_with("Action=")))
                .await;
        let aws = server.aws().await;
        for (service, operation) in SERVICES {
            let error = call(&aws, service, operation).await;
            let context = format!("{} {operation} {code}", service.name);
            assert_eq!(error.kind, *kind, "{context}");
            assert_eq!(
                (error.code.as_str(), error.operation),
                (*code, *operation),
                "{context}"
            );
            let text = error.to_string();
            let start = format!("`{}:{operation}` for the `thing` ", service.name);
            assert!(text.starts_with(&start), "{text}");
            assert!(text.contains("the reason") && text.contains(code), "{text}");
            assert!(!error.hint().is_empty(), "{context}");
        }
    }
}

#[tokio::test]
async fn an_endpoint_that_nobody_answers_is_unreachable() {
    let server = Server::start(|_| Given::text(200, "{}")).await;
    let aws = server.aws().await;
    // A port of this machine that nobody listens on, as its listener is gone.
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let error = sign_in(&address).await.unwrap_err();
    assert_eq!(
        (error.kind, error.operation),
        (Kind::Unreachable, "GetCallerIdentity")
    );
    assert!(
        error.hint().contains("check the network"),
        "{}",
        error.hint()
    );
    assert_eq!(aws.account(), "123456789012");
}

#[tokio::test]
async fn an_answer_that_is_no_answer_is_an_error() {
    let server =
        Server::start(|_| Given::text(200, "<html>sign in to the guest network</html>")).await;
    let aws = server.aws().await;
    let error = call(&aws, &services::GLUE, "GetTable").await;
    assert_eq!(error.kind, Kind::Other);
    assert!(
        error.to_string().contains("the answer is not JSON"),
        "{error}"
    );
}

#[tokio::test]
async fn what_has_no_code_of_its_own_is_told_by_its_message() {
    let server = Server::start(|_| {
        Given::text(
            400,
            "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id kiro-data does not exist</Message></Error></ErrorResponse>",
        )
    })
    .await;
    let aws = server.aws().await;
    let found = aws
        .call(&services::CLOUDFORMATION, "DescribeStacks")
        .find()
        .await;
    assert_eq!(found.unwrap(), None);
}

#[tokio::test]
async fn a_bucket_is_there_elsewhere_denied_or_missing() {
    let server = Server::start(|asked| match asked.path.split(['/', '?']).nth(1) {
        Some("here") => Given {
            headers: vec![("x-amz-bucket-region", "eu-central-1".to_owned())],
            ..Given::text(200, "")
        },
        Some("elsewhere") => Given {
            headers: vec![("x-amz-bucket-region", "us-west-2".to_owned())],
            ..Given::text(301, "")
        },
        Some("foreign") => Given::text(403, ""),
        _ => Given::text(404, ""),
    })
    .await;
    let aws = server.aws().await;
    let buckets = aws.buckets();
    let region = |head: Option<kiro_deploy::aws::BucketHead>| head.map(|head| head.region);
    assert_eq!(
        region(buckets.head("here").await.unwrap()),
        Some("eu-central-1".to_owned())
    );
    assert_eq!(
        region(buckets.head("elsewhere").await.unwrap()),
        Some("us-west-2".to_owned())
    );
    assert_eq!(region(buckets.head("missing").await.unwrap()), None);
    let error = buckets.head("foreign").await.unwrap_err();
    assert_eq!(
        (error.kind, error.action().as_str()),
        (Kind::Denied, "s3:ListBucket")
    );
}
