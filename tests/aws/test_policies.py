"""Permissions: repeats all actions and resources of all policies in the templates, and explains each wildcard."""

import unittest

from policies import statements
from template import DATA_LAYER, FOLLOW_UP, IDENTITY_MAPPING, Resolver, parse
from template import REPORTS as REPORTS_TEMPLATE

REPORTS = "kiro-logs/AWSLogs/123456789012/KiroLogs/user_report/"
LEGACY = "exports/AWSLogs/210987654321/QDeveloperLogs/by_user_analytic/"

SMALLEST = {
    "SourceBuckets": "example-kiro-reports",
    "SourcePrefixes": f"example-kiro-reports/{REPORTS}",
    "SourceKeyPrefixes": REPORTS,
    "CodeBucket": "example-code",
    "CodeKey": "normalize-report.zip",
}
LARGEST = SMALLEST | {
    "SourceBuckets": "example-kiro-reports,example-other-account",
    "SourcePrefixes": f"example-kiro-reports/{REPORTS},example-other-account/{LEGACY}",
    "SourceKeyPrefixes": f"{REPORTS},{LEGACY}",
    "SourceKmsKeyArns": "arn:{partition}:kms:eu-central-1:123456789012:key/source,arn:{partition}:kms:eu-west-1:210987654321:key/other",
    "ResultsKmsKeyArn": "arn:{partition}:kms:eu-central-1:123456789012:key/results",
    "ReadOnArrival": "true",
    "AlarmEmail": "alice@example.com",
}

STORE = "d-1234567890"
IDENTITY_SMALLEST = {"IdentityStoreId": STORE, "ResultsBucket": "example-results", "CodeBucket": "example-code", "CodeKey": "identity-map.zip"}
IDENTITY_LARGEST = IDENTITY_SMALLEST | {
    "RosterObject": "example-people/roster.csv",
    "ResultsKmsKeyArn": "arn:{partition}:kms:eu-central-1:123456789012:key/results",
}
IDENTITY_BY_ROLE = IDENTITY_SMALLEST | {"IdentityRoleArn": "arn:{partition}:iam::210987654321:role/identity-reader"}

# Actions and resources of each Allow statement, with all options on. `{p}` is the partition.
ALLOWED = {
    "NormalizerRole.statement0": (["sts:AssumeRole"], []),
    "NormalizerRole.ReadExports": (
        ["s3:GetObject"],
        [f"arn:{{p}}:s3:::example-kiro-reports/{REPORTS}*", f"arn:{{p}}:s3:::example-other-account/{LEGACY}*"],
    ),
    "NormalizerRole.ListExports": (
        ["s3:ListBucket"],
        ["arn:{p}:s3:::example-kiro-reports", "arn:{p}:s3:::example-other-account"],
    ),
    "NormalizerRole.WriteParts": (
        ["s3:PutObject", "s3:AbortMultipartUpload"],
        ["arn:{p}:s3:::stack-resultsbucket/normalized/*"],
    ),
    "NormalizerRole.ListParts": (["s3:ListBucket"], ["arn:{p}:s3:::stack-resultsbucket"]),
    "NormalizerRole.DecryptExports": (
        ["kms:Decrypt"],
        ["arn:{p}:kms:eu-central-1:123456789012:key/source", "arn:{p}:kms:eu-west-1:210987654321:key/other"],
    ),
    "NormalizerRole.EncryptParts": (
        ["kms:GenerateDataKey", "kms:Decrypt"],
        ["arn:{p}:kms:eu-central-1:123456789012:key/results"],
    ),
    "NormalizerRole.ReportRuns": (["events:PutEvents"], ["arn:{p}:events:eu-central-1:123456789012:event-bus/default"]),
    "NormalizerRole.WriteLogs": (
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        ["arn:{p}:logs:eu-central-1:123456789012:log-group:/aws/lambda/kiro-data-normalize-report:*"],
    ),
    "ScheduleRole.statement0": (["sts:AssumeRole"], []),
    "ScheduleRole.StartNormalizer": (
        ["lambda:InvokeFunction"],
        ["arn:{p}:lambda:eu-central-1:123456789012:function:kiro-data-normalize-report"],
    ),
    "ScheduleRole.KeepFailedEvents": (["sqs:SendMessage"], ["arn:{p}:sqs:eu-central-1:123456789012:stack-deadletters"]),
    "DeadLettersPolicy.KeepFailedArrivals": (["sqs:SendMessage"], ["arn:{p}:sqs:eu-central-1:123456789012:stack-deadletters"]),
    "AlarmTopicPolicy.AlarmsMayPublish": (["sns:Publish"], ["arn:{p}:sns:eu-central-1:123456789012:stack-alarmtopic"]),
}

# Conditions that limit statements; none may be missing.
NARROWED = {
    "NormalizerRole.ListExports": {f"StringLike s3:prefix {REPORTS}*", f"StringLike s3:prefix {LEGACY}*"},
    "NormalizerRole.WriteParts": {"StringEquals aws:ResourceAccount 123456789012"},
    "NormalizerRole.ListParts": {"StringLike s3:prefix normalized/*", "StringEquals aws:ResourceAccount 123456789012"},
    "NormalizerRole.DecryptExports": {"StringLike kms:ViaService s3.*.amazonaws.com"},
    "NormalizerRole.EncryptParts": {"StringEquals kms:ViaService s3.eu-central-1.amazonaws.com"},
    "ScheduleRole.statement0": {
        "StringEquals aws:SourceAccount 123456789012",
        "StringEquals aws:SourceArn arn:aws:scheduler:eu-central-1:123456789012:schedule-group/default",
    },
    "DeadLettersPolicy.KeepFailedArrivals": {"ArnEquals aws:SourceArn arn:aws:events:eu-central-1:123456789012:rule/stack-arrivalrule"},
    "AlarmTopicPolicy.AlarmsMayPublish": {
        "StringEquals aws:SourceAccount 123456789012",
        "ArnLike aws:SourceArn arn:aws:cloudwatch:eu-central-1:123456789012:alarm:*",
    },
}

# Wildcards in Allow statements, each with its reason.
WILDCARDS = {
    ("NormalizerRole.ReadExports", "resources", f"arn:{{p}}:s3:::example-kiro-reports/{REPORTS}*"): "new exports get new keys below the folder",
    ("NormalizerRole.ReadExports", "resources", f"arn:{{p}}:s3:::example-other-account/{LEGACY}*"): "new exports get new keys below the folder",
    ("NormalizerRole.WriteParts", "resources", "arn:{p}:s3:::stack-resultsbucket/normalized/*"): "parts are named after their content",
    (
        "NormalizerRole.WriteLogs",
        "resources",
        "arn:{p}:logs:eu-central-1:123456789012:log-group:/aws/lambda/kiro-data-normalize-report:*",
    ): "Lambda names the log streams; the ARN of a group's streams is written with this star",
}

# The same for the template of the identity mapping.
IDENTITY_ALLOWED = {
    # The account's own policies decide about its key.
    "MapKey.AccountDecides": (["kms:*"], ["*"]),
    "AccessLogsPolicy.WriteAccessLogs": (["s3:PutObject"], ["arn:{p}:s3:::stack-accesslogs/access-logs/*"]),
    "MapRole.statement0": (["sts:AssumeRole"], []),
    "MapRole.ReadParts": (
        ["s3:GetObject"],
        ["arn:{p}:s3:::example-results/normalized/facts/*", "arn:{p}:s3:::example-results/normalized/code/*"],
    ),
    "MapRole.ListParts": (["s3:ListBucket"], ["arn:{p}:s3:::example-results"]),
    "MapRole.ReplaceMap": (
        ["s3:GetObject", "s3:PutObject"],
        ["arn:{p}:s3:::stack-mapbucket/identity-map/people.parquet", "arn:{p}:s3:::stack-mapbucket/state/people.json"],
    ),
    "MapRole.FindMap": (["s3:ListBucket"], ["arn:{p}:s3:::stack-mapbucket"]),
    "MapRole.EncryptMap": (["kms:GenerateDataKey", "kms:Decrypt"], ["arn:{p}:kms:eu-central-1:123456789012:key/stack-mapkey"]),
    "MapRole.DecryptParts": (["kms:Decrypt"], ["arn:{p}:kms:eu-central-1:123456789012:key/results"]),
    "MapRole.ReadRoster": (["s3:GetObject"], ["arn:{p}:s3:::example-people/roster.csv"]),
    "MapRole.ReadDirectory": (
        ["identitystore:ListUsers", "identitystore:DescribeUser", "identitystore:ListGroups", "identitystore:ListGroupMemberships"],
        [
            f"arn:{{p}}:identitystore::*:identitystore/{STORE}",
            "arn:{p}:identitystore:::user/*",
            "arn:{p}:identitystore:::group/*",
            "arn:{p}:identitystore:::membership/*",
        ],
    ),
    "MapRole.WriteLogs": (
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        ["arn:{p}:logs:eu-central-1:123456789012:log-group:/aws/lambda/kiro-data-map:*"],
    ),
    "ScheduleRole.statement0": (["sts:AssumeRole"], []),
    "ScheduleRole.StartIdentityMap": (["lambda:InvokeFunction"], ["arn:{p}:lambda:eu-central-1:123456789012:function:kiro-data-map"]),
    "ScheduleRole.KeepFailedEvents": (["sqs:SendMessage"], ["arn:{p}:sqs:eu-central-1:123456789012:stack-deadletters"]),
}

IDENTITY_NARROWED = {
    "AccessLogsPolicy.WriteAccessLogs": {
        "StringEquals aws:SourceAccount 123456789012",
        "ArnEquals aws:SourceArn arn:aws:s3:::stack-mapbucket",
    },
    "MapRole.ReadParts": {"StringEquals aws:ResourceAccount 123456789012"},
    "MapRole.ListParts": {
        "StringLike s3:prefix normalized/facts/*",
        "StringLike s3:prefix normalized/code/*",
        "StringEquals aws:ResourceAccount 123456789012",
    },
    "MapRole.ReplaceMap": {"StringEquals aws:ResourceAccount 123456789012"},
    "MapRole.FindMap": {"StringEquals aws:ResourceAccount 123456789012"},
    "MapRole.EncryptMap": {"StringEquals kms:ViaService s3.eu-central-1.amazonaws.com"},
    "MapRole.DecryptParts": {"StringEquals kms:ViaService s3.eu-central-1.amazonaws.com"},
}

IDENTITY_WILDCARDS = {
    ("MapKey.AccountDecides", "actions", "kms:*"): "the key's policy hands the decision to the policies of the account",
    ("MapKey.AccountDecides", "resources", "*"): "in the policy of a key it means this key",
    ("AccessLogsPolicy.WriteAccessLogs", "resources", "arn:{p}:s3:::stack-accesslogs/access-logs/*"): "S3 names the logs",
    ("MapRole.ReadParts", "resources", "arn:{p}:s3:::example-results/normalized/facts/*"): "parts are named after their content",
    ("MapRole.ReadParts", "resources", "arn:{p}:s3:::example-results/normalized/code/*"): "parts are named after their content",
    ("MapRole.ReadDirectory", "resources", f"arn:{{p}}:identitystore::*:identitystore/{STORE}"): "the account of the store is not known",
    ("MapRole.ReadDirectory", "resources", "arn:{p}:identitystore:::user/*"): "all users may occur in the data",
    ("MapRole.ReadDirectory", "resources", "arn:{p}:identitystore:::group/*"): "groups are chosen by their names",
    ("MapRole.ReadDirectory", "resources", "arn:{p}:identitystore:::membership/*"): "members of the chosen groups",
    (
        "MapRole.WriteLogs",
        "resources",
        "arn:{p}:logs:eu-central-1:123456789012:log-group:/aws/lambda/kiro-data-map:*",
    ): "Lambda names the log streams; the ARN of a group's streams is written with this star",
}

TOPIC = "arn:{partition}:sns:eu-central-1:123456789012:kiro-data-AlarmTopic-1"
FOLLOW_UP_SMALLEST = {
    "NormalizerArn": "arn:{partition}:lambda:eu-central-1:123456789012:function:kiro-data-normalize-report",
    "DataSets": '["kiro-user-totals"]',
    "DataSetPrefix": "kiro",
    "CodeBucket": "example-code",
    "CodeKey": "follow-up.zip",
    "ResultsBucket": "example-results",
}
FOLLOW_UP_PARAMETERS = FOLLOW_UP_SMALLEST | {
    "SendAlerts": "true",
    "AlarmTopicArn": TOPIC,
    "WebhookSecret": "kiro/webhook",
    "WebhookSecretArn": "arn:{partition}:secretsmanager:eu-central-1:123456789012:secret:kiro/webhook-??????",
    "ResultsKmsKeyArn": "arn:{partition}:kms:eu-central-1:123456789012:key/results",
    "MapBucket": "example-map",
    "MapKeyArn": "arn:{partition}:kms:eu-central-1:123456789012:key/map",
    "UseLakeFormation": "true",
}

# The same for the template of the follow-up.
FOLLOW_UP_ALLOWED = {
    "FollowUpRole.statement0": (["sts:AssumeRole"], []),
    "FollowUpRole.ImportDataSets": (
        ["quicksight:CreateIngestion", "quicksight:ListIngestions"],
        ["arn:{p}:quicksight:eu-central-1:123456789012:dataset/kiro-*"],
    ),
    "FollowUpRole.RunStatements": (
        ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults"],
        ["arn:{p}:athena:eu-central-1:123456789012:workgroup/kiro_analytics"],
    ),
    "FollowUpRole.ReadCatalogue": (
        ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:GetPartition", "glue:GetPartitions"],
        [
            "arn:{p}:glue:eu-central-1:123456789012:catalog",
            "arn:{p}:glue:eu-central-1:123456789012:database/kiro_analytics",
            "arn:{p}:glue:eu-central-1:123456789012:table/kiro_analytics/*",
        ],
    ),
    "FollowUpRole.FindDefaultDatabase": (["glue:GetDatabase"], ["arn:{p}:glue:eu-central-1:123456789012:database/default"]),
    "FollowUpRole.ReadWithGrants": (["lakeformation:GetDataAccess"], ["*"]),
    "FollowUpRole.FindResults": (["s3:GetBucketLocation", "s3:ListBucket"], ["arn:{p}:s3:::example-results"]),
    "FollowUpRole.ReadParts": (["s3:GetObject"], ["arn:{p}:s3:::example-results/normalized/*"]),
    "FollowUpRole.KeepQueryResults": (
        ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        ["arn:{p}:s3:::example-results/query-results/*"],
    ),
    "FollowUpRole.RememberAlerts": (["s3:GetObject", "s3:PutObject"], ["arn:{p}:s3:::example-results/alerts/*"]),
    "FollowUpRole.UseResultsKey": (
        ["kms:Decrypt", "kms:GenerateDataKey"],
        ["arn:{p}:kms:eu-central-1:123456789012:key/results"],
    ),
    "FollowUpRole.FindNames": (["s3:GetBucketLocation", "s3:ListBucket"], ["arn:{p}:s3:::example-map"]),
    "FollowUpRole.ReadNames": (["s3:GetObject"], ["arn:{p}:s3:::example-map/identity-map/*"]),
    "FollowUpRole.DecryptNames": (["kms:Decrypt"], ["arn:{p}:kms:eu-central-1:123456789012:key/map"]),
    "FollowUpRole.PublishAlerts": (["sns:Publish"], [TOPIC.replace("{partition}", "{p}")]),
    "FollowUpRole.ReadWebhookAddress": (
        ["secretsmanager:GetSecretValue"],
        ["arn:{p}:secretsmanager:eu-central-1:123456789012:secret:kiro/webhook-??????"],
    ),
    "FollowUpRole.WriteLogs": (
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        ["arn:{p}:logs:eu-central-1:123456789012:log-group:/aws/lambda/kiro-data:*"],
    ),
    "DeadLettersPolicy.KeepFailedEvents": (["sqs:SendMessage"], ["arn:{p}:sqs:eu-central-1:123456789012:stack-deadletters"]),
}

FOLLOW_UP_WILDCARDS = {
    (
        "FollowUpRole.ImportDataSets",
        "resources",
        "arn:{p}:quicksight:eu-central-1:123456789012:dataset/kiro-*",
    ): "the datasets of this deployment, and their imports, whose ids are below them",
    (
        "FollowUpRole.ReadCatalogue",
        "resources",
        "arn:{p}:glue:eu-central-1:123456789012:table/kiro_analytics/*",
    ): "the tables and views of this deployment: a view reads others",
    ("FollowUpRole.ReadWithGrants", "resources", "*"): "the action has no resources: Lake Formation decides by its grants",
    ("FollowUpRole.ReadParts", "resources", "arn:{p}:s3:::example-results/normalized/*"): "the parts",
    ("FollowUpRole.KeepQueryResults", "resources", "arn:{p}:s3:::example-results/query-results/*"): "Athena names the results of a query",
    ("FollowUpRole.RememberAlerts", "resources", "arn:{p}:s3:::example-results/alerts/*"): "an object per channel and month",
    ("FollowUpRole.ReadNames", "resources", "arn:{p}:s3:::example-map/identity-map/*"): "the folder of the table identity_map",
    (
        "FollowUpRole.ReadWebhookAddress",
        "resources",
        "arn:{p}:secretsmanager:eu-central-1:123456789012:secret:kiro/webhook-??????",
    ): "Secrets Manager adds six characters to a name",
    (
        "FollowUpRole.WriteLogs",
        "resources",
        "arn:{p}:logs:eu-central-1:123456789012:log-group:/aws/lambda/kiro-data:*",
    ): "Lambda names the log streams; the ARN of a group's streams is written with this star",
}

REPORTS_SMALLEST = {"ResultsBucket": "example-results", "CodeBucket": "example-code", "CodeKey": "send-reports.zip"}
REPORTS_PARAMETERS = REPORTS_SMALLEST | {
    "ResultsKmsKeyArn": "arn:{partition}:kms:eu-central-1:123456789012:key/results",
    "MapBucket": "example-map",
    "MapKeyArn": "arn:{partition}:kms:eu-central-1:123456789012:key/map",
    "MailFrom": "reports@example.com",
}

# The same for the template of the reports.
REPORTS_ALLOWED = {
    "ReportRole.statement0": (["sts:AssumeRole"], []),
    "ReportRole.ReadParts": (
        ["s3:GetObject"],
        ["arn:{p}:s3:::example-results/normalized/*", "arn:{p}:s3:::example-results/reports/settings.json"],
    ),
    "ReportRole.ListParts": (["s3:ListBucket"], ["arn:{p}:s3:::example-results"]),
    "ReportRole.WriteReports": (["s3:GetObject", "s3:PutObject"], ["arn:{p}:s3:::stack-reportsbucket/reports/*"]),
    "ReportRole.FindReports": (["s3:ListBucket"], ["arn:{p}:s3:::stack-reportsbucket"]),
    "ReportRole.UseResultsKey": (["kms:Decrypt", "kms:GenerateDataKey"], ["arn:{p}:kms:eu-central-1:123456789012:key/results"]),
    "ReportRole.FindNames": (["s3:ListBucket"], ["arn:{p}:s3:::example-map"]),
    "ReportRole.ReadNames": (["s3:GetObject"], ["arn:{p}:s3:::example-map/identity-map/*"]),
    "ReportRole.DecryptNames": (["kms:Decrypt"], ["arn:{p}:kms:eu-central-1:123456789012:key/map"]),
    "ReportRole.MailReports": (
        ["ses:SendEmail"],
        ["arn:{p}:ses:eu-central-1:123456789012:identity/*", "arn:{p}:ses:eu-central-1:123456789012:configuration-set/*"],
    ),
    "ReportRole.WriteLogs": (
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        ["arn:{p}:logs:eu-central-1:123456789012:log-group:/aws/lambda/kiro-data:*"],
    ),
    "ScheduleRole.statement0": (["sts:AssumeRole"], []),
    "ScheduleRole.StartSendReports": (["lambda:InvokeFunction"], ["arn:{p}:lambda:eu-central-1:123456789012:function:kiro-data"]),
    "ScheduleRole.KeepFailedEvents": (["sqs:SendMessage"], ["arn:{p}:sqs:eu-central-1:123456789012:stack-deadletters"]),
}

REPORTS_WILDCARDS = {
    ("ReportRole.ReadParts", "resources", "arn:{p}:s3:::example-results/normalized/*"): "parts are named after their content",
    ("ReportRole.WriteReports", "resources", "arn:{p}:s3:::stack-reportsbucket/reports/*"): "reports are named by period and team",
    ("ReportRole.ReadNames", "resources", "arn:{p}:s3:::example-map/identity-map/*"): "the folder of the table identity_map",
    (
        "ReportRole.MailReports",
        "resources",
        "arn:{p}:ses:eu-central-1:123456789012:identity/*",
    ): "an address or its domain is verified, and in the sandbox each recipient; the condition names the sender",
    (
        "ReportRole.MailReports",
        "resources",
        "arn:{p}:ses:eu-central-1:123456789012:configuration-set/*",
    ): "the sender may have a default configuration set; the condition names the sender",
    (
        "ReportRole.WriteLogs",
        "resources",
        "arn:{p}:logs:eu-central-1:123456789012:log-group:/aws/lambda/kiro-data:*",
    ): "Lambda names the log streams; the ARN of a group's streams is written with this star",
}


def resolved(parameters, partition="aws", path=DATA_LAYER):
    """The statements of a template, the data layer by default, for these parameters."""
    given = {name: value.replace("{partition}", partition) for name, value in parameters.items()}
    return statements(Resolver(parse(path), given, partition).resources())


def identity(parameters, partition="aws"):
    return resolved(parameters, partition, IDENTITY_MAPPING)


class Policies(unittest.TestCase):
    def test_every_action_and_resource_is_listed(self):
        for partition in ("aws", "aws-cn", "aws-us-gov"):
            with self.subTest(partition):
                allowed = {
                    statement.name: (list(statement.actions), list(statement.resources))
                    for statement in resolved(LARGEST, partition)
                    if statement.effect == "Allow"
                }
                expected = {
                    name: (actions, [resource.replace("{p}", partition) for resource in resources])
                    for name, (actions, resources) in ALLOWED.items()
                }
                self.assertEqual(allowed, expected)

    def test_every_wildcard_is_explained(self):
        found = {
            (statement.name, part, text)
            for statement in resolved(LARGEST)
            if statement.effect == "Allow"
            for part, text in statement.wildcards()
        }
        self.assertEqual(found, {(name, part, text.replace("{p}", "aws")) for name, part, text in WILDCARDS})

    def test_every_grant_is_as_narrow_as_it_can_be(self):
        conditions = {statement.name: set(statement.conditions) for statement in resolved(LARGEST)}
        for name, expected in NARROWED.items():
            with self.subTest(name):
                self.assertEqual(conditions[name], expected)

    def test_nobody_outside_the_account_is_let_in(self):
        for statement in resolved(LARGEST):
            if statement.effect == "Allow":
                for principal in statement.principals:
                    self.assertRegex(principal, r"^Service:[a-z]+\.amazonaws\.com$", statement.name)

    def test_what_is_denied_is_denied_to_all(self):
        denied = [statement for statement in resolved(LARGEST) if statement.effect == "Deny"]
        self.assertEqual(
            {statement.name for statement in denied},
            {
                "ResultsBucketPolicy.OnlyOverTls",
                "ResultsBucketPolicy.OnlyOverCurrentTls",
                "DeadLettersPolicy.OnlyOverTls",
                "AlarmTopicPolicy.OnlyOverTls",
            },
        )
        for statement in denied:
            self.assertEqual(statement.principals, ("*",), statement.name)

    def test_what_is_switched_off_grants_nothing(self):
        names = {statement.name for statement in resolved(SMALLEST)}
        self.assertEqual(
            {name for name in ALLOWED if name not in names},
            {
                "NormalizerRole.DecryptExports",
                "NormalizerRole.EncryptParts",
                "DeadLettersPolicy.KeepFailedArrivals",
                "AlarmTopicPolicy.AlarmsMayPublish",
            },
        )

    def test_an_adopted_bucket_keeps_its_own_policy(self):
        adopted = resolved(SMALLEST | {"ExistingResultsBucket": "example-earlier-results"})
        by_name = {statement.name: statement for statement in adopted}
        self.assertEqual(by_name["NormalizerRole.WriteParts"].resources, ("arn:aws:s3:::example-earlier-results/normalized/*",))
        self.assertNotIn("ResultsBucketPolicy.OnlyOverTls", by_name)

    def test_prompt_logs_beside_the_reports_stay_out_of_reach(self):
        read = next(statement for statement in resolved(LARGEST) if statement.name == "NormalizerRole.ReadExports")
        prompt_log = "arn:aws:s3:::example-kiro-reports/kiro-logs/AWSLogs/123456789012/KiroLogs/GenerateAssistantResponse/us-east-1/a.json.gz"
        self.assertFalse(any(prompt_log.startswith(resource.rstrip("*")) for resource in read.resources))


class IdentityPolicies(unittest.TestCase):
    """The same for the template of the identity mapping."""

    def test_every_action_and_resource_is_listed(self):
        for partition in ("aws", "aws-cn", "aws-us-gov"):
            with self.subTest(partition):
                allowed = {
                    statement.name: (list(statement.actions), list(statement.resources))
                    for statement in identity(IDENTITY_LARGEST, partition)
                    if statement.effect == "Allow"
                }
                expected = {
                    name: (actions, [resource.replace("{p}", partition) for resource in resources])
                    for name, (actions, resources) in IDENTITY_ALLOWED.items()
                }
                self.assertEqual(allowed, expected)

    def test_every_wildcard_is_explained(self):
        found = {
            (statement.name, part, text)
            for statement in identity(IDENTITY_LARGEST)
            if statement.effect == "Allow"
            for part, text in statement.wildcards()
        }
        self.assertEqual(found, {(name, part, text.replace("{p}", "aws")) for name, part, text in IDENTITY_WILDCARDS})

    def test_every_grant_is_as_narrow_as_it_can_be(self):
        conditions = {statement.name: set(statement.conditions) for statement in identity(IDENTITY_LARGEST)}
        for name, expected in IDENTITY_NARROWED.items():
            with self.subTest(name):
                self.assertEqual(conditions[name], expected)

    def test_only_services_and_the_account_itself_are_let_in(self):
        for statement in identity(IDENTITY_LARGEST):
            if statement.effect == "Allow":
                for principal in statement.principals:
                    self.assertRegex(principal, r"^(Service:[a-z0-9.]+\.amazonaws\.com|AWS:arn:aws:iam::123456789012:root)$", statement.name)

    def test_requests_without_tls_are_denied_to_all(self):
        denied = [statement for statement in identity(IDENTITY_LARGEST) if statement.effect == "Deny"]
        self.assertEqual(
            {statement.name for statement in denied},
            {
                "MapBucketPolicy.OnlyOverTls",
                "MapBucketPolicy.OnlyOverCurrentTls",
                "AccessLogsPolicy.OnlyOverTls",
                "DeadLettersPolicy.OnlyOverTls",
            },
        )
        for statement in denied:
            self.assertEqual(statement.principals, ("*",), statement.name)

    def test_a_role_of_another_account_replaces_the_own_permission(self):
        by_role = {statement.name: statement for statement in identity(IDENTITY_BY_ROLE)}
        self.assertEqual(by_role["MapRole.AssumeIdentityRole"].resources, ("arn:aws:iam::210987654321:role/identity-reader",))
        self.assertNotIn("MapRole.ReadDirectory", by_role)

    def test_a_roster_is_read_only_from_its_owner_if_that_is_known(self):
        for owner, conditions in (("", ()), ("123456789012", ("StringEquals aws:ResourceAccount 123456789012",))):
            read = {statement.name: statement for statement in identity(IDENTITY_LARGEST | {"RosterOwner": owner})}["MapRole.ReadRoster"]
            self.assertEqual(read.conditions, conditions, owner)

    def test_a_roster_alone_needs_no_directory(self):
        alone = {statement.name for statement in identity(IDENTITY_LARGEST | {"IdentityStoreId": ""})}
        self.assertIn("MapRole.ReadRoster", alone)
        self.assertNotIn("MapRole.ReadDirectory", alone)

    def test_parts_that_name_nobody_stay_out_of_reach(self):
        read = next(statement for statement in identity(IDENTITY_LARGEST) if statement.name == "MapRole.ReadParts")
        query_result = "arn:aws:s3:::example-results/query-results/1.csv"
        self.assertFalse(any(query_result.startswith(resource.rstrip("*")) for resource in read.resources))


class FollowUpPolicies(unittest.TestCase):
    """The same for the template of the follow-up."""

    def test_every_action_and_resource_is_listed(self):
        for partition in ("aws", "aws-cn", "aws-us-gov"):
            with self.subTest(partition):
                allowed = {
                    statement.name: (list(statement.actions), list(statement.resources))
                    for statement in resolved(FOLLOW_UP_PARAMETERS, partition, FOLLOW_UP)
                    if statement.effect == "Allow"
                }
                expected = {
                    name: (actions, [resource.replace("{p}", partition) for resource in resources])
                    for name, (actions, resources) in FOLLOW_UP_ALLOWED.items()
                }
                self.assertEqual(allowed, expected)

    def test_every_wildcard_is_explained(self):
        found = {
            (statement.name, part, text)
            for statement in resolved(FOLLOW_UP_PARAMETERS, path=FOLLOW_UP)
            if statement.effect == "Allow"
            for part, text in statement.wildcards()
        }
        self.assertEqual(found, {(name, part, text.replace("{p}", "aws")) for name, part, text in FOLLOW_UP_WILDCARDS})

    def test_without_alerts_the_role_imports_and_does_nothing_else(self):
        names = {statement.name for statement in resolved(FOLLOW_UP_SMALLEST, path=FOLLOW_UP) if statement.name.startswith("FollowUpRole.")}
        self.assertEqual(names, {"FollowUpRole.statement0", "FollowUpRole.ImportDataSets", "FollowUpRole.WriteLogs"})
        # What belongs to the deployment without belonging to alerts changes nothing.
        more = FOLLOW_UP_PARAMETERS | {"SendAlerts": "false"}
        self.assertEqual({statement.name for statement in resolved(more, path=FOLLOW_UP) if statement.name.startswith("FollowUpRole.")}, names)

    def test_alerts_without_quick_sight_names_keys_and_webhook_need_less(self):
        less = FOLLOW_UP_SMALLEST | {"DataSets": "[]", "SendAlerts": "true", "AlarmTopicArn": TOPIC}
        names = {statement.name.removeprefix("FollowUpRole.") for statement in resolved(less, path=FOLLOW_UP)}
        self.assertLessEqual({"RunStatements", "RememberAlerts", "PublishAlerts"}, names)
        absent = {"ImportDataSets", "UseResultsKey", "FindNames", "ReadNames", "DecryptNames", "ReadWebhookAddress", "ReadWithGrants"}
        self.assertFalse(absent & names)

    def test_the_environment_of_alerts_has_no_address_and_nothing_without_them(self):
        def environment(parameters):
            given = {name: value.replace("{partition}", "aws") for name, value in parameters.items()}
            return Resolver(parse(FOLLOW_UP), given).resources()["FollowUp"]["Properties"]["Environment"]["Variables"]

        imports = {"KIRO_ACCOUNT", "KIRO_DATA_SETS", "KIRO_MAX_IMPORTS_A_DAY"}
        self.assertEqual(set(environment(FOLLOW_UP_SMALLEST | {"AlarmTopicArn": TOPIC})), imports)
        alerts = environment(FOLLOW_UP_PARAMETERS)
        self.assertEqual(alerts["KIRO_ALERT_STATE"], "s3://example-results/alerts/")
        self.assertEqual(alerts["KIRO_TOPIC"], TOPIC.replace("{partition}", "aws"))
        self.assertEqual((alerts["KIRO_WEBHOOK_SECRET"], alerts["KIRO_WEBHOOK_FORMAT"]), ("kiro/webhook", "slack"))
        self.assertEqual((alerts["KIRO_ALERTS"], alerts["KIRO_DATABASE"], alerts["KIRO_WORKGROUP"]), ("{}", "kiro_analytics", "kiro_analytics"))

    def test_a_missing_state_is_missing_and_not_denied(self):
        """S3 says so only to those who may list the bucket, whatever the prefix."""
        (found,) = [statement for statement in resolved(FOLLOW_UP_PARAMETERS, path=FOLLOW_UP) if statement.name == "FollowUpRole.FindResults"]
        self.assertEqual(found.conditions, ("StringEquals aws:ResourceAccount 123456789012",))

    def test_the_role_writes_what_it_remembers_and_query_results_alone(self):
        writes = {
            resource
            for statement in resolved(FOLLOW_UP_PARAMETERS, path=FOLLOW_UP)
            if "s3:PutObject" in statement.actions
            for resource in statement.resources
        }
        self.assertEqual(writes, {"arn:aws:s3:::example-results/query-results/*", "arn:aws:s3:::example-results/alerts/*"})

    def test_the_queue_takes_messages_of_the_rule_alone_and_over_tls(self):
        found = {statement.name: statement for statement in resolved(FOLLOW_UP_PARAMETERS, path=FOLLOW_UP)}
        kept = found["DeadLettersPolicy.KeepFailedEvents"]
        self.assertEqual(kept.conditions, ("ArnEquals aws:SourceArn arn:aws:events:eu-central-1:123456789012:rule/stack-runrule",))
        self.assertEqual(found["DeadLettersPolicy.OnlyOverTls"].effect, "Deny")


class ReportPolicies(unittest.TestCase):
    """The same for the template of the reports."""

    def test_every_action_and_resource_is_listed(self):
        for partition in ("aws", "aws-cn", "aws-us-gov"):
            with self.subTest(partition):
                allowed = {
                    statement.name: (list(statement.actions), list(statement.resources))
                    for statement in resolved(REPORTS_PARAMETERS, partition, REPORTS_TEMPLATE)
                    if statement.effect == "Allow"
                }
                expected = {
                    name: (actions, [resource.replace("{p}", partition) for resource in resources])
                    for name, (actions, resources) in REPORTS_ALLOWED.items()
                }
                self.assertEqual(allowed, expected)

    def test_every_wildcard_is_explained(self):
        found = {
            (statement.name, part, text)
            for statement in resolved(REPORTS_PARAMETERS, path=REPORTS_TEMPLATE)
            if statement.effect == "Allow"
            for part, text in statement.wildcards()
        }
        self.assertEqual(found, {(name, part, text.replace("{p}", "aws")) for name, part, text in REPORTS_WILDCARDS})

    def test_without_names_keys_and_mail_the_role_reads_parts_and_writes_reports(self):
        names = {statement.name for statement in resolved(REPORTS_SMALLEST, path=REPORTS_TEMPLATE) if statement.name.startswith("ReportRole.")}
        expected = {"statement0", "ReadParts", "ListParts", "WriteReports", "FindReports", "WriteLogs"}
        self.assertEqual(names, {f"ReportRole.{name}" for name in expected})

    def test_mail_is_sent_as_the_sender_of_the_settings_alone(self):
        found = {statement.name: statement for statement in resolved(REPORTS_PARAMETERS, path=REPORTS_TEMPLATE)}
        self.assertEqual(found["ReportRole.MailReports"].conditions, ("StringEquals ses:FromAddress reports@example.com",))

    def test_the_role_writes_reports_alone(self):
        writes = {
            resource
            for statement in resolved(REPORTS_PARAMETERS, path=REPORTS_TEMPLATE)
            if "s3:PutObject" in statement.actions
            for resource in statement.resources
        }
        self.assertEqual(writes, {"arn:aws:s3:::stack-reportsbucket/reports/*"})

    def test_the_environment_names_places_and_no_secret(self):
        def environment(parameters):
            given = {name: value.replace("{partition}", "aws") for name, value in parameters.items()}
            return Resolver(parse(REPORTS_TEMPLATE), given).resources()["SendReports"]["Properties"]["Environment"]["Variables"]

        smallest = {
            "KIRO_PARTS": "s3://example-results/normalized/",
            "KIRO_REPORT_SETTINGS": "s3://example-results/reports/",
            "KIRO_REPORTS": "s3://stack-reportsbucket/reports/",
        }
        self.assertEqual(environment(REPORTS_SMALLEST), smallest)
        self.assertEqual(environment(REPORTS_PARAMETERS), smallest | {"KIRO_MAP": "s3://example-map/identity-map/"})


class BrokenPolicies(unittest.TestCase):
    """The checks above find what they should find."""

    @staticmethod
    def one(**changes):
        statement = {"Sid": "S", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"} | changes
        return statements({"R": {"Properties": {"Policies": [{"PolicyDocument": {"Statement": statement}}]}}})

    def test_a_wildcard_is_seen_wherever_it_stands(self):
        self.assertEqual(self.one(Action=["s3:*"])[0].wildcards(), {("actions", "s3:*")})
        self.assertEqual(self.one(Resource=["arn:aws:s3:::b/k", "*"])[0].wildcards(), {("resources", "*")})
        self.assertEqual(self.one(Resource="arn:aws:s3:::b/?")[0].wildcards(), {("resources", "arn:aws:s3:::b/?")})
        self.assertEqual(self.one(Principal={"AWS": "*"})[0].wildcards(), {("principals", "AWS:*")})
        self.assertEqual(self.one()[0].wildcards(), set())

    def test_statements_that_grant_everything_else_are_refused(self):
        with self.assertRaisesRegex(ValueError, "NotAction"):
            self.one(NotAction="s3:DeleteObject")


if __name__ == "__main__":
    unittest.main()
