"""The check of the deployer's policy: a call that the policy does not cover is found."""

import unittest

from calls import Call
from deployer_policy import DeployerPolicy, uncovered

PRINTED = {
    "documents": [],
    "statements": [
        {"actions": actions, "resources": [{"pattern": pattern} for pattern in patterns]}
        for actions, patterns in (
            (["s3:ListAllMyBuckets", "cloudwatch:GetMetricData"], ["*"]),
            (["s3:ListBucket"], ["arn:aws:s3:::kiro-analytics-*", "arn:aws:s3:::example-kiro-reports"]),
            (["s3:GetObject"], ["arn:aws:s3:::example-kiro-reports/logs/*"]),
            (["lambda:InvokeFunction"], ["arn:aws:lambda:*:123456789012:function:kiro-analytics-*"]),
            (["iam:GetRole"], ["arn:aws:iam::123456789012:role/service-role/aws-quicksight-service-role-v0"]),
            (["glue:UpdateTable", "glue:GetDatabase"], ["arn:aws:glue:*:1:database/k", "arn:aws:glue:*:1:table/k/*"]),
            (["cloudformation:DescribeStacks"], ["arn:aws:cloudformation:*:123456789012:stack/kiro-analytics-*/*"]),
            (["quicksight:DescribeTheme"], ["arn:aws:quicksight:*:123456789012:theme/kiro-analytics-*"]),
        )
    ],
}


def call(name, **members):
    service, _, operation = name.partition(":")
    return Call(service, operation, "eu-central-1", members)


class Coverage(unittest.TestCase):
    def setUp(self):
        self.policy = DeployerPolicy(PRINTED)

    def test_what_is_allowed_is_covered(self):
        for one in (
            call("s3:ListBuckets"),
            call("s3:HeadBucket", Bucket="kiro-analytics-code-1"),
            call("s3:GetObject", Bucket="example-kiro-reports", Key="logs/a.csv"),
            call("lambda:Invoke", FunctionName="kiro-analytics-data-normalize-report"),
            call("monitoring:GetMetricData"),
            call("sts:GetCallerIdentity"),
            call("iam:GetRole", RoleName="aws-quicksight-service-role-v0"),
            call("glue:UpdateTable", DatabaseName="k", TableInput={"Name": "report_facts"}),
            call("glue:GetDatabase", Name="k"),
            call("cloudformation:DescribeStacks", StackName="kiro-analytics-data"),
            call("cloudformation:DescribeStacks", StackName="arn:aws:cloudformation:eu-central-1:123456789012:stack/kiro-analytics-data/1"),
            call("quicksight:DescribeTheme", ThemeId="kiro-analytics-light"),
        ):
            with self.subTest(one.name):
                self.assertEqual(uncovered([one], [self.policy]), [])

    def test_another_action_or_another_resource_is_found(self):
        for one, told in (
            (call("s3:PutObject", Bucket="example-kiro-reports", Key="logs/a"), "s3:PutObject on example-kiro-reports/logs/a"),
            (call("s3:GetObject", Bucket="example-kiro-reports", Key="other"), "s3:GetObject on example-kiro-reports/other"),
            (call("s3:HeadBucket", Bucket="somebody-elses"), "s3:ListBucket on somebody-elses"),
            (call("lambda:Invoke", FunctionName="other"), "lambda:InvokeFunction on function:other"),
            (call("iam:GetRole", RoleName="other"), "iam:GetRole on role/other"),
            (call("glue:UpdateTable", DatabaseName="other", TableInput={"Name": "t"}), "glue:UpdateTable on table/other/t"),
            (call("cloudformation:ContinueUpdateRollback", StackName="s"), "cloudformation:ContinueUpdateRollback on stack/s/x"),
            (call("quicksight:ListUsers"), "quicksight:ListUsers on any resource"),
        ):
            with self.subTest(told):
                self.assertEqual(uncovered([one], [self.policy]), [told])

    def test_one_of_several_policies_is_enough(self):
        nothing = DeployerPolicy(PRINTED | {"statements": []})
        self.assertEqual(uncovered([call("s3:ListBuckets")], [nothing, self.policy]), [])


if __name__ == "__main__":
    unittest.main()
