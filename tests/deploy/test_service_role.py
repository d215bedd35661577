"""The role that Quick Sight reads with, what it may not read, and what the deployer may not do, in the whole environment."""

import json
import unittest

from botocore.exceptions import ClientError

from environment import ACCOUNT, REGION, SERVICE_ROLE, Environment
from quicksight.world import Unreadable
from service_role import ATHENA_POLICY, NO_ROLE, ROLES

CONSUMERS, _ = ROLES
BUCKET, WORKGROUP = "kiro-results", "kiro"


class ServiceRole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.aws = cls.enterClassContext(Environment())
        cls.iam, cls.quicksight = cls.aws.client("iam"), cls.aws.client("quicksight")
        cls.aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        configuration = {"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/results/"}}
        cls.aws.client("athena").create_work_group(Name=WORKGROUP, Configuration=configuration)

    def make_source(self, name, **more):
        """The error of a new data source, or None."""
        athena = {"AthenaParameters": {"WorkGroup": WORKGROUP} | more}
        asked = {"AwsAccountId": ACCOUNT, "DataSourceId": name}
        self.quicksight.create_data_source(**asked, Name=name, Type="ATHENA", DataSourceParameters=athena)
        while True:
            source = self.quicksight.describe_data_source(**asked)["DataSource"]
            if not source["Status"].endswith("PROGRESS"):
                return (source["ErrorInfo"]["Type"], source["ErrorInfo"]["Message"]) if source["Status"] == "CREATION_FAILED" else None

    def give_access(self, role):
        allowed = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"}
        self.iam.attach_role_policy(RoleName=role, PolicyArn=ATHENA_POLICY)
        document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        self.iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=document)

    def make_role(self, name, path="/service-role/"):
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        return self.iam.create_role(Path=path, RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]

    def test_the_consumers_role_comes_before_the_service_role(self):
        kind, message = self.make_source("without-access")
        self.assertEqual(kind, "ACCESS_DENIED")
        self.assertIn(f"{SERVICE_ROLE} is not authorized to perform: athena:StartQueryExecution", message)
        self.give_access(SERVICE_ROLE)
        self.assertIsNone(self.make_source("with-access"))

        self.make_role(CONSUMERS)
        kind, message = self.make_source("of-consumers")
        self.assertEqual(kind, "ACCESS_DENIED")
        self.assertIn(CONSUMERS, message)
        with self.assertRaisesRegex(Unreadable, CONSUMERS):
            self.aws.world.rows("SELECT 1", WORKGROUP)

        own = self.make_role("kiro-reads", "/")
        self.give_access("kiro-reads")
        self.assertIsNone(self.make_source("with-own-role", RoleArn=own))

        self.give_access(CONSUMERS)
        self.assertIsNone(self.make_source("of-consumers-with-access"))
        self.assertEqual(self.aws.world.rows("SELECT 1", WORKGROUP), 1)

    def test_an_account_without_a_role_says_so(self):
        with self.assertRaisesRegex(Unreadable, NO_ROLE):
            self.aws.world.role("other")

    def test_athena_may_not_look_the_bucket_up_for_the_deployer(self):
        athena = self.aws.client("athena")
        enforcement = self.aws.enforce({"Statement": [{"Effect": "Allow", "Action": "athena:*", "Resource": "*"}]})
        self.addCleanup(self.aws.front.allow_all)
        athena.start_query_execution(QueryString="SELECT 1", WorkGroup=WORKGROUP)
        enforcement.access_key = None
        with self.assertRaisesRegex(ClientError, f"InvalidRequestException.*Unable to verify/create output bucket {BUCKET}"):
            athena.start_query_execution(QueryString="SELECT 1", WorkGroup=WORKGROUP)


if __name__ == "__main__":
    unittest.main()
