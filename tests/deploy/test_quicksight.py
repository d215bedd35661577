"""The double of Quick Sight through boto3: it keeps state, settles after some reads, and refuses what the service refuses."""

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

    def test_a_day_has_thirty_two_imports_by_request(self):
        self.make_set()
        for number in range(32):
            self.ask("create_ingestion", DataSetId="daily", IngestionId=f"by-request-{number}")
        self.refused_here("LimitExceededException", "create_ingestion", DataSetId="daily", IngestionId="one-more")
        for ingestion in self.account.ingestions["daily"].values():
            ingestion.created -= 86_401
        self.ask("create_ingestion", DataSetId="daily", IngestionId="the-next-day")

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
            "ConflictException", "update_dashboard_published_version", "CREATION_IN_PROGRESS", DashboardId="d", VersionNumber=2
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


class FailedCreations(Doubles):
    """A failed creation keeps its id: only a deletion frees it."""

    KINDS = (("analysis", "Analysis", {"ForceDeleteWithoutRecovery": True}), ("dashboard", "Dashboard", {}))

    def test_an_analysis_and_a_dashboard_are_deleted_and_made_again(self):
        definition = self.definition(self.make_set()["Arn"])
        for kind, noun, forced in self.KINDS:
            with self.subTest(kind):
                name = {f"{noun}Id": "failed"}
                self.account.switches.failed_creations = 1
                self.ask(f"create_{kind}", **name, Name="n", Definition=definition)
                shown, seen = self.settled(f"describe_{kind}", noun, **name)
                self.assertEqual(seen[-1], "CREATION_FAILED")
                self.assertEqual(shown.get("Version", shown)["Errors"][0]["Type"], "INTERNAL_FAILURE")
                self.refused_here("ResourceExistsException", f"create_{kind}", **name, Name="n", Definition=definition)
                self.refused_here("ConflictException", f"update_{kind}", "CREATION_FAILED", **name, Name="n", Definition=definition)
                self.ask(f"delete_{kind}", **name, **forced)
                self.ask(f"create_{kind}", **name, Name="n", Definition=definition)
                self.assertEqual(self.settled(f"describe_{kind}", noun, **name)[1][-1], "CREATION_SUCCESSFUL")

    def test_without_force_an_analysis_keeps_its_id(self):
        definition = self.definition(self.make_set()["Arn"])
        self.account.switches.failed_creations = 1
        self.ask("create_analysis", AnalysisId="a", Name="n", Definition=definition)
        self.settled("describe_analysis", "Analysis", AnalysisId="a")
        self.ask("delete_analysis", AnalysisId="a")
        self.refused_here("ResourceExistsException", "create_analysis", AnalysisId="a", Name="n", Definition=definition)

    def test_a_failed_update_can_be_updated(self):
        arn = self.make_set()["Arn"]
        self.ask("create_dashboard", DashboardId="d", Name="n", Definition=self.definition(arn))
        self.settled("describe_dashboard", "Dashboard", DashboardId="d")
        self.ask("update_dashboard", DashboardId="d", Name="n", Definition=self.definition(arn, "colour"))
        self.assertEqual(self.settled("describe_dashboard", "Dashboard", DashboardId="d", VersionNumber=2)[1][-1], "CREATION_FAILED")
        self.ask("update_dashboard", DashboardId="d", Name="n", Definition=self.definition(arn))

    def test_a_data_source_that_was_denied_is_made_again(self):
        self.account.switches.denied_data_sources = 2
        for _ in range(2):
            source, seen = self.make_source()
            self.assertEqual((seen[-1], source["ErrorInfo"]["Type"]), ("CREATION_FAILED", "ACCESS_DENIED"))
            self.refused_here("ConflictException", "update_data_source", DataSourceId="source", Name="x")
            self.ask("delete_data_source", DataSourceId="source")
        self.assertEqual(self.make_source()[1][-1], "CREATION_SUCCESSFUL")


class Capacity(Doubles):
    def test_without_capacity_nothing_is_imported_until_it_is_bought(self):
        self.account.switches.spice_gigabytes = 0
        with self.assertRaisesRegex(Exception, "LimitExceededException.*Insufficient SPICE capacity"):
            self.make_set()
        self.ask("update_spice_capacity_configuration", PurchaseMode="AUTO_PURCHASE")
        self.ask("delete_data_source", DataSourceId="source-of-daily")
        self.make_set()

    def test_data_sets_that_were_just_made_are_not_prepared(self):
        definition = self.definition(self.make_set()["Arn"])
        self.account.switches.unprepared_data_sets = 1
        asked = {"AnalysisId": "a", "Name": "n", "Definition": definition}
        self.refused_here("ResourceNotFoundException", "create_analysis", "PREPARED_SOURCE_NOT_FOUND", **asked)
        self.ask("create_analysis", **asked)

    def test_an_import_can_be_denied(self):
        self.account.switches.denied_ingestions = 1
        made = self.make_set()
        name, ended = {"DataSetId": "daily", "IngestionId": made["IngestionId"]}, {}
        while ended.get("IngestionStatus") not in ("COMPLETED", "FAILED"):
            ended = self.ask("describe_ingestion", **name)["Ingestion"]
        self.assertEqual(ended["ErrorInfo"]["Type"], "PERMISSION_DENIED")


class Definitions(Doubles):
    """Definitions that are refused at once, fail later, or pass with a warning; and descriptions in another order."""

    def setUp(self):
        super().setUp()
        self.broken = self.definition(self.make_set()["Arn"])
        chart = self.broken["Sheets"][0]["Visuals"][0]["KPIVisual"]["ChartConfiguration"]
        chart["KPIOptions"] = {"TrendArrows": {"Visibility": "VISIBLE"}}

    def test_what_a_rule_forbids_is_refused_at_once(self):
        message = "Only PrimaryValueFontSize display property can be defined when TargetValue and TrendGroup fields are empty"
        for kind, name in (("analysis", "AnalysisId"), ("dashboard", "DashboardId")):
            self.refused_here("InvalidParameterValueException", f"create_{kind}", message, **{name: "x"}, Name="n", Definition=self.broken)

    def test_lenient_validation_lets_some_of_it_pass(self):
        lenient = {"ValidationStrategy": {"Mode": "LENIENT"}}
        self.ask("create_analysis", AnalysisId="a", Name="n", Definition=self.broken, **lenient)
        self.broken["FilterGroups"] = [
            {
                "FilterGroupId": "g",
                "CrossDataset": "SINGLE_DATASET",
                "Filters": [],
                "ScopeConfiguration": {
                    "SelectedSheets": {"SheetVisualScopingConfigurations": [{"SheetId": "s", "Scope": "ALL_VISUALS", "VisualIds": ["v"]}]}
                },
            }
        ]
        asked = {"AnalysisId": "b", "Name": "n", "Definition": self.broken} | lenient
        self.refused_here("InvalidParameterValueException", "create_analysis", "must not have a list of visualIds", **asked)

    def test_errors_of_a_version_name_the_visual_and_are_warnings_when_lenient(self):
        definition = self.definition(self.broken["DataSetIdentifierDeclarations"][0]["DataSetArn"], "colour")
        for mode, status in (("STRICT", "CREATION_FAILED"), ("LENIENT", "CREATION_SUCCESSFUL")):
            with self.subTest(mode):
                strategy = {"ValidationStrategy": {"Mode": mode}}
                self.ask("create_analysis", AnalysisId=mode, Name="n", Definition=definition, **strategy)
                shown, seen = self.settled("describe_analysis", "Analysis", AnalysisId=mode)
                self.assertEqual(seen[-1], status)
                self.assertEqual(shown["Errors"][0]["ViolatedEntities"], [{"Path": "sheet/s/visual/v"}])
                self.assertIn("Required column 'colour' is missing", shown["Errors"][0]["Message"])

    def test_a_field_is_made_of_columns_of_its_type(self):
        definition = self.definition(self.broken["DataSetIdentifierDeclarations"][0]["DataSetArn"], "user_id")
        self.ask("create_analysis", AnalysisId="a", Name="n", Definition=definition)
        shown, _ = self.settled("describe_analysis", "Analysis", AnalysisId="a")
        self.assertEqual(shown["Errors"][0]["Type"], "COLUMN_TYPE_INCOMPATIBLE")

    def test_a_description_comes_in_another_order_and_with_more(self):
        definition = self.definition(self.broken["DataSetIdentifierDeclarations"][0]["DataSetArn"])
        definition["CalculatedFields"] = [
            {"DataSetIdentifier": "daily", "Name": f"field {number}", "Expression": "1"} for number in range(9)
        ]
        self.ask("create_analysis", AnalysisId="a", Name="n", Definition=definition)
        said = [self.ask("describe_analysis_definition", AnalysisId="a")["Definition"] for _ in range(3)]
        orders = [[field["Name"] for field in one["CalculatedFields"]] for one in said]
        self.assertNotEqual(orders[0], orders[1])
        self.assertEqual({tuple(sorted(order)) for order in orders}, {tuple(field["Name"] for field in definition["CalculatedFields"])})
        self.assertEqual(said[0]["Options"], {"WeekStart": "SUNDAY"})
        self.account.switches.service_releases = 1
        self.assertIn("QBusinessInsightsStatus", self.ask("describe_analysis_definition", AnalysisId="a")["Definition"]["Options"])

    def test_an_analysis_in_the_recycle_bin_is_restored(self):
        definition = self.definition(self.broken["DataSetIdentifierDeclarations"][0]["DataSetArn"])
        self.ask("create_analysis", AnalysisId="a", Name="n", Definition=definition)
        self.settled("describe_analysis", "Analysis", AnalysisId="a")
        self.refused_here("ConflictException", "restore_analysis", AnalysisId="a")
        self.ask("delete_analysis", AnalysisId="a")
        self.assertEqual(self.ask("describe_analysis", AnalysisId="a")["Analysis"]["Status"], "DELETED")
        self.refused_here("ConflictException", "update_analysis", "is deleted", AnalysisId="a", Name="n", Definition=definition)
        self.ask("restore_analysis", AnalysisId="a")
        self.ask("update_analysis", AnalysisId="a", Name="n", Definition=definition)


class DataSetRequests(Doubles):
    def test_an_update_replaces_every_setting(self):
        arn = self.make_set(
            FieldFolders={"People": {"columns": ["user_id"]}},
            DataSetUsageConfiguration={"DisableUseAsDirectQuerySource": True},
            PerformanceConfiguration={"UniqueKeys": [{"ColumnNames": ["user_id"]}]},
            DatasetParameters=[{"StringDatasetParameter": {"Id": "p", "Name": "p", "ValueType": "SINGLE_VALUED"}}],
        )["Arn"]
        settings = ("FieldFolders", "DataSetUsageConfiguration", "PerformanceConfiguration", "DatasetParameters")
        before = self.ask("describe_data_set", DataSetId="daily")["DataSet"]
        self.assertEqual([name for name in settings if name in before], list(settings))
        self.ask("update_data_set", DataSetId="daily", Name="daily", PhysicalTableMap=before["PhysicalTableMap"], ImportMode="SPICE")
        after = self.ask("describe_data_set", DataSetId="daily")["DataSet"]
        self.assertEqual((after["Arn"], [name for name in settings if name in after]), (arn, []))

    def test_what_users_of_the_service_were_refused(self):
        def logical(*transforms, **source):
            table = {"Alias": "daily", "Source": source or {"PhysicalTableId": "table"}}
            return {"l": table | ({"DataTransforms": list(transforms)} if transforms else {})}

        tag = {"TagColumnOperation": {"ColumnName": "user_id", "Tags": [{"ColumnDescription": {}}]}}
        unknown = {"CreateColumnsOperation": {"Columns": [{"ColumnName": "c", "ColumnId": "c", "Expression": "{lost} + ${p}"}]}}
        for number, (tables, message) in enumerate(
            (
                (logical(DataSetArn="arn:x", PhysicalTableId="table"), "Exactly one of PhysicalTableId, JoinInstruction or DataSetArn"),
                (logical(tag), "Invalid ColumnTag added for column with name user_id"),
                (logical(unknown), "calculated columns [c] are invalid. ErrorType: CONTEXTUAL_UNKNOWN_SYMBOL"),
            )
        ):
            with self.subTest(message), self.assertRaises(Exception) as raised:
                self.make_set(f"daily{number}", LogicalTableMap=tables)
            self.assertIn(message, str(raised.exception))

    def test_data_sources_and_tables_have_what_they_need(self):
        message = "DataSourceParameters field is incorrectly set"
        self.refused_here("InvalidParameterValueException", "create_data_source", message, DataSourceId="d", Name="d", Type="ATHENA")
        with self.assertRaisesRegex(Exception, "Invalid PhysicalTableMap"):
            self.make_set(PhysicalTableMap={})

    def test_themes_of_the_service_are_not_ours(self):
        self.refused_here("ResourceNotFoundException", "describe_theme_permissions", "RAINIER is not found", ThemeId="RAINIER")

    def test_schedules_are_of_imported_data_sets_and_in_the_future(self):
        self.make_set()
        schedule = {"ScheduleId": "s", "ScheduleFrequency": {"Interval": "DAILY"}, "RefreshType": "FULL_REFRESH", "StartAfterDateTime": 0}
        message = "Schedules cannot start in the past"
        self.refused_here("InvalidParameterValueException", "create_refresh_schedule", message, DataSetId="daily", Schedule=schedule)
        self.make_set("direct", ImportMode="DIRECT_QUERY")
        message = "The dataset direct is not a SPICE dataset"
        self.refused_here("InvalidParameterValueException", "describe_data_set_refresh_properties", message, DataSetId="direct")


class Grants(Doubles):
    NAMESPACE = f"arn:aws:quicksight:{REGION}:{ACCOUNT}:namespace/default"

    def setUp(self):
        super().setUp()
        self.arn = self.make_set()["Arn"]
        self.ask("create_dashboard", DashboardId="d", Name="d", Definition=self.definition(self.arn))

    def grant(self, *grants):
        return self.ask("update_dashboard_permissions", DashboardId="d", GrantPermissions=list(grants))["Permissions"]

    def test_a_dashboard_is_shared_with_a_namespace_and_a_data_set_is_not(self):
        self.assertEqual(self.grant({"Principal": self.NAMESPACE, "Actions": VIEW}), [{"Principal": self.NAMESPACE, "Actions": VIEW}])
        readers = ["DescribeDataSet", "DescribeDataSetPermissions", "PassDataSet", "DescribeIngestion", "ListIngestions"]
        for principal, message in (
            (self.NAMESPACE, "not valid QuickSight users"),
            (ALICE.replace("alice", "carol"), "less privileged than AUTHOR"),
        ):
            self.refused_here(
                "InvalidParameterValueException",
                "update_data_set_permissions",
                message,
                DataSetId="daily",
                GrantPermissions=[{"Principal": principal, "Actions": [f"quicksight:{action}" for action in readers]}],
            )

    def test_one_call_grants_to_64_at_most(self):
        self.account.users = [self.account._user(f"user{number}", "READER") for number in range(65)]
        grants = [{"Principal": user["Arn"], "Actions": VIEW} for user in self.account.users]
        with self.assertRaisesRegex(Exception, "At most 64"):
            self.grant(*grants)
        self.assertEqual(len(self.grant(*grants[:64])), 64)

    def test_what_a_stranger_made_without_tags_and_owners_is_described(self):
        described = self.ask("describe_dashboard", DashboardId="d")["Dashboard"]
        self.assertEqual(self.quicksight.list_tags_for_resource(ResourceArn=described["Arn"])["Tags"], [])
        for kind, name in (("dashboard", "DashboardId"), ("data_set", "DataSetId"), ("data_source", "DataSourceId")):
            which = {"dashboard": "d", "data_set": "daily", "data_source": "source-of-daily"}[kind]
            self.assertEqual(self.ask(f"describe_{kind}_permissions", **{name: which})["Permissions"], [])


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
        self.refused_here("UnsupportedUserEditionException", "list_dashboards", "is not subscribed for QuickSight")
        self.refused_here("ResourceNotFoundException", "list_users", "not signed up with QuickSight with namespace", Namespace="default")

    def test_namespaces(self):
        self.assertEqual(self.ask("list_namespaces")["Namespaces"][0]["Name"], "default")
        self.refused_here("ResourceNotFoundException", "list_users", Namespace="other")


if __name__ == "__main__":
    unittest.main()
