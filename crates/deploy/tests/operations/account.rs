//! An account with a healthy deployment, on a server of this test. Any operation can be made to fail.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use kiro_config::{Flag, Layers, Problems, Resolved};
use kiro_deploy::aws::{Aws, AwsError};
use kiro_deploy::preflight::{PreflightInput, PreflightReport};
use kiro_deploy::status::{Status, StatusRequest};
use kiro_deploy::{Names, Stack};
use serde_json::{Value, json};

use crate::cbor::cbor;
use crate::operation::operation;
use crate::server::{Asked, Given, Server};

pub(crate) const PREFIX: &str = "kiro-analytics";
const RESULTS: &str = "kiro-analytics-data-resultsbucket-1";
const CODE: &str = "kiro-analytics-code-123456789012-eu-central-1";
const PART: &str = "normalized/facts/export_date=2026-07-10/part-0123456789abcdef.parquet";
const EXPORT: &str = "logs/AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/10/00/KIRO_IDE_123456789012_user_report_202607100000.csv";

/// The failures of a call: status and code.
pub(crate) const FAILURES: [(u16, &str); 6] = [
    (403, "AccessDeniedException"),
    (400, "ThrottlingException"),
    (404, "ResourceNotFoundException"),
    (409, "ConflictException"),
    (403, "ExpiredTokenException"),
    (500, "InternalFailure"),
];

/// A call that fails.
pub(crate) type Fault = Option<(String, u16, &'static str)>;

/// The account.
pub(crate) struct Account {
    pub(crate) aws: Aws,
    pub(crate) names: Names,
    pub(crate) resolved: Resolved,
    pub(crate) stack: Stack,
    server: Server,
    fault: Arc<Mutex<Fault>>,
    foreign: Arc<Mutex<Vec<&'static str>>>,
}

impl Account {
    pub(crate) async fn new() -> Self {
        let fault: Arc<Mutex<Fault>> = Arc::default();
        let gone: Mutex<BTreeSet<String>> = Mutex::default();
        let failing = Arc::clone(&fault);
        let foreign: Arc<Mutex<Vec<&'static str>>> = Arc::default();
        let listed = Arc::clone(&foreign);
        let server = Server::start(move |asked| {
            let name = operation(asked);
            if let Some((failed, status, code)) = failing.lock().unwrap().clone()
                && failed == name
            {
                return refusal(asked, status, code);
            }
            let keys = listed.lock().unwrap().clone();
            if name == "ListObjectVersions" && asked.path.contains(RESULTS) && !keys.is_empty() {
                return versions(asked, &keys);
            }
            answer(asked, &name, &mut gone.lock().unwrap())
        })
        .await;
        let aws = server.aws().await;
        let names = Names::new(PREFIX, &aws);
        let stack = Stack::find(&aws, &names.data_stack()).await.unwrap();
        Self {
            resolved: resolved(),
            names,
            stack: stack.unwrap(),
            aws,
            server,
            fault,
            foreign,
        }
    }

    /// Adds old versions of objects to the results bucket, on the second page of a listing.
    pub(crate) fn hold(&self, keys: &[&'static str]) {
        *self.foreign.lock().unwrap() = keys.to_vec();
    }

    /// From now on this operation fails.
    pub(crate) fn fail(&self, operation: &str, status: u16, code: &'static str) {
        *self.fault.lock().unwrap() = Some((operation.to_owned(), status, code));
    }

    /// All checks, of the stack that is deployed.
    pub(crate) async fn preflight(&self) -> PreflightReport {
        let stack = Stack::find(&self.aws, &self.names.data_stack()).await;
        self.preflight_of(stack).await
    }

    /// All checks, of this stack.
    pub(crate) async fn preflight_of(
        &self,
        stack: Result<Option<Stack>, AwsError>,
    ) -> PreflightReport {
        let subject = PreflightInput {
            aws: Ok(self.aws.clone()),
            prefix: PREFIX.to_owned(),
            stack,
            resolved: Ok(resolved()),
            problems: Problems(Vec::new()),
            version: "0.1.0".to_owned(),
            function_folders: Vec::new(),
            now: "2026-07-11T03:15:00Z".parse().unwrap(),
        };
        subject.check().await
    }

    /// The status at a time.
    pub(crate) async fn status(&self, now: &str) -> Status {
        let request = StatusRequest {
            aws: &self.aws,
            names: &self.names,
            settings: &self.resolved.settings,
            stack: &self.stack,
            version: "0.1.0",
            now: now.parse().unwrap(),
        };
        Box::pin(Status::observe(&request)).await
    }

    /// All requests.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.server.asked()
    }

    /// The requested operations.
    pub(crate) fn operations(&self) -> BTreeSet<String> {
        self.server.asked().iter().map(operation).collect()
    }
}

pub(crate) fn resolved() -> Resolved {
    let layers = Layers::of_flags(vec![
        Flag::set("exports", "s3://example-kiro-reports/logs"),
        Flag::set(
            "owners",
            "arn:aws:quicksight:eu-central-1:123456789012:user/default/alice",
        ),
        Flag::set(
            "readers",
            "arn:aws:quicksight:eu-central-1:123456789012:group/default/all",
        ),
        Flag::set("identity_store", "d-1234567890"),
        // Which datasets this one needs is in no account.
        Flag::set("dashboard", "our-own.yaml"),
    ]);
    layers.resolve(None).unwrap()
}

/// Returns true if the request is for `CloudWatch`, which uses CBOR.
fn is_cbor(asked: &Asked) -> bool {
    asked.path.starts_with("/service/")
}

fn refusal(asked: &Asked, status: u16, code: &str) -> Given {
    if is_cbor(asked) {
        let body =
            json!({"__type": format!("com.amazonaws.cloudwatch#{code}"), "message": "the reason"});
        return cbor(status, &body);
    }
    if asked.header("authorization").contains("/s3/") {
        let text = format!("<Error><Code>{code}</Code><Message>the reason</Message></Error>");
        return Given::text(status, &text);
    }
    if asked.body.starts_with("Action=") {
        let text = format!(
            "<ErrorResponse><Error><Code>{code}</Code><Message>the reason</Message></Error></ErrorResponse>"
        );
        return Given::text(status, &text);
    }
    Given {
        headers: vec![("x-amzn-errortype", code.to_owned())],
        ..Given::text(status, r#"{"message": "the reason"}"#)
    }
}

/// The responses of a healthy account. Remembers deletions that later requests depend on.
fn answer(asked: &Asked, name: &str, gone: &mut BTreeSet<String>) -> Given {
    let bucket = asked.path.trim_start_matches('/');
    let bucket = bucket.split(['/', '?']).next().unwrap_or_default();
    match name {
        "DescribeStacks" | "ListStackResources" | "DeleteStack" => stack(asked, name, gone),
        "DeleteBucket" | "DeleteObjects" => {
            gone.insert(format!("{name} {bucket}"));
            Given::text(200, "<DeleteResult/>")
        }
        "HeadBucket" if gone.contains(&format!("DeleteBucket {bucket}")) => Given::text(404, ""),
        "HeadBucket" => Given {
            headers: vec![("x-amz-bucket-region", "eu-central-1".to_owned())],
            ..Given::text(200, "")
        },
        "ListObjectVersions" if gone.contains(&format!("DeleteObjects {bucket}")) => {
            Given::text(200, "<ListVersionsResult/>")
        }
        // The account has no role for S3 and Athena alone.
        "GetRole" | "GetRolePolicy" if asked.body.contains("s3-consumers-role") => {
            refusal(asked, 404, "NoSuchEntity")
        }
        _ if asked.body.starts_with("Action=") => Given::text(200, &of_iam(name)),
        _ if asked.header("authorization").contains("/s3/") => {
            Given::text(200, &of_s3(asked, name))
        }
        _ if is_cbor(asked) => cbor(200, &of_json(asked, name)),
        _ => Given::json(&of_json(asked, name)),
    }
}

fn stack(asked: &Asked, name: &str, gone: &mut BTreeSet<String>) -> Given {
    if name == "DeleteStack" {
        gone.insert("stack".to_owned());
        return Given::text(200, "<DeleteStackResponse/>");
    }
    let is_optional = ["identity", "analytics-reports"];
    let is_missing = is_optional.iter().any(|part| asked.body.contains(part));
    if is_missing || gone.contains("stack") {
        return Given::text(
            400,
            "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>",
        );
    }
    let output = |key: &str, value: &str| {
        format!("<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>")
    };
    let resource = |id: &str, physical: &str, kind: &str| {
        format!(
            "<member><LogicalResourceId>{id}</LogicalResourceId><PhysicalResourceId>{physical}</PhysicalResourceId>\
             <ResourceType>{kind}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>"
        )
    };
    let text = if name == "DescribeStacks" {
        let outputs = [
            output("ResultsBucketName", RESULTS),
            output("DatabaseName", "kiro_analytics"),
            output("WorkgroupName", "kiro_analytics"),
            output("NormalizerLogGroupName", "/aws/lambda/f"),
            output("ScheduleName", "nightly"),
            output("DeadLettersUrl", "https://sqs/dead"),
            output("ProductVersion", "0.1.0"),
        ];
        let name = if asked.body.contains("follow-up") {
            "follow-up"
        } else {
            "data"
        };
        format!(
            "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>kiro-analytics-{name}</StackName>\
             <StackStatus>CREATE_COMPLETE</StackStatus><Outputs>{}</Outputs><Tags><member><Key>kiro-analytics:deployment</Key>\
             <Value>{PREFIX}</Value></member></Tags></member></Stacks></DescribeStacksResult></DescribeStacksResponse>",
            outputs.concat()
        )
    } else if asked.body.contains("follow-up") {
        let resources = [
            resource("FailedAlarm", "failed", "AWS::CloudWatch::Alarm"),
            resource("FollowUp", "g", "AWS::Lambda::Function"),
        ];
        format!(
            "<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>{}</StackResourceSummaries>\
             </ListStackResourcesResult></ListStackResourcesResponse>",
            resources.concat()
        )
    } else {
        let resources = [
            resource("ResultsBucket", RESULTS, "AWS::S3::Bucket"),
            resource("FailedAlarm", "failed", "AWS::CloudWatch::Alarm"),
            resource("Normalizer", "f", "AWS::Lambda::Function"),
            resource("Schedule", "nightly", "AWS::Scheduler::Schedule"),
        ];
        format!(
            "<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>{}</StackResourceSummaries>\
             </ListStackResourcesResult></ListStackResourcesResponse>",
            resources.concat()
        )
    };
    Given::text(200, &text)
}

/// Parts on the first page of a listing of versions, other keys on the second one.
fn versions(asked: &Asked, others: &[&str]) -> Given {
    if !asked.path.contains("key-marker=") {
        let page = format!(
            "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>{PART}</NextKeyMarker>\
             <NextVersionIdMarker>1</NextVersionIdMarker><Version><Key>{PART}</Key><VersionId>1</VersionId></Version></ListVersionsResult>"
        );
        return Given::text(200, &page);
    }
    let page = others.iter().map(|key| {
        format!(
            "<Version><Key>{key}</Key><VersionId>3</VersionId><IsLatest>false</IsLatest></Version>"
        )
    });
    let page = page.collect::<String>();
    Given::text(
        200,
        &format!("<ListVersionsResult>{page}</ListVersionsResult>"),
    )
}

fn of_iam(name: &str) -> String {
    let inner = match name {
        "GetRole" => {
            "<Role><Arn>arn:aws:iam::123456789012:role/service-role/r</Arn>\
             <AssumeRolePolicyDocument>quicksight.amazonaws.com</AssumeRolePolicyDocument></Role>"
        }
        "GetRolePolicy" => "<PolicyName>kiro-analytics-QuickSightS3Access</PolicyName>",
        _ => "<IsTruncated>false</IsTruncated>",
    };
    format!("<{name}Response><{name}Result>{inner}</{name}Result></{name}Response>")
}

fn of_s3(asked: &Asked, name: &str) -> String {
    let is_exports = asked.path.starts_with("/example-kiro-reports");
    match name {
        "ListBuckets" => format!(
            "<ListAllMyBucketsResult><Buckets><Bucket><Name>{RESULTS}</Name></Bucket></Buckets></ListAllMyBucketsResult>"
        ),
        "ListObjectsV2" if is_exports && asked.path.contains("KiroLogs%2Fuser_report") => format!(
            "<ListBucketResult><Contents><Key>{EXPORT}</Key><Size>9</Size><LastModified>2026-07-10T02:03:00Z</LastModified></Contents></ListBucketResult>"
        ),
        "ListObjectsV2" if asked.path.contains("KiroLogs") || asked.path.contains("QDeveloperLogs") => {
            "<ListBucketResult/>".to_owned()
        }
        "ListObjectsV2" if asked.path.contains(CODE) => {
            "<ListBucketResult><CommonPrefixes><Prefix>functions/</Prefix></CommonPrefixes></ListBucketResult>".to_owned()
        }
        "ListObjectsV2" => "<ListBucketResult><CommonPrefixes><Prefix>normalized/</Prefix></CommonPrefixes><Contents>\
             <Key>normalized/facts/export_date=2026-07-10/part-0.parquet</Key><Size>9</Size></Contents></ListBucketResult>"
            .to_owned(),
        "GetObject" => "Date,UserId,Client_Type,Total_Messages\n2026-07-09,u1,KIRO_IDE,3\n".to_owned(),
        "GetBucketTagging" => format!(
            "<Tagging><TagSet><Tag><Key>kiro-analytics:deployment</Key><Value>{PREFIX}</Value></Tag></TagSet></Tagging>"
        ),
        "GetBucketPolicy" if asked.path.contains(RESULTS) => {
            json!({"Statement": [{"Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}).to_string()
        }
        "GetBucketPolicy" => json!({"Statement": [{"Effect": "Allow", "Principal": {"Service": "q.amazonaws.com"},
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::example-kiro-reports/*"}]})
        .to_string(),
        "GetBucketEncryption" => "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>\
             <SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
            .to_owned(),
        "GetBucketVersioning" => {
            "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>".to_owned()
        }
        "GetPublicAccessBlock" => "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>\
             <IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>\
             <RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>"
            .to_owned(),
        "ListObjectVersions" => format!(
            "<ListVersionsResult><Version><Key>{PART}</Key><VersionId>1</VersionId></Version>\
             <DeleteMarker><Key>{PART}</Key><VersionId>2</VersionId></DeleteMarker></ListVersionsResult>"
        ),
        other => panic!("unexpected operation {other}"),
    }
}

fn of_json(asked: &Asked, name: &str) -> Value {
    let everyone = json!([{"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}]);
    let id = asked.path.rsplit('/').next().unwrap_or_default();
    match name {
        "GetAccountSettings" => {
            json!({"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}})
        }
        "GetDataLakeSettings" => {
            json!({"DataLakeSettings": {"CreateDatabaseDefaultPermissions": everyone,
            "CreateTableDefaultPermissions": everyone}})
        }
        "ListPermissions" => {
            json!({"PrincipalResourcePermissions": [{"Principal": {"DataLakePrincipalIdentifier": "r"},
            "Resource": {"Database": {"Name": "kiro_analytics"}}, "Permissions": ["DESCRIBE"]}]})
        }
        "GetDatabase" => json!({"Database": {"Name": "kiro_analytics"}}),
        "GetWorkGroup" => json!({"WorkGroup": {"Name": "kiro_analytics"}}),
        "GetTables" => json!({"TableList": [{"Name": "report_facts", "TableType": "VIRTUAL_VIEW",
            "Parameters": {"kiro_analytics_ddl": "1"}}]}),
        "DescribeAccountSubscription" => {
            json!({"AccountInfo": {"Edition": "ENTERPRISE", "AccountSubscriptionStatus": "ACCOUNT_CREATED"}})
        }
        "DescribeUser" => json!({"User": {"UserName": "alice", "Role": "ADMIN", "Active": true}}),
        "DescribeGroup" => json!({"Group": {"GroupName": "all"}}),
        "ListDashboards" => listed("DashboardSummaryList", "DashboardId", "kiro"),
        "ListAnalyses" => listed("AnalysisSummaryList", "AnalysisId", "kiro"),
        "ListDataSets" => listed("DataSetSummaries", "DataSetId", "user-totals"),
        "ListDataSources" => listed("DataSources", "DataSourceId", "athena"),
        "ListThemes" => listed("ThemeSummaryList", "ThemeId", "light"),
        "ListTagsForResource" => {
            json!({"Tags": [{"Key": "kiro-analytics:deployment", "Value": PREFIX}]})
        }
        "DescribeDashboard" => json!({"Dashboard": {"Version": {"Status": "CREATION_SUCCESSFUL"}}}),
        "ListIngestions" => {
            json!({"Ingestions": [{"IngestionId": "1", "IngestionStatus": "COMPLETED", "CreatedTime": 1_783_739_701.0}]})
        }
        "DescribeIngestion" => {
            json!({"Ingestion": {"IngestionId": id, "IngestionStatus": "COMPLETED",
            "RowInfo": {"RowsIngested": 7}}})
        }
        "FilterLogEvents" => json!({"events": [{"timestamp": 1_783_739_700_000_i64,
            "message": json!({"_aws": {"Timestamp": 1_783_739_700_000_i64}, "FilesProcessed": 1}).to_string()}]}),
        "DescribeAlarms" => {
            json!({"MetricAlarms": [{"AlarmName": "failed", "StateValue": "OK", "AlarmDescription": "A run failed. More."}]})
        }
        "GetSchedule" => json!({"ScheduleExpression": "rate(1 day)", "State": "ENABLED"}),
        "GetQueueAttributes" => json!({"Attributes": {"ApproximateNumberOfMessages": "0"}}),
        _ => json!({}),
    }
}

fn listed(list: &str, id: &str, name: &str) -> Value {
    let id_of_asset = format!("{PREFIX}-{name}");
    json!({ list: [
        { id: id_of_asset, "Arn": format!("arn:aws:quicksight:eu-central-1:123456789012:x/{id_of_asset}"), "Name": name },
        { id: "somebody-elses", "Arn": "arn:x", "Name": "not ours" },
    ]})
}
