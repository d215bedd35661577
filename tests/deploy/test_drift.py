"""Drift of stacks through the front: detected, listed, and reverted by a change set with REVERT_DRIFT."""

import json
import time
import unittest

from environment import ACCOUNT, REGION, Environment

STACK = "kiro-data"
TLS_ONLY = {"Bool": {"aws:SecureTransport": "false"}}
TEMPLATE = {
    "Bucket": (
        "AWS::S3::Bucket",
        {
            "VersioningConfiguration": {"Status": "Enabled"},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
        },
    ),
    "BucketPolicy": (
        "AWS::S3::BucketPolicy",
        {
            "Bucket": {"Ref": "Bucket"},
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": TLS_ONLY}],
            },
        },
    ),
    "Alarm": (
        "AWS::CloudWatch::Alarm",
        {
            "AlarmName": "kiro-alarm",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "MetricName": "m",
            "Namespace": "n",
            "Period": 60,
            "Statistic": "Sum",
            "Threshold": 1,
        },
    ),
    "Schedule": (
        "AWS::Scheduler::Schedule",
        {
            "Name": "kiro-schedule",
            "ScheduleExpression": "rate(1 day)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:kiro-queue", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"},
        },
    ),
    "Queue": ("AWS::SQS::Queue", {"QueueName": "kiro-queue", "MessageRetentionPeriod": 600}),
    "Logs": ("AWS::Logs::LogGroup", {"LogGroupName": "/kiro/logs", "RetentionInDays": 90}),
    "Database": ("AWS::Glue::Database", {"CatalogId": ACCOUNT, "DatabaseInput": {"Name": "kiro_drift"}}),
    "Role": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}),
    "Function": (
        "AWS::Lambda::Function",
        {
            "FunctionName": "kiro-function",
            "Runtime": "python3.12",
            "Handler": "index.handler",
            "MemorySize": 256,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "def handler(*_): pass"},
        },
    ),
    "WorkGroup": ("AWS::Athena::WorkGroup", {"Name": "kiro-drift"}),
}
BODY = json.dumps({"Resources": {name: {"Type": kind, "Properties": properties} for name, (kind, properties) in TEMPLATE.items()}})


class Drift(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.aws = cls.enterClassContext(Environment())
        cls.cloudformation = cls.aws.client("cloudformation")

    def change(self, name, kind, **more):
        """Waits until a change set is ready or refused."""
        made = self.cloudformation.create_change_set(
            StackName=STACK, ChangeSetName=name, ChangeSetType=kind, TemplateBody=BODY, Capabilities=["CAPABILITY_IAM"], **more
        )
        while True:
            described = self.cloudformation.describe_change_set(ChangeSetName=made["Id"])
            if not described["Status"].endswith(("PENDING", "IN_PROGRESS")):
                return described
            time.sleep(0.02)

    def execute(self, name, stale=False):
        """The observed statuses of the stack until it is complete."""
        if stale:
            self.aws.front.stale()
        self.cloudformation.execute_change_set(StackName=STACK, ChangeSetName=name)
        seen = []
        while not seen or not seen[-1].endswith("_COMPLETE"):
            seen.append(self.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"])
        return seen

    def drift(self):
        detection = self.cloudformation.detect_stack_drift(StackName=STACK)["StackDriftDetectionId"]
        status = self.cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        drifts = self.cloudformation.describe_stack_resource_drifts(StackName=STACK)["StackResourceDrifts"]
        return status, {one["LogicalResourceId"]: one for one in drifts}

    def test_drift_is_seen_and_reverted(self):
        self.change("first", "CREATE")
        # The first read after the execution returns the state before it.
        self.assertEqual(self.execute("first", stale=True)[0], "REVIEW_IN_PROGRESS")
        status, drifts = self.drift()
        self.assertEqual((status["StackDriftStatus"], status["DriftedStackResourceCount"]), ("IN_SYNC", 0))
        self.assertEqual({one["StackResourceDriftStatus"] for one in drifts.values()}, {"IN_SYNC"})

        bucket = drifts["Bucket"]["PhysicalResourceId"]
        self.aws.client("s3").delete_public_access_block(Bucket=bucket)
        self.aws.client("s3").delete_bucket_policy(Bucket=bucket)
        self.aws.client("cloudwatch").delete_alarms(AlarmNames=["kiro-alarm"])
        schedule = self.aws.client("scheduler").get_schedule(Name="kiro-schedule")
        kept = {name: schedule[name] for name in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
        self.aws.client("scheduler").update_schedule(**kept, State="DISABLED")
        self.aws.client("logs").delete_log_group(logGroupName="/kiro/logs")
        self.aws.client("glue").delete_database(Name="kiro_drift")
        self.aws.client("lambda").delete_function(FunctionName="kiro-function")

        status, drifts = self.drift()
        self.assertEqual((status["StackDriftStatus"], status["DriftedStackResourceCount"]), ("DRIFTED", 7))
        found = {name: one["StackResourceDriftStatus"] for name, one in drifts.items() if one["StackResourceDriftStatus"] != "IN_SYNC"}
        self.assertEqual(
            found,
            {
                "Bucket": "MODIFIED",
                "Schedule": "MODIFIED",
                **dict.fromkeys(("Alarm", "BucketPolicy", "Logs", "Database", "Function"), "DELETED"),
            },
        )
        (difference,) = drifts["Schedule"]["PropertyDifferences"]
        self.assertEqual(
            (difference["PropertyPath"], difference["ExpectedValue"], difference["ActualValue"]), ("/State", "ENABLED", "DISABLED")
        )

        plain = self.change("plain", "UPDATE")
        self.assertEqual((plain["Status"], plain["Changes"]), ("FAILED", []))
        reverting = self.change("reverting", "UPDATE", DeploymentMode="REVERT_DRIFT")
        self.assertEqual((reverting["Status"], reverting["ExecutionStatus"]), ("CREATE_COMPLETE", "AVAILABLE"))
        changes = {one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"] for one in reverting["Changes"]}
        self.assertEqual({name: one["ResourceDriftStatus"] for name, one in changes.items()}, found)
        self.assertEqual(changes["Alarm"]["Action"], "Add")
        self.execute("reverting")
        self.assertEqual(
            self.cloudformation.describe_change_set(ChangeSetName=reverting["ChangeSetId"])["ExecutionStatus"], "EXECUTE_COMPLETE"
        )
        self.assertEqual(self.drift()[0]["StackDriftStatus"], "IN_SYNC")


if __name__ == "__main__":
    unittest.main()
