"""The environment behaves as AWS where a deployment depends on it: Athena's queries and views, capabilities, grants, identities."""

import io
import json
import unittest

import pyarrow
import pyarrow.parquet
from botocore.exceptions import ClientError

from athena.catalogue import view_of
from athena.dialect import spelled
from environment import ACCOUNT, REGION, SERVICE_ROLE, Environment
from service_role import ATHENA_POLICY

BUCKET, DATABASE, WORKGROUP = "example-results", "kiro", "kiro"
TEMPLATE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
"""


class Aws(unittest.TestCase):
    """One environment for the tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.aws = cls.enterClassContext(Environment())
        cls.s3, cls.glue, cls.athena = cls.aws.client("s3"), cls.aws.client("glue"), cls.aws.client("athena")
        cls.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        cls.glue.create_database(DatabaseInput={"Name": DATABASE})
        cls.athena.create_work_group(Name=WORKGROUP, Configuration={"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/results/"}})

    def run_query(self, sql):
        """The observed states, and the last description."""
        started = self.athena.start_query_execution(QueryString=sql, WorkGroup=WORKGROUP, QueryExecutionContext={"Database": DATABASE})
        seen = []
        while not seen or seen[-1] in ("QUEUED", "RUNNING"):
            execution = self.athena.get_query_execution(QueryExecutionId=started["QueryExecutionId"])["QueryExecution"]
            seen.append(execution["Status"]["State"])
        return seen, execution

    def query(self, sql):
        """The rows of a query as texts."""
        seen, execution = self.run_query(sql)
        self.assertEqual(seen[-1], "SUCCEEDED", execution["Status"])
        pages = self.athena.get_paginator("get_query_results").paginate(
            QueryExecutionId=execution["QueryExecutionId"], PaginationConfig={"PageSize": 2}
        )
        rows = [[datum.get("VarCharValue") for datum in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]]
        return rows[1:]

    def failure(self, sql):
        seen, execution = self.run_query(sql)
        self.assertEqual(seen[-1], "FAILED")
        return execution["Status"]["StateChangeReason"]

    def column_types(self, view):
        table = self.glue.get_table(DatabaseName=DATABASE, Name=view)["Table"]
        return {column["name"]: column["type"] for column in view_of(table)["columns"]}


class Athena(Aws):
    def test_a_query_runs_before_it_ends_and_leaves_its_file(self):
        seen, execution = self.run_query("SELECT 1 AS one")
        self.assertEqual(seen, ["RUNNING", "SUCCEEDED"])
        key = execution["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{BUCKET}/")
        self.assertEqual(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode().split(), ['"one"', '"1"'])

    def test_division_and_dates_are_trinos(self):
        rows = self.query(
            "SELECT 7 / 2, DATE '2026-01-31' + INTERVAL '1' DAY, date_diff('day', DATE '2026-01-01', DATE '2026-01-03'), CAST(NULL AS varchar), 1e0 / 4"
        )
        self.assertEqual(rows, [["3", "2026-02-01", "2", None, "0.25"]])

    def test_results_come_in_pages(self):
        self.assertEqual(self.query("SELECT n FROM UNNEST(sequence(1, 5)) AS t (n) ORDER BY n"), [[str(n)] for n in range(1, 6)])

    def test_doubles_are_spelled_as_in_java(self):
        self.assertEqual(
            [spelled(value) for value in (1.0, 0.001, 1e7, 1.5e-4, float("nan"), True, None)],
            ["1.0", "0.001", "1.0E7", "1.5E-4", "NaN", "true", None],
        )

    def test_a_table_is_a_folder_of_parquet(self):
        columns = "user_id string, messages bigint"
        self.query(
            f"CREATE EXTERNAL TABLE IF NOT EXISTS facts ({columns}) PARTITIONED BY (export_date string) STORED AS PARQUET LOCATION 's3://{BUCKET}/facts/'"
        )
        self.assertEqual(self.query("SELECT count(*) FROM facts"), [["0"]])
        file = io.BytesIO()
        pyarrow.parquet.write_table(pyarrow.table({"user_id": ["u"], "messages": [3]}), file)
        self.s3.put_object(Bucket=BUCKET, Key="facts/export_date=2026-09-30/part.parquet", Body=file.getvalue())
        self.assertEqual(self.query("SELECT user_id, messages, export_date FROM facts"), [["u", "3", "2026-09-30"]])

    def test_views_are_kept_in_the_catalogue_with_their_types(self):
        self.query(
            "CREATE OR REPLACE VIEW kiro.numbers AS -- a comment\nSELECT n, CAST(n AS double) AS x, DATE '2026-01-01' AS day, 'a' AS letter FROM UNNEST(sequence(1, 3)) AS t (n)"
        )
        self.query("CREATE OR REPLACE VIEW kiro.total AS SELECT sum(n) AS n FROM kiro.numbers")
        self.assertEqual(self.query("SELECT * FROM total"), [["6"]])
        self.assertEqual(self.column_types("numbers"), {"n": "bigint", "x": "double", "day": "date", "letter": "varchar"})
        self.assertIn("already exists", self.failure("CREATE VIEW kiro.total AS SELECT 1 AS n"))

    def test_a_view_is_kept_as_the_formatter_writes_it(self):
        self.query("CREATE OR REPLACE VIEW kiro.formatted AS select  1 as n -- gone")
        kept = view_of(self.glue.get_table(DatabaseName=DATABASE, Name="formatted")["Table"])
        self.assertEqual(kept["originalSql"], "SELECT\n  1 AS n")

    def test_a_view_whose_query_changed_its_columns_is_stale(self):
        self.query("CREATE OR REPLACE VIEW kiro.below AS SELECT 1 AS a")
        self.query("CREATE OR REPLACE VIEW kiro.above AS SELECT * FROM kiro.below")
        self.query("CREATE OR REPLACE VIEW kiro.below AS SELECT 1 AS a, 2 AS b")
        self.assertIn("VIEW_IS_STALE", self.failure("SELECT * FROM kiro.above"))

    def test_what_is_not_there_fails_and_what_cannot_be_read_is_refused(self):
        self.assertIn("TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.kiro.other' does not exist", self.failure("SELECT * FROM other"))
        with self.assertRaises(ClientError) as raised:
            self.run_query("SELECT FROM WHERE")
        self.assertEqual(raised.exception.response["Error"]["Code"], "InvalidRequestException")
        with self.assertRaisesRegex(ClientError, "WorkGroup other is not found"):
            self.athena.start_query_execution(QueryString="SELECT 1", WorkGroup="other")

    def test_queries_that_read_do_not_count_as_changes(self):
        self.aws.front.taken()
        self.query("-- how many\nSELECT 1")
        self.query("CREATE OR REPLACE VIEW kiro.one AS SELECT 1 AS n")
        changes = [call.members["QueryString"][:6] for call in self.aws.front.taken() if call.mutating]
        self.assertEqual(changes, ["CREATE"])


class Strictness(Aws):
    def test_a_stack_with_roles_needs_the_capability(self):
        cloudformation = self.aws.client("cloudformation")
        with self.assertRaisesRegex(ClientError, "InsufficientCapabilities"):
            cloudformation.create_stack(StackName="s", TemplateBody=TEMPLATE)
        cloudformation.create_stack(StackName="s", TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM"])

    def test_identities_are_there(self):
        users = self.aws.client("identitystore").list_users(IdentityStoreId=self.aws.identity_store)["Users"]
        self.assertEqual({user["UserName"] for user in users}, {"alice", "bob", "carol"})

    def test_the_deployer_is_a_session_that_may_what_it_is_allowed(self):
        variables = self.aws.variables
        self.assertTrue(variables["AWS_SESSION_TOKEN"])
        role = f"arn:aws:iam::{ACCOUNT}:role/deployer"
        asked = {"PolicySourceArn": role, "ActionNames": ["quicksight:CreateDataSet"]}
        decisions = lambda: [one["EvalDecision"] for one in self.aws.client("iam").simulate_principal_policy(**asked)["EvaluationResults"]]
        self.assertEqual(decisions(), ["allowed"])
        self.aws.allow({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
        self.assertEqual(decisions(), ["implicitDeny"])

    def test_an_import_needs_the_service_roles_policies_and_grants(self):
        iam, query = self.aws.client("iam"), 'SELECT "n" FROM "kiro"."secret"'
        self.aws.grants.put_in_force()
        self.run_query("CREATE OR REPLACE VIEW kiro.secret AS SELECT 1 AS n")

        def refused(message):
            with self.assertRaisesRegex(Exception, message):
                self.aws.world.rows(query, WORKGROUP)

        refused("not authorized to perform: athena:StartQueryExecution")
        iam.attach_role_policy(RoleName=SERVICE_ROLE, PolicyArn=ATHENA_POLICY)
        refused(f"not authorized to perform: s3:GetObject on arn:aws:s3:::{BUCKET}/results/file")
        allowed = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"}
        iam.put_role_policy(
            RoleName=SERVICE_ROLE, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        )
        refused("Required SELECT on secret")
        self.aws.client("lakeformation").grant_permissions(
            Principal={"DataLakePrincipalIdentifier": self.aws.service_role_arn},
            Resource={"Table": {"DatabaseName": DATABASE, "Name": "secret"}},
            Permissions=["SELECT"],
        )
        self.assertEqual(self.aws.world.rows(query, WORKGROUP), 1)


if __name__ == "__main__":
    unittest.main()
