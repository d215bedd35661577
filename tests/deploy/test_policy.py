"""The generated policy: what a call needs, on what, and nothing that no call asked for."""

import unittest

from actions import OF_RESOURCES
from calls import Call
from deployer_policy import page, policy, types_in_templates

# What there is without any call: CloudFormation's own.
ALWAYS = {action for kind in types_in_templates() for action in OF_RESOURCES[kind].split()}


def granted(*calls):
    """Resources by action, of what the calls add."""
    found = {}
    for statement in policy(calls)["Statement"]:
        for action in statement["Action"]:
            if action not in ALWAYS or "example-kiro-reports" in str(statement["Resource"]):
                found.setdefault(action, []).extend(statement["Resource"])
    return found


def call(name, **members):
    service, _, operation = name.partition(":")
    return Call(service, operation, "eu-central-1", members)


class Policy(unittest.TestCase):
    def test_every_type_in_the_templates_is_known_and_no_other(self):
        self.assertEqual(set(types_in_templates()), set(OF_RESOURCES))

    def test_actions_are_named_as_iam_names_them(self):
        self.assertEqual(
            granted(
                call("s3:ListObjectsV2", Bucket="example-kiro-reports"),
                call("lambda:Invoke", FunctionName="f"),
                call("monitoring:GetMetricData"),
                call("sts:GetCallerIdentity"),
            ),
            {
                "s3:ListBucket": ["arn:aws:s3:::example-kiro-reports"],
                "lambda:InvokeFunction": ["arn:aws:lambda:*:123456789012:function:kiro-analytics-*"],
                "cloudwatch:GetMetricData": ["*"],
            },
        )

    def test_the_exports_are_only_ever_read(self):
        statements = policy([call("s3:GetObject", Bucket="example-kiro-reports"), call("s3:PutObject", Bucket="kiro-analytics-code")])[
            "Statement"
        ]
        of_exports = [
            statement["Action"] for statement in statements if any("example-kiro-reports" in resource for resource in statement["Resource"])
        ]
        self.assertEqual(of_exports, [["s3:GetObject"]])

    def test_what_goes_with_a_call_is_there(self):
        found = granted(call("quicksight:CreateDataSet", DataSetId="x"))
        self.assertEqual(found["quicksight:PassDataSource"], ["arn:aws:quicksight:*:123456789012:datasource/kiro-analytics-*"])
        self.assertEqual(found["quicksight:CreateDataSet"], ["arn:aws:quicksight:*:123456789012:dataset/kiro-analytics-*"])
        self.assertIn("arn:aws:quicksight:*:123456789012:dataset/kiro-analytics-*", found["quicksight:TagResource"])

    def test_roles_are_passed_to_two_services_alone(self):
        (passing,) = [statement for statement in policy([])["Statement"] if "iam:PassRole" in statement["Action"]]
        self.assertEqual(passing["Condition"]["StringEquals"]["iam:PassedToService"], ["lambda.amazonaws.com", "scheduler.amazonaws.com"])

    def test_statements_have_names_of_their_own(self):
        names = [
            statement["Sid"] for statement in policy([call("s3:ListBuckets"), call("s3:GetObject", Bucket="kiro-analytics-x")])["Statement"]
        ]
        self.assertEqual(len(names), len(set(names)))

    def test_nothing_is_allowed_by_a_wildcard_action(self):
        for statement in policy([call("quicksight:ListUsers")])["Statement"]:
            self.assertFalse([action for action in statement["Action"] if "*" in action])
            self.assertTrue(statement["Sid"].isalnum())

    def test_the_page_keeps_what_is_around_the_policy(self):
        text = "before\n<!-- generated: the policy -->\nold\n<!-- end -->\nafter\n"
        made = page(text, {"Version": "2012-10-17", "Statement": []})
        self.assertTrue(made.startswith("before\n") and made.endswith("<!-- end -->\nafter\n") and "old" not in made)
        self.assertEqual(page(made, {"Version": "2012-10-17", "Statement": []}), made)


if __name__ == "__main__":
    unittest.main()
