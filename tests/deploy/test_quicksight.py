"""The double of Quick Sight as boto3 sees it: it keeps state, settles after some looks, and refuses what the service refuses."""

import unittest

from double_case import ACCOUNT, ALICE, REGION, VIEW, Doubles


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
        self.assertEqual(
            (newest["IngestionId"], oldest["IngestionStatus"], oldest["ErrorInfo"]["Type"]), ("second", "CANCELLED", "INGESTION_SUPERSEDED")
        )

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
        schedule = {
            "ScheduleId": "daily",
            "ScheduleFrequency": {"Interval": "DAILY", "TimeOfTheDay": "04:00"},
            "RefreshType": "FULL_REFRESH",
        }
        self.ask("create_refresh_schedule", DataSetId="daily", Schedule=schedule)
        self.refused_here("ResourceExistsException", "create_refresh_schedule", DataSetId="daily", Schedule=schedule)
        self.refused_here(
            "PreconditionNotMetException",
            "create_refresh_schedule",
            DataSetId="daily",
            Schedule=schedule | {"ScheduleId": "i", "RefreshType": "INCREMENTAL_REFRESH"},
        )
        self.assertEqual(
            self.ask("list_refresh_schedules", DataSetId="daily")["RefreshSchedules"][0]["ScheduleFrequency"]["TimeOfTheDay"], "04:00"
        )
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
        self.ask("update_dashboard", DashboardId="d", Name="two", Definition=self.definition(arn, "days"))
        self.refused_here("ConflictException", "update_dashboard", DashboardId="d", Name="three", Definition=self.definition(arn))
        self.refused_here(
            "InvalidParameterValueException", "update_dashboard_published_version", "CREATION_IN_PROGRESS", DashboardId="d", VersionNumber=2
        )
        self.assertEqual(self.ask("describe_dashboard", DashboardId="d")["Dashboard"]["Name"], "one")
        self.settled("describe_dashboard", "Dashboard", DashboardId="d", VersionNumber=2)
        self.ask("update_dashboard_published_version", DashboardId="d", VersionNumber=2)
        self.assertEqual(self.ask("describe_dashboard", DashboardId="d")["Dashboard"]["Name"], "two")
        self.account.switches.definitions_as_sent = True
        shown = self.ask("describe_dashboard_definition", DashboardId="d")["Definition"]
        self.assertEqual(shown, self.definition(arn, "days"))

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
        self.ask(
            "create_dashboard",
            DashboardId="d",
            Name="d",
            Definition=self.definition(arn),
            Permissions=[{"Principal": ALICE, "Actions": VIEW}],
        )
        grants = self.ask("describe_dashboard_permissions", DashboardId="d")["Permissions"]
        self.assertEqual(grants, [{"Principal": ALICE, "Actions": VIEW}])
        self.refused_here(
            "InvalidParameterValueException",
            "update_dashboard_permissions",
            "dave",
            DashboardId="d",
            GrantPermissions=[{"Principal": ALICE.replace("alice", "dave"), "Actions": VIEW}],
        )
        self.refused_here(
            "InvalidParameterValueException",
            "update_dashboard_permissions",
            "Valid sets",
            DashboardId="d",
            GrantPermissions=[{"Principal": ALICE, "Actions": VIEW[:1]}],
        )
        revoked = self.ask("update_dashboard_permissions", DashboardId="d", RevokePermissions=[{"Principal": ALICE, "Actions": VIEW}])
        self.assertEqual(revoked["Permissions"], [])


class TheAccount(Doubles):
    def test_users_are_told_in_the_identity_region_alone(self):
        self.account.identity_region = "us-east-1"
        self.refused_here(
            "AccessDeniedException",
            "list_users",
            "your identity region is us-east-1. Please use the us-east-1 endpoint",
            Namespace="default",
        )
        users = self.client("quicksight", "us-east-1").list_users(AwsAccountId=ACCOUNT, Namespace="default")["UserList"]
        self.assertEqual({user["UserName"]: user["Role"] for user in users}, {"alice": "ADMIN", "bob": "AUTHOR", "carol": "READER"})

    def test_without_a_subscription_there_is_nothing(self):
        self.account.subscription = None
        self.refused_here("ResourceNotFoundException", "describe_account_subscription", "not signed up")
        self.refused_here("ResourceNotFoundException", "list_dashboards")

    def test_namespaces(self):
        self.assertEqual(self.ask("list_namespaces")["Namespaces"][0]["Name"], "default")
        self.refused_here("ResourceNotFoundException", "list_users", Namespace="other")


if __name__ == "__main__":
    unittest.main()
