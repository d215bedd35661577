"""The double's rules for row-level security, and its reading of the documented meaning of rules."""

import unittest

from double_case import Doubles
from quicksight.row_level_security import split, visible

SQL_COLUMNS = ("user_name", "user_id")


class Requests(Doubles):
    def rules(self, name="rules", columns=SQL_COLUMNS, kind="STRING", user="UserName", **more):
        """Makes a data set of rules, and returns what restricts another one by it."""
        source, _ = self.make_source(f"source-of-{name}")
        columns = [{"Name": column, "Type": kind if column != "user_name" else "STRING"} for column in columns]
        table = {"CustomSql": {"DataSourceArn": source["Arn"], "Name": "rules", "SqlQuery": "SELECT 1", "Columns": columns}}
        rename = {"RenameColumnOperation": {"ColumnName": "user_name", "NewColumnName": user}}
        logical = {"Alias": "rules", "Source": {"PhysicalTableId": "rules"}, "DataTransforms": [rename]}
        made = self.ask(
            "create_data_set",
            **{
                "DataSetId": name,
                "Name": name,
                "ImportMode": "SPICE",
                "UseAs": "RLS_RULES",
                "PhysicalTableMap": {"rules": table},
                "LogicalTableMap": {"rules": logical},
            }
            | more,
        )
        return {"Arn": made["Arn"], "PermissionPolicy": "GRANT_ACCESS", "FormatVersion": "VERSION_1", "Status": "ENABLED"}

    def test_rules_that_fit_restrict_a_data_set_until_an_update_omits_them(self):
        said = self.rules()
        self.make_set(RowLevelPermissionDataSet=said)
        (listed,) = [one for one in self.ask("list_data_sets")["DataSetSummaries"] if one["DataSetId"] == "daily"]
        self.assertEqual(listed["RowLevelPermissionDataSet"]["Arn"], said["Arn"])
        before = self.ask("describe_data_set", DataSetId="daily")["DataSet"]
        self.assertEqual(before["RowLevelPermissionDataSet"], said)
        self.ask("update_data_set", DataSetId="daily", Name="daily", PhysicalTableMap=before["PhysicalTableMap"], ImportMode="SPICE")
        self.assertNotIn("RowLevelPermissionDataSet", self.ask("describe_data_set", DataSetId="daily")["DataSet"])

    def test_rules_that_do_not_fit_are_refused(self):
        missing = {"Arn": "arn:aws:quicksight:eu-central-1:123456789012:dataset/lost", "PermissionPolicy": "GRANT_ACCESS"}
        cases = (
            ("is not found", missing),
            ("UserName, GroupName", self.rules("no-user", user="Name")),
            ("Column team of the rules is not found", self.rules("other", (*SQL_COLUMNS, "team"))),
            ("Column messages must be of the type STRING", self.rules("count", (*SQL_COLUMNS, "messages"))),
            ("Column user_id must be of the type STRING", self.rules("number", kind="INTEGER")),
            ("DENY_ACCESS", self.rules("deny") | {"PermissionPolicy": "DENY_ACCESS"}),
            ("Namespace parameter", self.rules("arns", user="UserARN") | {"FormatVersion": "VERSION_2", "Namespace": "default"}),
            ("RLS_RULES", self.rules("plain", UseAs=None)),
        )
        for number, (message, said) in enumerate(cases):
            with self.subTest(message), self.assertRaisesRegex(Exception, message):
                self.make_set(f"daily{number}", RowLevelPermissionDataSet=said)


class Meaning(unittest.TestCase):
    ROWS = ({"person": "ann", "team": "Data"}, {"person": "bob", "team": "Sales, EMEA"}, {"person": "cyd", "team": None})

    def seen(self, user, *rules):
        rules = [dict(zip(("UserName", "person", "team"), rule, strict=True)) for rule in rules]
        return [row["person"] for row in visible(self.ROWS, rules, user)]

    def test_a_row_is_seen_if_it_matches_all_columns_of_one_rule(self):
        self.assertEqual(self.seen("x", ("x", "ann", "Data"), ("x", "cyd", None), ("y", None, None)), ["ann", "cyd"])
        self.assertEqual(self.seen("x", ("x", "ann", "Sales")), [])
        self.assertEqual(self.seen("x", ("x", None, None)), ["ann", "bob", "cyd"])
        self.assertEqual(self.seen("z", ("x", None, None)), [])

    def test_a_comma_separates_values_except_in_quotation_marks(self):
        self.assertEqual(self.seen("x", ("x", "ann,cyd", None)), ["ann", "cyd"])
        self.assertEqual(self.seen("x", ("x", None, "Sales, EMEA")), [])
        self.assertEqual(self.seen("x", ("x", None, '"Sales, EMEA"')), ["bob"])
        self.assertEqual(split('"a, b",c'), ["a, b", "c"])

    def test_more_rules_than_the_limit_are_an_error(self):
        with self.assertRaises(ValueError):
            self.seen("x", *(("x", f"p{number}", None) for number in range(1000)))


if __name__ == "__main__":
    unittest.main()
