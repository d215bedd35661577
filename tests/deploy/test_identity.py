"""Names of users: on, refreshed, refused, and off, with planted names that are searched for in everything that is left.

The tests build on each other, in the order of their names. run.py runs them and sets their environment variables.
"""

import json
import os
import re
import unittest
from pathlib import Path

from botocore.exceptions import ClientError

from checks import ALICE, Deployed
from cli import Cli
from environment import ACCOUNT, Environment
from exports import BUCKET, PREFIX, Exports

BINARY, FUNCTIONS = Path(os.environ["KIRO_E2E_BINARY"]), os.environ["KIRO_E2E_FUNCTIONS"]
NAME = "kiro-analytics"
STACK = f"{NAME}-identity"
USER_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# In every planted text, and nowhere else.
MARK = "lanted"
# The newest day of the invented fleet is long ago, so `status` reports late data.
LATE = 1
USERS = 20


class OfThisAccount(Exports):
    """Only the sound exports, with the ids of the users of the directory."""

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.ids = {}

    def files(self):
        return {key: path for key, path in super().files().items() if f"AWSLogs/{ACCOUNT}/" in key}

    def user_ids(self):
        found = set()
        for path in self.files().values():
            rows = path.read_text(errors="replace").splitlines()
            found |= {found_id for row in rows for found_id in USER_ID.findall(row)}
        return sorted(found)

    def rename(self, ids):
        for path in self.files().values():
            text = path.read_bytes()
            for one, other in ids.items():
                text = text.replace(one.encode(), other.encode())
            path.write_bytes(text)


class Identity(unittest.TestCase):
    """An account with exports, and a directory whose users are those of the exports and one more."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.aws = cls.enterClassContext(Environment(at_once=True))
        cls.s3, cls.kms = cls.aws.emulator.client("s3"), cls.aws.emulator.client("kms")
        cls.store = cls.aws.emulator.client("identitystore", cls.aws.moto_endpoint)
        exports = OfThisAccount(BINARY, cls.aws.scratch / "fleet", users=USERS, days=3)
        in_exports = exports.user_ids()
        cls.numbers = {cls.make_user(number): number for number, _ in enumerate(in_exports)}
        exports.rename(dict(zip(in_exports, cls.numbers, strict=True)))
        # Does not occur in the data.
        cls.make_user(999)
        exports.upload(cls.s3)
        cls.cli = Cli(BINARY, cls.aws.scratch / "work", cls.aws)
        (cls.cli.folder / "kiro-analytics.toml").write_text(
            "[deployment]\n"
            f'exports = ["s3://{BUCKET}/{PREFIX.rstrip("/")}"]\n'
            f'owners = ["{ALICE}"]\n'
            f'architecture = "x86_64"\nfunctions = {json.dumps(FUNCTIONS)}\nalarm_email = "alice@example.com"\n'
        )

    @classmethod
    def make_user(cls, number):
        return cls.store.create_user(
            IdentityStoreId=cls.aws.identity_store,
            UserName=f"planted-{number}",
            DisplayName=f"Planted Person {number}",
            Name={"GivenName": "Planted", "FamilyName": str(number)},
            Emails=[{"Value": f"planted-{number}@directory.example", "Primary": True}],
        )["UserId"]

    def setUp(self):
        self.deployed = Deployed(self, self.aws, NAME)
        self.addCleanup(self.aws.front.faults.clear)

    def run_cli(self, *arguments, code=0, **variables):
        outcome = self.cli.run(*arguments, **variables)
        self.assertEqual(outcome.code, code, f"{outcome.command}\n{outcome.output}")
        # The names of people are nobody's business but the dashboard's.
        self.assertNotIn(MARK, outcome.output, outcome.command)
        return outcome

    def deploy(self, *arguments, **more):
        return self.run_cli("deploy", "--yes", *arguments, **more)

    def assert_only_plans(self, outcome):
        """A change set is made for the plan, and deleted with it."""
        self.assertEqual([name for name in outcome.changes if not name.endswith("ChangeSet")], [])

    def name_of(self, place):
        return f"Planted Person {self.numbers[self.users[place]]}"

    def labels(self):
        return {dict(row)["user_id"]: dict(row) for row in self.deployed.rows("user_dim")}

    def map_bucket(self):
        return next(name for name in self.deployed.buckets() if "mapbucket" in name)

    # ---- where planted names are ----

    def objects_with_names(self):
        """Objects in any version, of all buckets."""
        found = set()
        for bucket in (one["Name"] for one in self.s3.list_buckets()["Buckets"]):
            for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
                for version in page.get("Versions", []):
                    name = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
                    if MARK.encode() in self.s3.get_object(**name)["Body"].read():
                        found.add(f"{bucket}/{version['Key']}")
        return found

    def tables_with_names(self):
        """Tables and views by definition and by content."""
        found = set()
        for name, table in self.aws.catalogue.all_of(self.deployed.database).items():
            if MARK in json.dumps(table, default=str) or MARK in str(self.deployed.rows(name)):
                found.add(name)
        return found

    def data_sets_with_names(self):
        """Datasets by definition and by what their newest import has read into SPICE."""
        found = set()
        for name, data_set in self.deployed.datasets().items():
            ingestions = [one for one in self.aws.account.ingestions.get(name, {}).values() if one.status == "COMPLETED"]
            content = [self.aws.world.content.get(query[0]) for query in ingestions[-1].queries]
            if MARK in json.dumps(data_set.body, default=str) or MARK in str(content):
                found.add(name)
        return found

    def logs_with_names(self):
        logs = self.aws.emulator.client("logs")
        found = set()
        for group in (one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]):
            for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
                events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
                if MARK in json.dumps(events):
                    found.add(group)
        return found

    # ---- on ----

    def test_01_without_the_setting_users_are_shown_by_address_or_id(self):
        self.deploy()
        self.assertEqual(self.objects_with_names() | self.tables_with_names() | self.data_sets_with_names(), set())
        self.assertEqual(self.run_cli("deploy", "--yes").changes, [])
        # The fleet has a user of another identity provider, too.
        present = self.labels()
        type(self).users = [user for user in self.numbers if user in present]
        type(self).all_users = len(present)
        self.assertGreater(len(self.users), 10)
        group = self.store.create_group(IdentityStoreId=self.aws.identity_store, DisplayName="Planted Team")["GroupId"]
        for user in self.users[:3]:
            self.store.create_group_membership(IdentityStoreId=self.aws.identity_store, GroupId=group, MemberId={"UserId": user})

    def test_02_names_and_hashed_addresses_exclude_each_other(self):
        outcome = self.cli.run("deploy", "--yes", "--set", "identity_mapping=true", "--set", "hash_emails=true")
        self.assertEqual((outcome.code, outcome.changes), (2, []), outcome.output)
        self.assertIn("exclude each other", outcome.output)

    def test_03_the_plan_says_what_names_mean_and_changes_nothing(self):
        outcome = self.run_cli("deploy", "--dry-run", "--set", "identity_mapping=true")
        self.assert_only_plans(outcome)
        for line in (f"stack `{STACK}`", "encrypted with a key of its own", "identity_mapping=false` removes them", "the function identity-map"):
            self.assertIn(line, outcome.output)

    def test_04_names_are_there_at_first_opening(self):
        # The Identity Store is found by itself.
        outcome = self.deploy("--set", "identity_mapping=true")
        self.assertIn(f"{len(self.users)} of {self.all_users} users have a name", outcome.output)
        labels = self.labels()
        self.assertEqual(labels[self.users[3]]["idc_display_name"], self.name_of(3))
        self.assertEqual(labels[self.users[0]]["team"], "Planted Team")
        self.assertIn(f"{NAME}-user-totals", self.data_sets_with_names())
        self.deployed.assert_ingested()
        self.deployed.assert_published()
        self.assertEqual(self.run_cli("deploy", "--yes").changes, [])

    def test_05_only_users_of_the_data_leave_the_directory_and_logs_have_none(self):
        rows = self.deployed.rows("identity_map")
        self.assertEqual(len(rows), len(self.users))
        self.assertNotIn("Planted Person 999", str(rows))
        self.assertEqual(self.logs_with_names(), set())
        # Parts never hold names: the map, the results of queries and nothing else does.
        places = {name.split("/")[1] for name in self.objects_with_names()}
        self.assertLessEqual(places, {"identity-map", "query-results"})

    def test_06_the_bucket_of_the_map_is_protected(self):
        bucket = self.map_bucket()
        self.assertEqual(self.s3.get_bucket_versioning(Bucket=bucket)["Status"], "Enabled")
        self.assertIn("aws:SecureTransport", self.s3.get_bucket_policy(Bucket=bucket)["Policy"])
        self.assertTrue(self.s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]["BlockPublicPolicy"])

    def test_07_status_and_preflight_know_the_names(self):
        status = self.run_cli("status", "--output", "json", code=LATE).json()
        self.assertEqual((status["names"]["named"], status["names"]["rows"]), (len(self.users), len(self.users)))
        self.assertIn(STACK, [stack["name"] for stack in status["stacks"]])
        self.assertIn("identity FailedAlarm", [alarm["name"] for alarm in status["alarms"]])
        self.assertRegex(self.run_cli("status", code=LATE).output, rf"names +{len(self.users)} of {self.all_users} users")
        preflight = self.run_cli("preflight", "--output", "json").json()
        (check,) = [check for check in preflight["checks"] if check["name"] == "identity_store"]
        self.assertEqual(check["verdict"], "pass", check)

    def test_08_drift_is_put_right(self):
        functions = self.aws.emulator.client("lambda")
        functions.update_function_configuration(FunctionName=f"{STACK}-map", MemorySize=512, Timeout=60)
        self.assertIn("expected 900", self.run_cli("status", code=3).output)
        self.deploy("--only", "identity_stack")
        self.assertEqual(functions.get_function_configuration(FunctionName=f"{STACK}-map")["Timeout"], 900)

    # ---- refresh ----

    def test_10_a_refresh_keeps_the_name_of_a_user_who_has_left(self):
        self.store.delete_user(IdentityStoreId=self.aws.identity_store, UserId=self.users[5])
        outcome = self.run_cli("refresh", "--output", "json")
        self.assertEqual((outcome.json()["names"]["named"], outcome.json()["names"]["left"]), (len(self.users), 1))
        self.assertEqual(self.labels()[self.users[5]]["idc_display_name"], self.name_of(5))
        self.deployed.assert_ingested()

    def test_11_a_directory_that_has_lost_most_users_changes_nothing_unless_accepted(self):
        bucket = self.map_bucket()
        tag = lambda: self.s3.head_object(Bucket=bucket, Key="identity-map/people.parquet")["ETag"]
        before = tag()
        for user in self.users[6:14]:
            self.store.delete_user(IdentityStoreId=self.aws.identity_store, UserId=user)
        outcome = self.run_cli("refresh", "--only", "names", code=1)
        self.assertIn("--accept-shrink", outcome.output)
        self.assertEqual(tag(), before)
        outcome = self.run_cli("refresh", "--only", "names", "--accept-shrink", "--output", "json")
        self.assertEqual(outcome.json()["names"]["left"], 1 + len(self.users[6:14]))
        self.assertNotEqual(tag(), before)

    def test_12_a_forgotten_person_does_not_come_back(self):
        for arguments in (("--forget", self.users[1].upper()), ()):
            self.run_cli("refresh", "--only", "names", *arguments)
            row = self.labels()[self.users[1]]
            self.assertRegex(row["idc_display_name"], "^Person [0-9a-f]{8}$")
            self.assertEqual((row["idc_username"], row["idc_email"]), (None, None))
        self.run_cli("refresh", "--only", "import")

    def test_13_a_person_is_forgotten_by_address_and_a_text_that_names_nobody_is_a_problem(self):
        user = self.users[2]
        texts = ("--forget", f"planted-{self.numbers[user]}@directory.example", "--forget", "nobody@example.org")
        outcome = self.run_cli("refresh", "--only", "names", *texts, code=1)
        self.assertIn("this call named 1 to forget", outcome.output)
        self.assertIn("`--forget` number 2", outcome.output)
        self.assertRegex(self.labels()[user]["idc_display_name"], "^Person [0-9a-f]{8}$")
        self.run_cli("refresh", "--only", "import")

    def test_14_the_log_shows_the_last_map(self):
        shown = self.run_cli("logs").output
        self.assertIn(f"/aws/lambda/{STACK}-map since", shown)
        self.assertIn("last map", shown)
        names = json.loads(self.run_cli("logs", "--output", "json").output)["names"]
        self.assertTrue(names["runs"])

    # ---- off ----

    def test_20_off_is_shown_as_what_it_removes(self):
        outcome = self.run_cli("deploy", "--dry-run", "--set", "identity_mapping=false", "--output", "json")
        self.assert_only_plans(outcome)
        deleted = [change["what"] for step in outcome.json()["plan"]["steps"] for change in step["changes"] if change["kind"] == "delete"]
        for what in (f"bucket `{self.map_bucket()}`", f"stack `{STACK}`"):
            self.assertIn(what, deleted)
        self.assertTrue(any("query-results/" in what for what in deleted), deleted)

    def test_21_off_that_is_interrupted_says_what_still_holds_names(self):
        resource = self.aws.emulator.client("cloudformation").describe_stack_resource(StackName=STACK, LogicalResourceId="MapKey")
        type(self).key = resource["StackResourceDetail"]["PhysicalResourceId"]
        outcome = self.cli.interrupted("quicksight:CreateIngestion", "deploy", "--yes", "--set", "identity_mapping=false")
        self.assertEqual(outcome.code, -9, outcome.output)
        # The views come first.
        self.assertEqual(self.tables_with_names(), set())
        self.assertIn("still hold names", self.run_cli("status", code=2).output)
        # A step alone does not remove what is still shown.
        outcome = self.run_cli("deploy", "--yes", "--only", "identity_removal", code=3)
        self.assertIn("names are still shown by dataset", outcome.output)
        self.aws.front.fail("s3:DeleteBucket", "AccessDenied", "no", times=9, status=403)
        outcome = self.run_cli("deploy", "--yes", code=3)
        self.assertRegex(outcome.output, rf"names are still in bucket `{self.map_bucket()}`")
        self.assertEqual(self.data_sets_with_names(), set())

    def test_22_off_goes_on_and_leaves_no_name_anywhere(self):
        outcome = self.deploy()
        self.assertIn("no name of the directory or the roster remains", outcome.output)
        self.assertIn("searched for names:", outcome.output)
        self.assertEqual(self.objects_with_names(), set())
        self.assertEqual(self.tables_with_names(), set())
        self.assertEqual(self.data_sets_with_names(), set())
        self.assertEqual(self.logs_with_names(), set())
        self.assertFalse([name for name in self.deployed.buckets() if "map" in name or "accesslogs" in name])
        with self.assertRaises(ClientError):
            self.aws.emulator.client("cloudformation").describe_stacks(StackName=STACK)
        self.assertEqual(self.kms.describe_key(KeyId=self.key)["KeyMetadata"]["KeyState"], "PendingDeletion")
        (policy,) = self.deployed.policies()
        document = self.aws.emulator.client("iam").get_role_policy(RoleName="aws-quicksight-service-role-v0", PolicyName=policy)
        self.assertNotIn("mapbucket", str(document["PolicyDocument"]))
        self.deployed.assert_ingested()
        self.deployed.assert_published()

    def test_23_what_was_not_said_stays_as_it_was(self):
        self.assertEqual(self.run_cli("deploy", "--yes").changes, [])
        settings = self.run_cli("config", "show", "--output", "json").output
        self.assertIn("alice@example.com", settings)
        self.run_cli("status", code=LATE)

    # ---- teardown ----

    def test_30_teardown_removes_names_too(self):
        self.deploy("--set", "identity_mapping=true")
        self.assertNotEqual(self.tables_with_names(), set())
        self.run_cli("teardown", "--yes", "--delete-data")
        self.deployed.assert_gone()
        self.assertEqual(self.objects_with_names(), set())


if __name__ == "__main__":
    unittest.main()
