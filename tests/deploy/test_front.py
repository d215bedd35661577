"""The front logs the calls that it forwards, and lets calls fail or hang on demand."""

import http.client
import json
import threading
import unittest

from botocore.exceptions import HTTPClientError

from bucket_owners import BucketOwners
from calls import call_of
from double import Answer, Request
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


class SomebodyElsesBucket(unittest.TestCase):
    """The owner of a bucket, independent of the emulator."""

    def setUp(self):
        self.owners = BucketOwners(owners={"sniped": "999999999999"})

    def refused(self, method, target, **headers):
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=example/20260930/eu-central-1/s3/aws4_request"} | headers
        request = Request(method, target, signed)
        fault = self.owners.refusal(call_of(request), request)
        return fault and (fault.code, fault.status)

    def test_an_expected_owner_is_compared(self):
        ours, theirs = ({"x-amz-expected-bucket-owner": account} for account in ("123456789012", "999999999999"))
        self.assertEqual(self.refused("PUT", "/sniped/key", **ours), ("AccessDenied", 403))
        self.assertEqual(self.refused("HEAD", "/sniped", **ours), ("AccessDenied", 403))
        self.assertIsNone(self.refused("HEAD", "/sniped", **theirs))
        self.assertIsNone(self.refused("HEAD", "/own", **ours))
        # The owner's policy may allow all accounts.
        self.assertIsNone(self.refused("HEAD", "/sniped"))
        copied = {"x-amz-copy-source": "/sniped/key", "x-amz-source-expected-bucket-owner": "123456789012"}
        self.assertEqual(self.refused("PUT", "/own/key", **copied), ("AccessDenied", 403))

    def test_its_name_is_taken_and_it_is_not_listed(self):
        self.assertEqual(self.refused("PUT", "/sniped"), ("BucketAlreadyExists", 409))
        self.assertIsNone(self.refused("PUT", "/own"))
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=example/20260930/eu-central-1/s3/aws4_request"}
        listed = "<Buckets><Bucket><Name>own</Name></Bucket><Bucket><Name>sniped</Name></Bucket></Buckets>"
        answer = self.owners.only_own(call_of(Request("GET", "/", signed)), Answer(200, {}, listed.encode()))
        self.assertEqual(answer.body, b"<Buckets><Bucket><Name>own</Name></Bucket></Buckets>")


class ByHand(Doubles):
    """The control address, as `curl` reaches it."""

    def control(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.front.endpoint.removeprefix("http://"))
        connection.request(method, f"/_control/{path}", json.dumps(body) if body is not None else None)
        answer = connection.getresponse()
        said = answer.status, json.loads(answer.read())
        connection.close()
        return said

    def test_switches(self):
        status, there = self.control("GET", "switches")
        self.assertEqual((status, there["quicksight"]["spice_gigabytes"], there["s3"]["owners"]), (200, 10, {}))
        status, there = self.control("POST", "switches", {"quicksight": {"spice_gigabytes": 0}, "s3": {"owners": {"b": "999999999999"}}})
        self.assertEqual((status, there["quicksight"]["spice_gigabytes"], self.account.switches.spice_gigabytes), (200, 0, 0))
        self.assertEqual(self.front.bucket_owners.owner("b"), "999999999999")
        self.front.bucket_owners.owners = {}
        for wrong in ({"quicksight": {"spice": 0}}, {"quicksight": {"spice_gigabytes": "none"}}, {"athena": {"a": 1}}):
            self.assertEqual(self.control("POST", "switches", wrong)[0], 400)

    def test_a_policy(self):
        document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "quicksight:List*", "Resource": "*"}}
        self.assertEqual(self.control("POST", "policy", {"document": document})[0], 200)
        self.addCleanup(self.front.allow_all)
        self.ask("list_dashboards")
        self.refused_here("AccessDeniedException", "describe_dashboard", "perform: quicksight:DescribeDashboard", DashboardId="d")
        self.assertEqual(self.control("DELETE", "policy")[0], 200)
        self.refused_here("ResourceNotFoundException", "describe_dashboard", DashboardId="d")


if __name__ == "__main__":
    unittest.main()
