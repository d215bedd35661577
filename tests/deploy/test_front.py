"""The front logs what it passes on, and lets calls fail or hang on demand."""

import threading
import unittest

from botocore.exceptions import HTTPClientError

from calls import call_of
from double import Request
from double_case import Doubles


class OnDemand(Doubles):
    def test_calls_are_logged_with_what_they_change(self):
        self.make_source()
        self.ask("list_data_sources")
        calls = self.front.taken()
        self.assertEqual(
            {(call.name, call.mutating) for call in calls},
            {("quicksight:CreateDataSource", True), ("quicksight:DescribeDataSource", False), ("quicksight:ListDataSources", False)},
        )
        self.assertEqual(calls[0].members["DataSourceId"], "source")
        self.assertEqual(self.front.taken(), [])

    def test_errors_on_demand_come_as_often_as_asked(self):
        self.front.fail("quicksight:ListDashboards", "ThrottlingException", "Rate exceeded", skip=1, times=2)
        self.ask("list_dashboards")
        for _ in range(2):
            self.refused_here("ThrottlingException", "list_dashboards", "Rate exceeded")
        self.ask("list_dashboards")

    def test_a_slash_at_the_end_makes_no_difference(self):
        for service, target, name in (
            ("s3", "/b/?list-type=2", "ListObjectsV2"),
            ("s3", "/b?list-type=2", "ListObjectsV2"),
            ("s3", "/b/k/", "GetObject"),
            ("s3", "/", "ListBuckets"),
            ("lambda", "/2016-08-19/account-settings/", "GetAccountSettings"),
        ):
            with self.subTest(target):
                signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential=example/20260930/eu-central-1/{service}/aws4_request"}
                self.assertEqual(call_of(Request("GET", target, signed)).operation, name)

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
                caller = threading.Thread(
                    target=lambda: self.assertRaises(HTTPClientError, self.ask, "create_data_source", DataSourceId="d", Name="d", Type="S3")
                )
                caller.start()
                held.wait(30)
                self.assertEqual(len(self.ask("list_data_sources")["DataSources"]), there)
                held.let_go()
                caller.join()


if __name__ == "__main__":
    unittest.main()
