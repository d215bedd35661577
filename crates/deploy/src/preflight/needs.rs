//! What a deployment does in an account, as actions on examples of what they are done to. `docs/permissions.md` has the whole policy.

use super::Place;

/// Actions, and an example of what they are done to.
pub(super) struct Need {
    pub(super) actions: &'static [&'static str],
    pub(super) resource: String,
}

const STACK: &[&str] = &[
    "cloudformation:DescribeStacks",
    "cloudformation:CreateChangeSet",
    "cloudformation:DescribeChangeSet",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:DescribeStackEvents",
    "cloudformation:ListStackResources",
];
const CODE_BUCKET: &[&str] = &["s3:CreateBucket", "s3:PutBucketTagging", "s3:ListBucket"];
const CODE: &[&str] = &["s3:PutObject", "s3:GetObject"];
const RESULTS_BUCKET: &[&str] = &[
    "s3:CreateBucket",
    "s3:PutBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
];
const ROLE: &[&str] = &[
    "iam:CreateRole",
    "iam:GetRole",
    "iam:PutRolePolicy",
    "iam:PassRole",
    "iam:TagRole",
];
const FUNCTION: &[&str] = &[
    "lambda:CreateFunction",
    "lambda:GetFunction",
    "lambda:InvokeFunction",
    "lambda:UpdateFunctionCode",
];
const LOGS: &[&str] = &[
    "logs:CreateLogGroup",
    "logs:PutRetentionPolicy",
    "logs:FilterLogEvents",
];
const SCHEDULE: &[&str] = &["scheduler:CreateSchedule", "scheduler:GetSchedule"];
const QUEUE: &[&str] = &["sqs:CreateQueue", "sqs:SetQueueAttributes"];
const ALARM: &[&str] = &["cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms"];
const WORKGROUP: &[&str] = &[
    "athena:CreateWorkGroup",
    "athena:GetWorkGroup",
    "athena:StartQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
];
const DATABASE: &[&str] = &["glue:CreateDatabase", "glue:GetDatabase"];
const TABLE: &[&str] = &[
    "glue:CreateTable",
    "glue:UpdateTable",
    "glue:GetTable",
    "glue:GetTables",
];
const SERVICE_ROLE: &[&str] = &[
    "iam:GetRole",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:ListAttachedRolePolicies",
];
const DATA_SOURCE: &[&str] = &[
    "quicksight:CreateDataSource",
    "quicksight:UpdateDataSource",
    "quicksight:DescribeDataSource",
    "quicksight:PassDataSource",
];
const DATA_SET: &[&str] = &[
    "quicksight:CreateDataSet",
    "quicksight:UpdateDataSet",
    "quicksight:DescribeDataSet",
    "quicksight:PassDataSet",
    "quicksight:CreateRefreshSchedule",
];
const DASHBOARD: &[&str] = &[
    "quicksight:CreateDashboard",
    "quicksight:UpdateDashboard",
    "quicksight:DescribeDashboard",
    "quicksight:UpdateDashboardPermissions",
    "quicksight:TagResource",
];
const ANALYSIS: &[&str] = &[
    "quicksight:CreateAnalysis",
    "quicksight:UpdateAnalysis",
    "quicksight:DescribeAnalysis",
];

/// Everything that is tried.
pub(super) fn needs(place: &Place<'_>) -> Vec<Need> {
    let mut all = of_stack(place);
    all.extend(of_exports(place));
    if place.settings().quicksight {
        all.extend(of_quicksight(place));
    }
    all
}

fn need(actions: &'static [&'static str], resource: String) -> Need {
    Need { actions, resource }
}

fn of_stack(place: &Place<'_>) -> Vec<Need> {
    let (aws, names, settings) = (place.aws, place.names, place.settings());
    let stack = names.data_stack();
    let (database, code) = (settings.database(names), settings.code_bucket(names));
    let bucket = |rest: &str| format!("arn:{}:s3:::{rest}", aws.partition());
    let here = |service: &str, rest: String| aws.arn(service, &rest);
    let function = format!("{stack}-normalize-report");
    vec![
        need(STACK, here("cloudformation", format!("stack/{stack}/1"))),
        need(CODE_BUCKET, bucket(&code)),
        need(CODE, bucket(&format!("{code}/functions/a.zip"))),
        need(RESULTS_BUCKET, bucket(&format!("{stack}-resultsbucket-1"))),
        need(ROLE, role(place, &format!("{stack}-NormalizerRole-1"))),
        need(FUNCTION, here("lambda", format!("function:{function}"))),
        need(
            LOGS,
            here("logs", format!("log-group:/aws/lambda/{function}")),
        ),
        need(
            SCHEDULE,
            here("scheduler", format!("schedule/default/{stack}-Schedule-1")),
        ),
        need(QUEUE, here("sqs", format!("{stack}-DeadLetters-1"))),
        need(
            ALARM,
            here("cloudwatch", format!("alarm:{stack}-FailedAlarm-1")),
        ),
        need(
            WORKGROUP,
            here("athena", format!("workgroup/{}", settings.workgroup(names))),
        ),
        need(DATABASE, here("glue", format!("database/{database}"))),
        need(
            TABLE,
            here("glue", format!("table/{database}/report_facts")),
        ),
    ]
}

fn of_quicksight(place: &Place<'_>) -> Vec<Need> {
    let (names, settings) = (place.names, place.settings());
    let asset = |kind: &str, id: String| place.aws.arn("quicksight", &format!("{kind}/{id}"));
    let service_role = format!("service-role/{}", settings.quicksight_role);
    vec![
        need(SERVICE_ROLE, role(place, &service_role)),
        need(DATA_SOURCE, asset("datasource", names.data_source_id())),
        need(DATA_SET, asset("dataset", names.dataset_id("user_totals"))),
        need(DASHBOARD, asset("dashboard", names.dashboard_id("kiro"))),
        need(ANALYSIS, asset("analysis", names.dashboard_id("kiro"))),
    ]
}

fn of_exports(place: &Place<'_>) -> Vec<Need> {
    let partition = place.aws.partition();
    let mut needs: Vec<Need> = Vec::new();
    for folder in place.settings().source_folders(place.aws.account()) {
        let bucket = format!("arn:{partition}:s3:::{}", folder.bucket);
        needs.push(need(
            &["s3:GetObject"],
            format!("{bucket}/{}a.csv", folder.folder),
        ));
        if !needs.iter().any(|need| need.resource == bucket) {
            needs.push(need(&["s3:ListBucket"], bucket));
        }
    }
    needs
}

fn role(place: &Place<'_>, rest: &str) -> String {
    let (partition, account) = (place.aws.partition(), place.aws.account());
    format!("arn:{partition}:iam::{account}:role/{rest}")
}
