//! Every client, failing in every way that AWS fails.

use std::pin::Pin;

use aws_smithy_types::Blob;
use kiro_deploy::aws::AwsErrorKind as Kind;
use kiro_deploy::aws::{Aws, AwsError, Context, Optional};
use serde_json::json;

use crate::cbor::cbor;
use crate::server::{Asked, Given, Server, sign_in};

/// One failure as the protocols write it: status, code, kind.
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

type Calling<'a> = Pin<Box<dyn Future<Output = Result<(), AwsError>> + 'a>>;

/// A call: its action and its request.
type CallCase = (
    &'static str,
    for<'a> fn(&'a Aws, &'static str) -> Calling<'a>,
);

/// A call whose answer does not matter.
macro_rules! case {
    ($action:literal, $client:ident, $operation:ident $(, $($member:tt)+)?) => {
        ($action, |aws, action| {
            Box::pin(async move {
                let call = aws.clients().$client.$operation()$($($member)+)?;
                call.send().await.map(drop).context(aws, action, "the `thing`")
            })
        })
    };
}

/// One call of each client.
const CASES: &[CallCase] = &[
    case!("athena:StartQueryExecution", athena, start_query_execution, .query_string("SELECT 1")),
    case!("cloudformation:CreateChangeSet", cloudformation, create_change_set, .stack_name("s").change_set_name("c")),
    case!("cloudwatch:DescribeAlarms", cloudwatch, describe_alarms),
    case!("glue:GetTable", glue, get_table, .database_name("d").name("t")),
    case!("iam:GetRole", iam, get_role, .role_name("r")),
    case!("identitystore:ListUsers", identity_store, list_users, .identity_store_id("d-1234567890")),
    case!("kms:DescribeKey", kms, describe_key, .key_id("k")),
    case!(
        "lakeformation:GetDataLakeSettings",
        lake_formation,
        get_data_lake_settings
    ),
    case!("lambda:Invoke", lambda, invoke, .function_name("f").payload(Blob::new("{}"))),
    case!("logs:FilterLogEvents", logs, filter_log_events, .log_group_name("g")),
    case!("quicksight:DescribeDashboard", quicksight, describe_dashboard, .aws_account_id("123456789012").dashboard_id("d")),
    case!("s3:GetBucketPolicy", s3, get_bucket_policy, .bucket("b")),
    case!("scheduler:GetSchedule", scheduler, get_schedule, .name("n")),
    case!("sqs:GetQueueAttributes", sqs, get_queue_attributes, .queue_url("http://queue")),
    case!("sso:ListInstances", sso_admin, list_instances),
    case!("sts:AssumeRole", sts, assume_role, .role_arn("r").role_session_name("s")),
];

/// A refusal in the protocol of the request: XML for forms and S3, CBOR for `CloudWatch`, else JSON with the code in a header.
fn refusal(asked: &Asked, status: u16, code: &str) -> Given {
    let error = format!("<Code>{code}</Code><Message>the reason</Message>");
    if asked.header("authorization").contains("/s3/") {
        return Given::text(status, &format!("<Error>{error}</Error>"));
    }
    if asked.header("smithy-protocol") == "rpc-v2-cbor" {
        return cbor(status, &json!({"__type": code, "message": "the reason"}));
    }
    if asked.body.starts_with("Action=") {
        let text =
            format!("<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>");
        return Given::text(status, &text);
    }
    Given {
        headers: vec![(
            "x-amzn-errortype",
            format!("{code}:http://internal.amazon.com/"),
        )],
        ..Given::text(
            status,
            &format!(r#"{{"__type": "{code}", "message": "the reason"}}"#),
        )
    }
}

#[tokio::test]
async fn every_client_reports_failure_reason_and_hint() {
    for (status, code, kind) in FAILURES {
        let server = Server::start(move |asked| refusal(asked, *status, code)).await;
        let aws = server.aws().await;
        for (action, call) in CASES {
            let error = call(&aws, action).await.unwrap_err();
            let context = format!("{action} {code}: {error}");
            assert_eq!(error.kind, *kind, "{context}");
            assert_eq!(error.code, *code, "{context}");
            let text = error.to_string();
            let start = format!("`{action}` for the `thing` ");
            assert!(text.starts_with(&start), "{text}");
            assert!(text.contains("the reason") && text.contains(code), "{text}");
            assert!(!error.hint().is_empty(), "{context}");
        }
    }
}

/// `optional` turns a missing resource into `None`.
#[tokio::test]
async fn every_client_recognizes_missing_resources() {
    let server = Server::start(|asked| refusal(asked, 404, "ResourceNotFoundException")).await;
    let aws = server.aws().await;
    for (action, call) in CASES {
        let found = call(&aws, action).await.optional();
        assert_eq!(found.unwrap(), None, "{action}");
    }
}

#[tokio::test]
async fn an_endpoint_without_a_listener_is_unreachable() {
    // A port without a listener.
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
}

#[tokio::test]
async fn an_invalid_response_is_an_error() {
    let server =
        Server::start(|_| Given::text(200, "<html>sign in to the guest network</html>")).await;
    let aws = server.aws().await;
    for (action, call) in CASES {
        // These read headers, or accept any body.
        if matches!(*action, "lambda:Invoke" | "s3:GetBucketPolicy") {
            continue;
        }
        let error = call(&aws, action).await.unwrap_err();
        assert_eq!(error.kind, Kind::Other, "{action}: {error}");
    }
}

#[tokio::test]
async fn errors_without_a_code_are_classified_by_message() {
    let server = Server::start(|_| {
        Given::text(
            400,
            "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id kiro-data does not exist</Message></Error></ErrorResponse>",
        )
    })
    .await;
    let aws = server.aws().await;
    let call = aws.clients().cloudformation.describe_stacks();
    let found = call.stack_name("kiro-data").send().await;
    let found = found
        .context(&aws, "cloudformation:DescribeStacks", "stack `kiro-data`")
        .optional();
    assert!(found.unwrap().is_none());
}

#[tokio::test]
async fn a_bucket_exists_is_in_another_region_denied_or_missing() {
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
