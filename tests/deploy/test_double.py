"""The doubles as boto3 sees them: strict where AWS is, with state, and with errors on demand."""

import http.client
import json
import threading
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
COLUMNS = [{"Name": "user_id", "Type": "STRING"}, {"Name": "messages", "Type": "INTEGER"}]


class SmallWorld(World):
    """A workgroup, and a table of seven rows."""

    def has_workgroup(self, name):
        return name == "kiro"

    def rows(self, sql):
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
        connection.request("POST", path, body, {"Authorization": f"AWS4-HMAC-SHA256 Credential=example/20260930/{REGION}/quicksight/aws4_request"})
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
        """Looks until a status is no longer in progress: the described asset, and every status seen."""
        seen = []
        while True:
            shown = self.ask(operation, **members)[kind]
            seen.append(shown.get("Version", shown)["Status"])
            if not seen[-1].endswith("IN_PROGRESS"):
                return shown, seen

    def make_source(self, name="source", workgroup="kiro"):
        self.ask(
            "create_data_source", DataSourceId=name, Name=name, Type="ATHENA", DataSourceParameters={"AthenaParameters": {"WorkGroup": workgroup}}
        )
        return self.settled("describe_data_source", "DataSource", DataSourceId=name)

    def make_set(self, name="daily", table="daily", **more):
        source, _ = self.make_source(f"source-of-{name}")
        physical = {"table": {"RelationalTable": {"DataSourceArn": source["Arn"], "Schema": "kiro", "Name": table, "InputColumns": COLUMNS}}}
        return self.ask("create_data_set", **{"DataSetId": name, "Name": name, "PhysicalTableMap": physical, "ImportMode": "SPICE"} | more)

    def definition(self, data_set, column="messages", identifier="daily"):
        measure = {"NumericalMeasureField": {"FieldId": "m", "Column": {"DataSetIdentifier": identifier, "ColumnName": column}}}
        visual = {"KPIVisual": {"VisualId": "v", "ChartConfiguration": {"FieldWells": {"Values": [measure]}}}}
        return {
            "DataSetIdentifierDeclarations": [{"Identifier": "daily", "DataSetArn": data_set}],
            "Sheets": [{"SheetId": "s", "Name": "Sheet", "Visuals": [visual]}],
        }


class WhatTheModelRefuses(Doubles):
    def test_everything_that_the_model_forbids_is_named_in_one_answer(self):
        physical = {"a_table": {"RelationalTable": {"DataSourceArn": "arn:x", "Name": "t", "InputColumns": [{"Name": "a", "Type": "TEXT"}], "Colour": "red"}}}
        body = {"DataSetId": "d", "Name": "", "PhysicalTableMap": physical, "ImportMode": "SPICES", "Colour": "red"}
        status, kind, said = self.post(f"/accounts/{ACCOUNT}/data-sets", json.dumps(body))
        self.assertEqual((status, kind), (400, "ValidationException"))
        self.assertIn("6 validation errors detected", said)
        self.assertIn("Value at 'physicalTableMap.a_table.member.relationalTable.colour' failed to satisfy constraint: Member is unknown", said)
        self.assertIn("Value 'TEXT' at 'physicalTableMap.a_table.member.relationalTable.inputColumns.1.member.type'", said)

    def test_the_messages_are_those_of_the_service(self):
        keys = "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [0-9a-zA-Z-]*]"
        for members, message in (
            ({"DataSetId": "d"}, "Value null at 'name' failed to satisfy constraint: Member must not be null"),
            ({"Name": "x" * 129}, "Member must have length less than or equal to 128"),
            ({"ImportMode": "NEVER"}, "Value 'NEVER' at 'importMode' failed to satisfy constraint: Member must satisfy enum value set: [SPICE, DIRECT_QUERY]"),
            ({"PhysicalTableMap": {"a_b": {"S3Source": {"DataSourceArn": "a"}}}}, keys),
            ({"PhysicalTableMap": {"a": {}}}, "Exactly one member must be set"),
            ({"Permissions": "all"}, "Value 'all' at 'permissions' failed to satisfy constraint: Member must be a list"),
            ({"DataSetId": 1}, "Value '1' at 'dataSetId' failed to satisfy constraint: Member must be a string"),
        ):
            with self.subTest(message=message):
                self.assertIn(message, json.loads(self.post(f"/accounts/{ACCOUNT}/data-sets", json.dumps(members))[2])["Message"])

    def test_a_body_that_is_no_json_is_refused(self):
        self.assertEqual(self.post(f"/accounts/{ACCOUNT}/data-sets", "{")[:2], (400, "SerializationException"))

    def test_a_path_that_is_none_is_refused(self):
        self.assertEqual(self.post("/accounts", "{}")[:2], (400, "UnknownOperationException"))

    def test_what_the_double_does_not_know_is_said(self):
        self.refused_here("UnknownOperationException", "create_vpc_connection", "the double does not know CreateVPCConnection", VPCConnectionId="v", Name="v", SubnetIds=["subnet-1", "subnet-2"], SecurityGroupIds=["sg-1"], RoleArn="arn:aws:iam::123456789012:role/r")


class Assets(Doubles):
    def test_a_data_source_becomes_healthy_after_some_looks(self):
        source, seen = self.make_source()
        self.assertEqual(seen, ["CREATION_IN_PROGRESS", "CREATION_IN_PROGRESS", "CREATION_SUCCESSFUL"])
        self.assertEqual(source["Arn"], f"arn:aws:quicksight:{REGION}:{ACCOUNT}:datasource/source")
        self.refused_here("ResourceExistsException", "create_data_source", DataSourceId="source", Name="x", Type="S3")

    def test_a_data_source_without_its_workgroup_fails(self):
        source, _ = self.make_source(workgroup="other")
        self.assertEqual(source["Status"], "CREATION_FAILED")
        self.assertIn("other", source["ErrorInfo"]["Message"])

    def test_what_is_being_made_cannot_be_changed(self):
        self.ask("create_data_source", DataSourceId="d", Name="d", Type="S3")
        self.refused_here("ConflictException", "update_data_source", DataSourceId="d", Name="e")

    def test_a_data_set_is_imported_when_it_is_made(self):
        made = self.make_set()
        ingestion = {}
        while ingestion.get("IngestionStatus") not in ("COMPLETED", "FAILED"):
            ingestion = self.ask("describe_ingestion", DataSetId="daily", IngestionId=made["IngestionId"])["Ingestion"]
        self.assertEqual(ingestion["IngestionStatus"], "COMPLETED")
        self.assertEqual(ingestion["RowInfo"]["RowsIngested"], 7)
        self.assertEqual(ingestion["CreatedTime"].tzinfo is not None, True)

    def test_an_import_of_a_table_that_is_not_there_fails(self):
        made = self.make_set(table="other")
        ingestion = {}
        while ingestion.get("IngestionStatus") not in ("COMPLETED", "FAILED"):
            ingestion = self.ask("describe_ingestion", DataSetId="daily", IngestionId=made["IngestionId"])["Ingestion"]
        self.assertEqual(ingestion["ErrorInfo"]["Type"], "SQL_TABLE_NOT_FOUND")

    def test_a_newer_import_takes_the_place_of_the_one_before(self):
        self.make_set()
        self.ask("create_ingestion", DataSetId="daily", IngestionId="second")
        self.refused_here("ResourceExistsException", "create_ingestion", DataSetId="daily", IngestionId="second")
        newest, oldest = self.ask("list_ingestions", DataSetId="daily")["Ingestions"]
        self.assertEqual((newest["IngestionId"], oldest["IngestionStatus"], oldest["ErrorInfo"]["Type"]), ("second", "CANCELLED", "INGESTION_SUPERSEDED"))

    def test_logical_tables_change_the_columns(self):
        logical = {
            "l": {
                "Alias": "daily",
                "Source": {"PhysicalTableId": "table"},
                "DataTransforms": [
                    {"RenameColumnOperation": {"ColumnName": "user_id", "NewColumnName": "user"}},
                    {"CreateColumnsOperation": {"Columns": [{"ColumnName": "c", "ColumnId": "c", "Expression": "1"}]}},
                    {"ProjectOperation": {"ProjectedColumns": ["user", "c"]}},
                ],
            }
        }
        self.make_set(LogicalTableMap=logical)
        columns = self.ask("describe_data_set", DataSetId="daily")["DataSet"]["OutputColumns"]
        self.assertEqual([column["Name"] for column in columns], ["user", "c"])

    def test_refresh_schedules(self):
        self.make_set()
        schedule = {"ScheduleId": "daily", "ScheduleFrequency": {"Interval": "DAILY", "TimeOfTheDay": "04:00"}, "RefreshType": "FULL_REFRESH"}
        self.ask("create_refresh_schedule", DataSetId="daily", Schedule=schedule)
        self.refused_here("ResourceExistsException", "create_refresh_schedule", DataSetId="daily", Schedule=schedule)
        self.refused_here("PreconditionNotMetException", "create_refresh_schedule", DataSetId="daily", Schedule=schedule | {"ScheduleId": "i", "RefreshType": "INCREMENTAL_REFRESH"})
        self.assertEqual(self.ask("list_refresh_schedules", DataSetId="daily")["RefreshSchedules"][0]["ScheduleFrequency"]["TimeOfTheDay"], "04:00")
        self.ask("delete_refresh_schedule", DataSetId="daily", ScheduleId="daily")
        self.refused_here("ResourceNotFoundException", "describe_refresh_schedule", DataSetId="daily", ScheduleId="daily")

    def test_a_deleted_analysis_keeps_its_id_unless_forced(self):
        arn = self.make_set()["Arn"]
        self.ask("create_analysis", AnalysisId="a", Name="a", Definition=self.definition(arn))
        self.ask("delete_analysis", AnalysisId="a")
        self.assertEqual(self.ask("list_analyses")["AnalysisSummaryList"][0]["Status"], "DELETED")
        self.refused_here("ResourceExistsException", "create_analysis", AnalysisId="a", Name="a", Definition=self.definition(arn))
        self.ask("delete_analysis", AnalysisId="a", ForceDeleteWithoutRecovery=True)
        self.refused_here("ResourceNotFoundException", "describe_analysis", AnalysisId="a")

    def test_a_theme_in_use_stays(self):
        arn = self.make_set()["Arn"]
        theme = self.ask("create_theme", ThemeId="t", Name="t", BaseThemeId="CLASSIC", Configuration={})
        self.ask("create_analysis", AnalysisId="a", Name="a", Definition=self.definition(arn), ThemeArn=theme["Arn"])
        self.refused_here("ConflictException", "delete_theme", "Analysis a", ThemeId="t")
        self.ask("delete_analysis", AnalysisId="a")
        self.ask("delete_theme", ThemeId="t")

    def test_lists_come_in_pages(self):
        for number in range(5):
            self.ask("create_data_source", DataSourceId=f"d{number}", Name="d", Type="S3")
        pages = list(self.quicksight.get_paginator("list_data_sources").paginate(AwsAccountId=ACCOUNT, PaginationConfig={"PageSize": 2}))
        self.assertEqual([[one["DataSourceId"] for one in page["DataSources"]] for page in pages], [["d0", "d1"], ["d2", "d3"], ["d4"]])
        self.refused_here("InvalidNextTokenException", "list_data_sources", NextToken="x")

    def test_tags_are_merged(self):
        source, _ = self.make_source()
        self.quicksight.tag_resource(ResourceArn=source["Arn"], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        self.quicksight.untag_resource(ResourceArn=source["Arn"], TagKeys=["a"])
        self.assertEqual(self.quicksight.list_tags_for_resource(ResourceArn=source["Arn"])["Tags"], [{"Key": "b", "Value": "2"}])


class DashboardVersions(Doubles):
    def test_a_newer_version_is_seen_when_it_is_published(self):
        arn = self.make_set()["Arn"]
        self.ask("create_dashboard", DashboardId="d", Name="one", Definition=self.definition(arn))
        _, seen = self.settled("describe_dashboard", "Dashboard", DashboardId="d")
        self.assertEqual(seen[-1], "CREATION_SUCCESSFUL")
        self.ask("update_dashboard", DashboardId="d", Name="two", Definition=self.definition(arn, "user_id"))
        self.refused_here("ConflictException", "update_dashboard", DashboardId="d", Name="three", Definition=self.definition(arn))
        self.refused_here("InvalidParameterValueException", "update_dashboard_published_version", "CREATION_IN_PROGRESS", DashboardId="d", VersionNumber=2)
        self.assertEqual(self.ask("describe_dashboard", DashboardId="d")["Dashboard"]["Name"], "one")
        self.settled("describe_dashboard", "Dashboard", DashboardId="d", VersionNumber=2)
        self.ask("update_dashboard_published_version", DashboardId="d", VersionNumber=2)
        self.assertEqual(self.ask("describe_dashboard", DashboardId="d")["Dashboard"]["Name"], "two")
        shown = self.ask("describe_dashboard_definition", DashboardId="d")["Definition"]
        self.assertEqual(shown, self.definition(arn, "user_id"))

    def test_a_definition_that_names_what_is_not_there_fails(self):
        arn = self.make_set()["Arn"]
        elsewhere = arn.replace("/daily", "/other")
        for definition, kind, word in (
            (self.definition(elsewhere), "DATA_SET_NOT_FOUND", "other"),
            (self.definition(arn, identifier="nightly"), "DATA_SET_NOT_FOUND", "nightly"),
            (self.definition(arn, column="colour"), "COLUMN_REPLACEMENT_MISSING", "colour"),
        ):
            with self.subTest(word):
                self.ask("create_dashboard", DashboardId=word, Name="d", Definition=definition)
                shown, seen = self.settled("describe_dashboard", "Dashboard", DashboardId=word)
                self.assertEqual(seen[-1], "CREATION_FAILED")
                self.assertEqual(shown["Version"]["Errors"][0]["Type"], kind)
                self.assertIn(word, shown["Version"]["Errors"][0]["Message"])

    def test_permissions_are_those_of_a_role_of_somebody(self):
        arn = self.make_set()["Arn"]
        self.ask("create_dashboard", DashboardId="d", Name="d", Definition=self.definition(arn), Permissions=[{"Principal": ALICE, "Actions": VIEW}])
        grants = self.ask("describe_dashboard_permissions", DashboardId="d")["Permissions"]
        self.assertEqual(grants, [{"Principal": ALICE, "Actions": VIEW}])
        self.refused_here("InvalidParameterValueException", "update_dashboard_permissions", "dave", DashboardId="d", GrantPermissions=[{"Principal": ALICE.replace("alice", "dave"), "Actions": VIEW}])
        self.refused_here("InvalidParameterValueException", "update_dashboard_permissions", "Valid sets", DashboardId="d", GrantPermissions=[{"Principal": ALICE, "Actions": VIEW[:1]}])
        revoked = self.ask("update_dashboard_permissions", DashboardId="d", RevokePermissions=[{"Principal": ALICE, "Actions": VIEW}])
        self.assertEqual(revoked["Permissions"], [])


class TheAccount(Doubles):
    def test_users_are_told_in_the_identity_region_alone(self):
        self.account.identity_region = "us-east-1"
        self.refused_here("AccessDeniedException", "list_users", "your identity region is us-east-1. Please use the us-east-1 endpoint", Namespace="default")
        users = self.client("quicksight", "us-east-1").list_users(AwsAccountId=ACCOUNT, Namespace="default")["UserList"]
        self.assertEqual({user["UserName"]: user["Role"] for user in users}, {"alice": "ADMIN", "bob": "AUTHOR", "carol": "READER"})

    def test_without_a_subscription_there_is_nothing(self):
        self.account.subscription = None
        self.refused_here("ResourceNotFoundException", "describe_account_subscription", "not signed up")
        self.refused_here("ResourceNotFoundException", "list_dashboards")

    def test_namespaces(self):
        self.assertEqual(self.ask("list_namespaces")["Namespaces"][0]["Name"], "default")
        self.refused_here("ResourceNotFoundException", "list_users", Namespace="other")


class OnDemand(Doubles):
    def test_calls_are_logged_with_what_they_change(self):
        self.make_source()
        self.ask("list_data_sources")
        calls = self.front.taken()
        self.assertEqual({(call.name, call.mutating) for call in calls}, {("quicksight:CreateDataSource", True), ("quicksight:DescribeDataSource", False), ("quicksight:ListDataSources", False)})
        self.assertEqual(calls[0].members["DataSourceId"], "source")
        self.assertEqual(self.front.taken(), [])

    def test_errors_on_demand_come_as_often_as_asked(self):
        self.front.fail("quicksight:ListDashboards", "ThrottlingException", "Rate exceeded", skip=1, times=2)
        self.ask("list_dashboards")
        for _ in range(2):
            self.refused_here("ThrottlingException", "list_dashboards", "Rate exceeded")
        self.ask("list_dashboards")

    def test_every_protocol_has_its_errors(self):
        self.front.fail("*:*", "AccessDenied", "no", times=4, status=403)
        for service, operation, members in (
            ("s3", "get_bucket_location", {"Bucket": "b"}),
            ("iam", "get_role", {"RoleName": "r"}),
            ("glue", "get_table", {"DatabaseName": "d", "Name": "t"}),
            ("lambda", "get_function", {"FunctionName": "f"}),
        ):
            with self.subTest(service):
                self.refused("AccessDenied", operation, "no", self.client(service), **members)
        self.assertEqual([call.operation for call in self.front.taken()], ["GetBucketLocation", "GetRole", "GetTable", "GetFunction"])

    def test_a_held_call_has_its_effect_or_not(self):
        for when, there in (("before", 0), ("after", 1)):
            with self.subTest(when):
                held = self.front.hold("quicksight:CreateDataSource", when)
                caller = threading.Thread(target=lambda: self.assertRaises(Exception, self.ask, "create_data_source", DataSourceId="d", Name="d", Type="S3"))
                caller.start()
                held.wait(30)
                self.assertEqual(len(self.ask("list_data_sources")["DataSources"]), there)
                held.let_go()
                caller.join()


class LakeFormation(Doubles):
    ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/aws-quicksight-service-role-v0"
    TABLE = {"Table": {"DatabaseName": "kiro", "Name": "daily"}}

    def setUp(self):
        super().setUp()
        self.client_of_lake = self.client("lakeformation")

    def grant(self, principal, resource, *permissions):
        self.client_of_lake.grant_permissions(Principal={"DataLakePrincipalIdentifier": principal}, Resource=resource, Permissions=permissions)

    def refused_grant(self, code, message, *asked):
        with self.assertRaises(ClientError) as raised:
            self.grant(*asked)
        self.assertEqual(raised.exception.response["Error"]["Code"], code)
        self.assertIn(message, raised.exception.response["Error"]["Message"])

    def test_what_is_open_says_so(self):
        listed = self.client_of_lake.list_permissions(Resource=self.TABLE)["PrincipalResourcePermissions"]
        self.assertEqual([(one["Principal"]["DataLakePrincipalIdentifier"], one["Permissions"]) for one in listed], [("IAM_ALLOWED_PRINCIPALS", ["ALL"])])
        self.assertTrue(self.grants.allows(self.ROLE, "SELECT", "kiro", "daily"))

    def test_select_is_listed_as_a_grant_on_all_columns(self):
        self.grants.put_in_force()
        self.assertFalse(self.grants.allows(self.ROLE, "SELECT", "kiro", "daily"))
        self.grant(self.ROLE, self.TABLE, "SELECT", "DESCRIBE")
        listed = self.client_of_lake.list_permissions(Principal={"DataLakePrincipalIdentifier": self.ROLE})["PrincipalResourcePermissions"]
        self.assertEqual([(next(iter(one["Resource"])), one["Permissions"]) for one in listed], [("Table", ["DESCRIBE"]), ("TableWithColumns", ["SELECT"])])
        self.assertTrue(self.grants.allows(self.ROLE, "SELECT", "kiro", "daily"))

    def test_what_cannot_be_granted_is_refused(self):
        self.grants.put_in_force()
        session = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/session"
        self.refused_grant("InvalidInputException", "Invalid principal", session, self.TABLE, "SELECT")
        self.refused_grant("InvalidInputException", "Invalid principal", f"arn:aws:iam::{ACCOUNT}:role/other", self.TABLE, "SELECT")
        self.refused_grant("EntityNotFoundException", "Table not found", self.ROLE, {"Table": {"DatabaseName": "kiro", "Name": "x"}}, "SELECT")
        self.refused_grant("InvalidInputException", "CREATE_TABLE", self.ROLE, self.TABLE, "CREATE_TABLE")

    def test_only_administrators_grant(self):
        self.refused_grant("AccessDeniedException", "Insufficient Lake Formation permission", self.ROLE, self.TABLE, "SELECT")

    def test_revoking(self):
        self.grants.put_in_force()
        self.grant(self.ROLE, self.TABLE, "SELECT")
        revoke = {"Principal": {"DataLakePrincipalIdentifier": self.ROLE}, "Resource": self.TABLE, "Permissions": ["SELECT"]}
        self.client_of_lake.revoke_permissions(**revoke)
        with self.assertRaises(ClientError):
            self.client_of_lake.revoke_permissions(**revoke)


if __name__ == "__main__":
    unittest.main()
