"""A policy is enforced for calls, and for Athena's calls on behalf of the caller."""

import unittest

from calls import Call
from double import Request
from policy_enforcement import PolicyEnforcement

REGION, ACCOUNT = "eu-central-1", "123456789012"
SIGNED = Request("POST", "/", {"Authorization": f"AWS4-HMAC-SHA256 Credential=KEY/20260930/{REGION}/s3/aws4_request"})


def allow(actions, *resources, **more):
    return {"Effect": "Allow", "Action": actions, "Resource": list(resources) or "*"} | more


class Enforced(unittest.TestCase):
    def refused(self, statements, service, operation, members=None, **more):
        """The code and the message of a refusal, or None."""
        enforcement = PolicyEnforcement({"Version": "2012-10-17", "Statement": statements}, **more)
        fault = enforcement.refusal(Call(service, operation, REGION, members or {}), SIGNED)
        return fault and (fault.code, fault.message)

    def test_actions_have_wildcards_and_denials(self):
        self.assertIsNone(self.refused([allow("quicksight:*")], "quicksight", "ListUsers"))
        code, message = self.refused([allow("quicksight:List*")], "quicksight", "DescribeUser")
        self.assertEqual(code, "AccessDeniedException")
        self.assertIn("is not authorized to perform: quicksight:DescribeUser", message)
        self.assertIsNone(self.refused([allow("QuickSight:listusers")], "quicksight", "ListUsers"))
        denied = [allow("*"), {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::kept/*"}]
        self.assertEqual(self.refused(denied, "s3", "PutObject", {"Bucket": "kept", "Key": "k"})[0], "AccessDenied")
        self.assertIsNone(self.refused(denied, "s3", "PutObject", {"Bucket": "other", "Key": "k"}))

    def test_calls_of_s3_have_actions_of_other_names(self):
        objects = [allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::kiro-*", "arn:aws:s3:::kiro-*/*")]
        for operation in ("HeadObject", "GetObject"):
            self.assertIsNone(self.refused(objects, "s3", operation, {"Bucket": "kiro-a", "Key": "k"}))
        self.assertIsNone(self.refused(objects, "s3", "ListObjectsV2", {"Bucket": "kiro-a"}))
        self.assertIn("s3:GetBucketLocation", self.refused(objects, "s3", "GetBucketLocation", {"Bucket": "kiro-a"})[1])
        self.assertIn("s3:ListBucket on resource: arn:aws:s3:::other", self.refused(objects, "s3", "HeadBucket", {"Bucket": "other"})[1])

    def test_what_is_passed_on_and_tagged_is_asked_for_as_well(self):
        source = f"arn:aws:quicksight:{REGION}:{ACCOUNT}:datasource/kiro-athena"
        made = {
            "DataSetId": "kiro-a",
            "PhysicalTableMap": {"t": {"CustomSql": {"DataSourceArn": source}}},
            "Tags": [{"Key": "a", "Value": "b"}],
        }
        some = [allow("quicksight:CreateDataSet")]
        self.assertIn(f"quicksight:PassDataSource on resource: {source}", self.refused(some, "quicksight", "CreateDataSet", made)[1])
        some.append(allow("quicksight:PassDataSource", source))
        self.assertIn("quicksight:TagResource", self.refused(some, "quicksight", "CreateDataSet", made)[1])
        some.append(allow("quicksight:TagResource", f"arn:aws:quicksight:*:{ACCOUNT}:dataset/kiro-*"))
        self.assertIsNone(self.refused(some, "quicksight", "CreateDataSet", made))

    def test_roles_are_found_with_or_without_their_path(self):
        served = [allow("iam:GetRole", f"arn:aws:iam::{ACCOUNT}:role/service-role/aws-quicksight-service-role-v0")]
        self.assertIsNone(self.refused(served, "iam", "GetRole", {"RoleName": "aws-quicksight-service-role-v0"}))
        self.assertEqual(self.refused(served, "iam", "GetRole", {"RoleName": "deployer"})[0], "AccessDenied")

    def test_athena_looks_its_output_bucket_up_as_the_caller(self):
        query, bucket = [allow("athena:StartQueryExecution")], lambda _workgroup: "kiro-results"
        self.assertEqual(
            self.refused(query, "athena", "StartQueryExecution", {"WorkGroup": "kiro"}, output_bucket=bucket),
            ("InvalidRequestException", "Unable to verify/create output bucket kiro-results"),
        )
        query.append(allow("s3:GetBucketLocation", "arn:aws:s3:::kiro-*"))
        self.assertIsNone(self.refused(query, "athena", "StartQueryExecution", {"WorkGroup": "kiro"}, output_bucket=bucket))

    def test_only_the_deployers_calls_are_looked_at(self):
        self.assertIsNone(self.refused([], "quicksight", "ListUsers", access_key="OTHER"))
        self.assertIsNotNone(self.refused([], "quicksight", "ListUsers", access_key="KEY"))
        self.assertIsNone(self.refused([], "sts", "GetCallerIdentity"))

    def test_what_cloudformation_lacks_is_told(self):
        enforcement = PolicyEnforcement({"Statement": [allow(["sqs:CreateQueue", "sqs:Get*", "sqs:SetQueueAttributes"])]})
        missing = enforcement.missing_for_stack(["AWS::SQS::Queue"])
        self.assertEqual(missing, ["sqs:DeleteQueue", "sqs:ListQueueTags", "sqs:TagQueue", "sqs:UntagQueue"])


if __name__ == "__main__":
    unittest.main()
