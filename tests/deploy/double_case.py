"""The doubles behind the front, and clients of them, for tests."""

import http.client
import unittest

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from front import Front
from lake_formation import Catalogue, lake_formation
from quicksight import Account, World, quicksight
from quicksight.world import Unreadable

ACCOUNT, REGION = "123456789012", "eu-central-1"
ALICE = f"arn:aws:quicksight:{REGION}:{ACCOUNT}:user/default/alice"
VIEW = ["quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", "quicksight:QueryDashboard"]
COLUMNS = [{"Name": "user_id", "Type": "STRING"}, {"Name": "messages", "Type": "INTEGER"}, {"Name": "days", "Type": "INTEGER"}]


class SmallWorld(World):
    """A workgroup, and a table of seven rows."""

    def has_workgroup(self, name):
        return name == "kiro"

    def rows(self, sql, _workgroup, _role_arn=None):
        if '"kiro"."daily"' not in sql:
            raise Unreadable("SQL_TABLE_NOT_FOUND", "no such table")
        return 7


class Doubles(unittest.TestCase):
    """Both doubles behind the front, and clients of them."""

    @classmethod
    def setUpClass(cls):
        cls.front = Front({"*": "127.0.0.1:9"})
        cls.addClassCleanup(cls.front.stop)
        cls.clients = {}
        cls.quicksight = cls.client("quicksight")

    def setUp(self):
        self.account = Account(ACCOUNT, REGION)
        role = f"arn:aws:iam::{ACCOUNT}:role/service-role/aws-quicksight-service-role-v0"
        lake, self.grants = lake_formation(Catalogue({"kiro"}, {("kiro", "daily")}, {role}))
        self.front.backends |= {"quicksight": quicksight(self.account, SmallWorld()), "lakeformation": lake}
        self.front.faults.clear()
        self.front.taken()

    @classmethod
    def client(cls, service, region=REGION):
        if (service, region) not in cls.clients:
            config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
            keys = {"aws_access_key_id": "example", "aws_secret_access_key": "example"}
            cls.clients[service, region] = boto3.client(service, region_name=region, endpoint_url=cls.front.endpoint, config=config, **keys)
        return cls.clients[service, region]

    def post(self, path, body):
        """A signed request that no client would send: status, error type and text."""
        connection = http.client.HTTPConnection(self.front.endpoint.removeprefix("http://"))
        connection.request(
            "POST", path, body, {"Authorization": f"AWS4-HMAC-SHA256 Credential=example/20260930/{REGION}/quicksight/aws4_request"}
        )
        answer = connection.getresponse()
        said = answer.status, answer.getheader("x-amzn-ErrorType"), answer.read().decode()
        connection.close()
        return said

    def ask(self, operation, **members):
        return getattr(self.quicksight, operation)(AwsAccountId=ACCOUNT, **members)

    def refused(self, code, operation, message="", client=None, **members):
        with self.assertRaises(ClientError) as raised:
            getattr(client or self.quicksight, operation)(**members)
        self.assertEqual(raised.exception.response["Error"]["Code"], code)
        self.assertIn(message, raised.exception.response["Error"]["Message"])

    def refused_here(self, code, operation, message="", **members):
        self.refused(code, operation, message, AwsAccountId=ACCOUNT, **members)

    def settled(self, operation, kind, **members):
        """Polls until a status is no longer in progress. Returns the described asset and all observed statuses."""
        seen = []
        while True:
            shown = self.ask(operation, **members)[kind]
            seen.append(shown.get("Version", shown)["Status"])
            if not seen[-1].endswith("IN_PROGRESS"):
                return shown, seen

    def make_source(self, name="source", workgroup="kiro"):
        self.ask(
            "create_data_source",
            DataSourceId=name,
            Name=name,
            Type="ATHENA",
            DataSourceParameters={"AthenaParameters": {"WorkGroup": workgroup}},
        )
        return self.settled("describe_data_source", "DataSource", DataSourceId=name)

    def make_set(self, name="daily", table="daily", **more):
        source, _ = self.make_source(f"source-of-{name}")
        physical = {
            "table": {"RelationalTable": {"DataSourceArn": source["Arn"], "Schema": "kiro", "Name": table, "InputColumns": COLUMNS}}
        }
        return self.ask("create_data_set", **{"DataSetId": name, "Name": name, "PhysicalTableMap": physical, "ImportMode": "SPICE"} | more)

    def definition(self, data_set, column="messages", identifier="daily"):
        measure = {"NumericalMeasureField": {"FieldId": "m", "Column": {"DataSetIdentifier": identifier, "ColumnName": column}}}
        visual = {"KPIVisual": {"VisualId": "v", "ChartConfiguration": {"FieldWells": {"Values": [measure]}}}}
        return {
            "DataSetIdentifierDeclarations": [{"Identifier": "daily", "DataSetArn": data_set}],
            "Sheets": [{"SheetId": "s", "Name": "Sheet", "Visuals": [visual]}],
        }
