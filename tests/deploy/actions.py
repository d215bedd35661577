"""Which permissions a call needs: its action, those that AWS asks for along with it, and on which resources.

By the service authorization reference; the names of most actions are those of the calls.
"""

from dataclasses import dataclass

# Prefix of actions, where it is not the name in signatures.
PREFIXES = {"monitoring": "cloudwatch", "sso-admin": "sso"}

# Actions of S3's calls that are named otherwise.
S3 = {
    "ListBuckets": "ListAllMyBuckets",
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListParts": "ListMultipartUploadParts",
    "HeadObject": "GetObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "DeleteObjects": "DeleteObject",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
OTHERS = {"lambda:Invoke": "InvokeFunction"}

# Nobody needs a permission for these.
FREE = {"sts:GetCallerIdentity"}

# Asked for along with a call.
ALONG = {
    "s3:DeleteObjects": ["s3:DeleteObjectVersion"],
    # Whoever makes an asset changes it later: with a new version, another setting, other people.
    "quicksight:CreateDataSource": ["quicksight:TagResource", "quicksight:UpdateDataSource", "quicksight:UpdateDataSourcePermissions"],
    "quicksight:CreateDataSet": [
        "quicksight:PassDataSource",
        "quicksight:TagResource",
        "quicksight:UpdateDataSet",
        "quicksight:UpdateDataSetPermissions",
    ],
    "quicksight:CreateRefreshSchedule": ["quicksight:UpdateRefreshSchedule"],
    "quicksight:CreateTheme": ["quicksight:TagResource", "quicksight:UpdateTheme", "quicksight:UpdateThemePermissions"],
    "quicksight:CreateAnalysis": [
        "quicksight:PassDataSet",
        "quicksight:TagResource",
        "quicksight:UpdateAnalysis",
        "quicksight:UpdateAnalysisPermissions",
    ],
    "quicksight:CreateDashboard": [
        "quicksight:PassDataSet",
        "quicksight:TagResource",
        "quicksight:UpdateDashboard",
        "quicksight:UpdateDashboardPermissions",
        "quicksight:UpdateDashboardPublishedVersion",
    ],
    # A query reads the catalogue and the bucket, and leaves its result, as whoever asks it.
    "athena:StartQueryExecution": [
        "glue:GetDatabase",
        "glue:GetTable",
        "glue:GetTables",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:CreateTable",
        "glue:UpdateTable",
        "glue:DeleteTable",
        "lakeformation:GetDataAccess",
    ],
}

# What CloudFormation does for each type of resource in the templates, as whoever deploys.
OF_RESOURCES = {
    "AWS::S3::Bucket": "s3:CreateBucket s3:DeleteBucket s3:GetBucketTagging s3:PutBucketTagging s3:GetEncryptionConfiguration s3:PutEncryptionConfiguration "
    "s3:GetBucketVersioning s3:PutBucketVersioning s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration s3:GetBucketPublicAccessBlock "
    "s3:PutBucketPublicAccessBlock s3:GetBucketOwnershipControls s3:PutBucketOwnershipControls s3:GetBucketLogging s3:PutBucketLogging s3:ListBucket",
    "AWS::S3::BucketPolicy": "s3:GetBucketPolicy s3:PutBucketPolicy s3:DeleteBucketPolicy",
    "AWS::Glue::Database": "glue:CreateDatabase glue:GetDatabase glue:UpdateDatabase glue:DeleteDatabase",
    "AWS::Athena::WorkGroup": "athena:CreateWorkGroup athena:GetWorkGroup athena:UpdateWorkGroup athena:DeleteWorkGroup athena:TagResource "
    "athena:UntagResource athena:ListTagsForResource",
    "AWS::IAM::Role": "iam:CreateRole iam:GetRole iam:UpdateRole iam:UpdateRoleDescription iam:UpdateAssumeRolePolicy iam:DeleteRole iam:PutRolePolicy "
    "iam:GetRolePolicy iam:DeleteRolePolicy iam:ListRolePolicies iam:ListAttachedRolePolicies iam:PutRolePermissionsBoundary "
    "iam:DeleteRolePermissionsBoundary iam:TagRole iam:UntagRole iam:PassRole",
    "AWS::Lambda::Function": "lambda:CreateFunction lambda:GetFunction lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration lambda:DeleteFunction "
    "lambda:TagResource lambda:UntagResource lambda:ListTags lambda:GetFunctionCodeSigningConfig lambda:GetRuntimeManagementConfig",
    "AWS::Lambda::EventInvokeConfig": "lambda:PutFunctionEventInvokeConfig lambda:UpdateFunctionEventInvokeConfig lambda:GetFunctionEventInvokeConfig "
    "lambda:DeleteFunctionEventInvokeConfig",
    "AWS::Lambda::Permission": "lambda:AddPermission lambda:RemovePermission lambda:GetPolicy",
    "AWS::Logs::LogGroup": "logs:CreateLogGroup logs:DeleteLogGroup logs:DescribeLogGroups logs:PutRetentionPolicy logs:DeleteRetentionPolicy "
    "logs:TagResource logs:UntagResource logs:ListTagsForResource",
    "AWS::Scheduler::Schedule": "scheduler:CreateSchedule scheduler:GetSchedule scheduler:UpdateSchedule scheduler:DeleteSchedule",
    "AWS::Events::Rule": "events:PutRule events:DescribeRule events:DeleteRule events:PutTargets events:RemoveTargets events:ListTargetsByRule",
    "AWS::SQS::Queue": "sqs:CreateQueue sqs:GetQueueUrl sqs:GetQueueAttributes sqs:SetQueueAttributes sqs:DeleteQueue sqs:TagQueue sqs:UntagQueue sqs:ListQueueTags",
    "AWS::SQS::QueuePolicy": "sqs:SetQueueAttributes",
    "AWS::SNS::Topic": "sns:CreateTopic sns:GetTopicAttributes sns:SetTopicAttributes sns:DeleteTopic sns:Subscribe sns:Unsubscribe "
    "sns:ListSubscriptionsByTopic sns:TagResource sns:UntagResource sns:ListTagsForResource",
    "AWS::SNS::TopicPolicy": "sns:SetTopicAttributes",
    "AWS::CloudWatch::Alarm": "cloudwatch:PutMetricAlarm cloudwatch:DescribeAlarms cloudwatch:DeleteAlarms cloudwatch:TagResource "
    "cloudwatch:UntagResource cloudwatch:ListTagsForResource",
}


@dataclass(frozen=True)
class Place:
    """Where a deployment is, for ARNs."""

    prefix: str
    account: str
    exports: str
    service_role: str
    partition: str = "aws"

    def arn(self, service, resource, region="*"):
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{resource}"

    def bucket(self, name):
        return f"arn:{self.partition}:s3:::{name}"

    @property
    def identifier(self):
        return self.prefix.replace("-", "_")


def action_of(call):
    """The action of a call."""
    prefix = PREFIXES.get(call.service, call.service)
    name = S3.get(call.operation, call.operation) if call.service == "s3" else OTHERS.get(call.name, call.operation)
    return f"{prefix}:{name}"


def actions_of(call):
    """All actions that a call needs."""
    if call.name in FREE:
        return []
    return [action_of(call), *ALONG.get(call.name, [])]


# Resources by what actions begin with, the longest beginning first. None stands for actions that know no resources.
def resources_of(action, place, bucket=""):
    """What an action is allowed on. `bucket` is the one that a call of S3 named."""
    service, _, name = action.partition(":")
    chosen = {
        "s3": _of_s3,
        "iam": _of_iam,
        "quicksight": _of_quicksight,
        "glue": lambda *_: [
            place.arn("glue", "catalog"),
            place.arn("glue", f"database/{place.identifier}"),
            place.arn("glue", f"table/{place.identifier}/*"),
        ],
        "athena": lambda *_: (
            None if name in ("ListWorkGroups", "ListDataCatalogs") else [place.arn("athena", f"workgroup/{place.identifier}")]
        ),
        "cloudformation": lambda *_: (
            None
            if name in ("ListStacks", "ValidateTemplate", "GetTemplateSummary")
            else [place.arn("cloudformation", f"stack/{place.prefix}-*/*")]
        ),
        "lambda": lambda *_: (
            None if name in ("GetAccountSettings", "ListFunctions") else [place.arn("lambda", f"function:{place.prefix}-*")]
        ),
        "logs": lambda *_: [place.arn("logs", f"log-group:/aws/lambda/{place.prefix}-*")] if name != "DescribeLogGroups" else None,
        "scheduler": lambda *_: [place.arn("scheduler", f"schedule/default/{place.prefix}-*")],
        "events": lambda *_: [place.arn("events", f"rule/{place.prefix}-*")],
        "sqs": lambda *_: [place.arn("sqs", f"{place.prefix}-*")],
        "sns": lambda *_: [place.arn("sns", f"{place.prefix}-*")],
        "cloudwatch": lambda *_: (
            [place.arn("cloudwatch", f"alarm:{place.prefix}-*")]
            if name not in ("GetMetricData", "GetMetricStatistics", "ListMetrics")
            else None
        ),
    }.get(service)
    return tuple(chosen(name, place, bucket) or ["*"]) if chosen else ("*",)


def _of_s3(name, place, bucket):
    if name == "ListAllMyBuckets":
        return None
    objects = name in ("GetObject", "PutObject", "DeleteObject", "DeleteObjectVersion", "AbortMultipartUpload", "ListMultipartUploadParts")
    which = place.exports if bucket == place.exports else f"{place.prefix}-*"
    return [place.bucket(which + ("/*" if objects else ""))]


def _of_iam(name, place, _):
    if name.startswith(("List", "Simulate")) and name not in ("ListRolePolicies", "ListAttachedRolePolicies"):
        return None
    own = f"arn:{place.partition}:iam::{place.account}:role/{place.prefix}-*"
    served = f"arn:{place.partition}:iam::{place.account}:role/service-role/{place.service_role}"
    if name in ("AttachRolePolicy", "DetachRolePolicy"):
        return [served]
    return (
        [own, served]
        if name in ("GetRole", "GetRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "ListRolePolicies", "ListAttachedRolePolicies")
        else [own]
    )


QUICKSIGHT = {
    "Ingestion": "dataset/{prefix}-*",
    "RefreshSchedule": "dataset/{prefix}-*",
    "DataSource": "datasource/{prefix}-*",
    "DataSet": "dataset/{prefix}-*",
    "Dashboard": "dashboard/{prefix}-*",
    "Analysis": "analysis/{prefix}-*",
    "Theme": "theme/{prefix}-*",
}
# Lists of everything there is in an account, and the account itself.
WHOLE = {"ListDataSources", "ListDataSets", "ListDashboards", "ListAnalyses", "ListThemes", "ListUsers", "ListGroups", "ListNamespaces"}


def _of_quicksight(name, place, _):
    if name in ("TagResource", "UntagResource", "ListTagsForResource"):
        kinds = dict.fromkeys(QUICKSIGHT.values())
        return [place.arn("quicksight", kind.format(prefix=place.prefix)) for kind in kinds]
    for word, resource in QUICKSIGHT.items():
        if word in name and name not in WHOLE:
            return [place.arn("quicksight", resource.format(prefix=place.prefix))]
    return None
