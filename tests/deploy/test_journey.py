"""Faults around deployments in real accounts, one after the other, on one deployment.

The tests build on each other, in the order of their names. run.py runs them and sets their environment variables.
"""

import contextlib
import json
import os
import unittest
from pathlib import Path

from botocore.exceptions import ClientError

from checks import Deployed
from cli import Cli
from environment import ACCOUNT, REGION, SERVICE_ROLE, Environment
from exports import BUCKET, PREFIX, Exports

BINARY, FUNCTIONS = Path(os.environ["KIRO_E2E_BINARY"]), os.environ["KIRO_E2E_FUNCTIONS"]
NAME = "kiro-analytics"
STACK = f"{NAME}-data"
SALT = "0123456789abcdef" * 4
# These commands read and change nothing.
LOOKS = [
    ("status",),
    ("logs",),
    ("open", "--print-only"),
    ("config", "show"),
    ("preflight",),
    ("teardown", "--dry-run"),
]
# The newest day of the invented fleet is long ago, so `status` reports late data.
LATE = 1


class SoundExports(Exports):
    """Only the exports of this account, as one of the other account is broken on purpose."""

    def files(self):
        return {key: path for key, path in super().files().items() if f"AWSLogs/{ACCOUNT}/" in key}


class Journey(unittest.TestCase):
    """An account with a bucket of exports, and a user's folder."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.aws = cls.enterClassContext(Environment(at_once=True))
        cls.s3, cls.cloudformation, cls.iam = (cls.aws.emulator.client(name) for name in ("s3", "cloudformation", "iam"))
        exports = SoundExports(BINARY, cls.aws.scratch / "fleet", users=4, days=3)
        exports.upload(cls.s3)
        cls.cli = Cli(BINARY, cls.aws.scratch / "work", cls.aws)

    def setUp(self):
        self.deployed = Deployed(self, self.aws, NAME)
        # A failed test must not affect the next one.
        self.addCleanup(self.aws.front.allow_all)
        self.addCleanup(self.aws.front.faults.clear)
        self.addCleanup(self.aws.front.bucket_owners.owners.clear)
        self.addCleanup(setattr, self.aws.account.switches, "spice_gigabytes", 10)

    # ---- commands ----

    def run_cli(self, *arguments, code=0, **variables):
        """Runs a command, and checks its exit code."""
        outcome = self.cli.run(*arguments, **variables)
        self.assertEqual(outcome.code, code, f"{outcome.command}\n{outcome.output}")
        return outcome

    def planned(self, *arguments):
        """The planned changes: step, kind, what, and the details as one text."""
        return changes(self.run_cli("deploy", "--dry-run", "--output", "json", *arguments).json()["plan"])

    def deploy(self, *arguments, **more):
        """The plan and the report: each planned step is done completely."""
        told = self.run_cli("deploy", "--yes", "--output", "json", *arguments, **more).json()
        steps = [step["name"] for step in told["plan"]["steps"] if step["changes"]]
        done = {step["name"]: step for step in (told["report"] or {"steps": []})["steps"]} if "report" in told else {}
        self.assertEqual([name for name in steps if name not in done], [], "agreed and not done")
        notes = [note for step in done.values() for note in step["notes"]]
        self.assertEqual([note for note in notes if "not done" in note], [])
        return changes(told["plan"]), done

    def assert_nothing_to_change(self, *arguments):
        outcome = self.run_cli("deploy", "--yes", "--output", "json", *arguments)
        told = outcome.json()
        self.assertEqual(changes(told["plan"]), [])
        self.assertEqual(outcome.changes, [])
        # The address, if one was read.
        self.assertEqual("dashboard" in told, any(step["name"] == "dashboard" for step in told["plan"]["steps"]))

    def refused(self, *arguments, code=None):
        """Runs a command that is refused and changes nothing."""
        outcome = self.cli.run(*arguments)
        self.assertIn(outcome.code, (2, 3) if code is None else (code,), f"{outcome.command}\n{outcome.output}")
        self.assertEqual(outcome.changes, [])
        return outcome.output

    @contextlib.contextmanager
    def only_what_the_printed_policy_allows(self):
        """Enforces the policy that `permissions` prints for exactly these names."""
        told = ("--account", ACCOUNT, "--region", REGION, "--exports", f"s3://{BUCKET}/{PREFIX}")
        printed = self.run_cli("permissions", "--output", "json", *told).json()
        statements = [statement for document in printed["documents"] for statement in document["Statement"]]
        policy = self.aws.enforce({"Version": "2012-10-17", "Statement": statements})
        try:
            yield policy
        finally:
            self.aws.front.allow_all()

    def allowed(self, *arguments, code=0, **variables):
        """Runs a command of which no call may be denied, whatever its result."""
        outcome = self.run_cli(*arguments, code=code, **variables)
        denied = [f"{call.name}: {call.error}" for call in outcome.calls if call.error.startswith(("AccessDenied", "AuthorizationError"))]
        self.assertEqual(denied, [], outcome.command)
        return outcome

    # ---- existing resources ----

    def resource(self, logical):
        """The physical id of a resource."""
        found = self.cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        return next(one["PhysicalResourceId"] for one in found if one["LogicalResourceId"] == logical)

    def counted(self):
        return {relation: len(self.deployed.rows(relation)) for relation in ("report_facts", "report_code", "user_dim", "daily_trends")}

    def analysis(self):
        return self.deployed.ask("describe_analysis", AnalysisId=f"{NAME}-kiro")["Analysis"]

    def settled_analysis(self):
        while (found := self.analysis())["Status"].endswith("IN_PROGRESS"):
            pass
        return found

    def public_access(self, bucket):
        try:
            return self.s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        except ClientError:
            return None

    # ---- the policy of the deployer, and a deployment without a salt ----

    def test_01_the_printed_policy_is_enough_for_a_first_deployment(self):
        with self.only_what_the_printed_policy_allows() as policy:
            self.allowed("init")
            with (self.cli.folder / "kiro-analytics.toml").open("a") as file:
                file.write(f'architecture = "x86_64"\nfunctions = {json.dumps(FUNCTIONS)}\nhash_emails = true\n')
            self.allowed("preflight")
            self.assert_plan_begins_with_totals(self.allowed("deploy", "--yes").output)
            types = {one["ResourceType"] for one in self.cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]}
            self.assertEqual(policy.missing_for_stack(types), [])
        self.deployed.assert_published(1)
        self.deployed.assert_ingested()
        self.deployed.assert_tagged()
        self.assertGreater(self.counted()["report_facts"], 5)

    def assert_plan_begins_with_totals(self, output):
        lines = output.splitlines()
        first = next(number for number, line in enumerate(lines) if line.startswith("Total: "))
        # Before the first step.
        self.assertLess(first, next(number for number, line in enumerate(lines) if line.startswith("  1  ")))
        listed = sum(line.strip().startswith("+ create") for line in lines)
        self.assertRegex(lines[first], rf"^Total: {listed} to create, \d+ to run$")
        shared = [line for line in lines[first:] if line.startswith("Shared with others: ")]
        self.assertEqual(len(shared), 2)
        self.assertTrue(all(SERVICE_ROLE in line for line in shared), shared)

    def test_02_the_printed_policy_is_enough_for_every_day(self):
        with self.only_what_the_printed_policy_allows():
            self.assertEqual(self.allowed("deploy", "--yes").changes, [])
            self.allowed("refresh", "--dataset", "user_totals")
            for command in LOOKS:
                self.assertEqual(self.allowed(*command, code=LATE if command == ("status",) else 0).changes, [], command)
            accepted = self.allowed("preflight", "--definition", "--output", "json")
            self.assertEqual(accepted.json(), {"accepted": True, "errors": []})
        self.assertEqual([name for kind, name in self.deployed.assets() if kind == "Analysis"], [f"{NAME}-kiro"])

    def test_03_addresses_are_hashed_with_a_salt_that_nobody_has_to_keep(self):
        dimension = self.deployed.rows("user_dim")
        addresses = {dict(row)["email"] for row in dimension}
        self.assertTrue(all(len(address) == 64 for address in addresses if address), addresses)
        shown = json.dumps(self.deployed.stack()["Parameters"], default=str) + self.run_cli("config", "show").output
        self.assertNotRegex(shown, r"\b[0-9a-f]{64}\b")

    # ---- the next day, and edits in the console ----

    def test_10_a_definition_that_comes_back_in_another_order_and_with_new_members_is_no_change(self):
        name = {"AnalysisId": f"{NAME}-kiro"}
        one, other = (self.deployed.ask("describe_analysis_definition", **name)["Definition"] for _ in range(2))
        self.assertNotEqual(one, other)
        self.aws.account.switches.service_releases = 1
        self.assert_nothing_to_change("--only", "dashboard")

    def test_11_drift_is_seen_and_put_right(self):
        function, schedule, alarm, bucket = (self.resource(one) for one in ("Normalizer", "Schedule", "FailedAlarm", "ResultsBucket"))
        functions, schedules, alarms = (self.aws.emulator.client(name) for name in ("lambda", "scheduler", "cloudwatch"))
        memory = functions.get_function_configuration(FunctionName=function)["MemorySize"]
        functions.update_function_configuration(FunctionName=function, MemorySize=2 * memory)
        schedule = schedule.rpartition("/")[2].rpartition("|")[2]
        found = schedules.get_schedule(Name=schedule)
        kept = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")
        schedules.update_schedule(Name=schedule, State="DISABLED", **{name: found[name] for name in kept})
        alarms.delete_alarms(AlarmNames=[alarm])
        self.s3.delete_bucket_policy(Bucket=bucket)

        step = ("--only", "data_stack")
        differences = [rf"{function}.*\b{2 * memory}\b", rf"{schedule}.*DISABLED", r"FailedAlarm", rf"{bucket}.*TLS"]
        status = self.run_cli("status", "--output", "json", code=3).json()
        problems = "\n".join(problem["what"] for problem in status["problems"])
        plan = "\n".join(f"{what}\n{details}" for _, _, what, details in self.planned(*step))
        for difference in differences:
            self.assertRegex(problems, difference)
            self.assertRegex(plan, difference)

        with self.only_what_the_printed_policy_allows():
            self.allowed("deploy", "--yes", *step)
        self.assertEqual(functions.get_function_configuration(FunctionName=function)["MemorySize"], memory)
        self.assertEqual(schedules.get_schedule(Name=schedule)["State"], "ENABLED")
        self.assertEqual(len(alarms.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]), 1)
        self.assertIn("aws:SecureTransport", self.s3.get_bucket_policy(Bucket=bucket)["Policy"])
        self.assert_nothing_to_change(*step)
        self.run_cli("status", code=LATE)

    def test_12_an_analysis_deleted_in_the_console_is_restored(self):
        self.deployed.ask("delete_analysis", AnalysisId=f"{NAME}-kiro")
        ((_, kind, what, details),), _ = self.deploy("--only", "dashboard")
        self.assertEqual((kind, what), ("update", f"analysis `{NAME}-kiro`"))
        self.assertIn("recycle bin", details)
        self.assertRegex(self.settled_analysis()["Status"], "^(CREATION|UPDATE)_SUCCESSFUL$")
        self.assert_nothing_to_change("--only", "dashboard")

    def test_13_what_could_not_be_made_is_deleted_and_made_again(self):
        cases = [("dashboard", "Analysis", f"{NAME}-kiro"), ("data_source", "DataSource", f"{NAME}-athena")]
        for step, kind, name in cases:
            with self.subTest(kind):
                del self.aws.account.assets[kind, name]
                self.aws.account.switches.failed_creations = 1
                outcome = self.run_cli("deploy", "--yes", "--only", step, code=3)
                self.assertIn("The creation failed on demand.", outcome.output)
                self.assertEqual(self.aws.account.assets[kind, name].settling.status(), "CREATION_FAILED")
                made = [(one, what) for _, one, what, _ in self.deploy("--only", step)[0]]
                self.assertEqual([one for one, what in made if name in what], ["replace"])
                self.assertEqual(self.aws.account.assets[kind, name].settling.status(), "CREATION_SUCCESSFUL")

    def test_14_a_permission_that_is_not_in_effect_yet_is_waited_for(self):
        (policy,) = self.deployed.policies()
        self.iam.delete_role_policy(RoleName=SERVICE_ROLE, PolicyName=policy)
        del self.aws.account.assets["DataSource", f"{NAME}-athena"]
        self.aws.account.switches.denied_data_sources = 1
        self.deploy("--from-step", "quicksight_access")
        self.assertEqual(self.aws.account.switches.denied_data_sources, 0)
        self.assertEqual(self.aws.account.assets["DataSource", f"{NAME}-athena"].settling.status(), "CREATION_SUCCESSFUL")
        self.assertEqual(self.deployed.policies(), [policy])

    def test_15_a_region_without_spice_is_named_with_the_command_that_buys_it(self):
        before = set(self.deployed.datasets())
        self.deployed.ask("delete_data_set", DataSetId=f"{NAME}-user-totals")
        self.aws.account.switches.spice_gigabytes = 0
        # Otherwise the command makes five attempts, with pauses.
        outcome = self.run_cli("deploy", "--yes", "--only", "datasets", code=3, AWS_MAX_ATTEMPTS="1")
        self.assertIn("Insufficient SPICE capacity", outcome.output)
        self.assertRegex(outcome.output, "`aws quicksight update-spice-capacity-configuration .*--purchase-mode AUTO_PURCHASE.*`")
        self.assertNotIn("Service Quotas", outcome.output)
        self.deployed.ask("update_spice_capacity_configuration", PurchaseMode="AUTO_PURCHASE")
        self.deploy("--only", "datasets")
        self.assertEqual(set(self.deployed.datasets()), before)

    def test_16_strangers_assets_are_neither_changed_nor_listed_for_removal(self):
        self.put_strangers_in_place()
        steps = ("--from-step", "data_source")
        source, totals = f"{NAME}-athena", f"{NAME}-user-totals"
        for name, taken in ((source, ()), (totals, ("--take-over", source))):
            self.assertIn(f"--take-over {name}", self.refused("deploy", "--yes", "--overwrite", *steps, *taken, code=2))
        for kind, name in (("DataSource", source), ("DataSet", totals)):
            self.assertEqual(self.aws.account.assets[kind, name].name, "Finance")
        stays, goes = self.torn_down()
        self.assertLessEqual({f"data source `{source}`", f"dataset `{totals}`"}, stays)
        self.assertEqual([what for what in goes if source in what or totals in what], [])

        plan, _ = self.deploy(*steps, "--take-over", source, "--take-over", totals)
        overwritten = {what.partition("`")[2].rstrip("`") for _, kind, what, _ in plan if kind == "overwrite"}
        self.assertEqual(overwritten, {source, totals})
        self.deployed.assert_tagged()
        self.assertLessEqual({f"data source `{source}`", f"dataset `{totals}`"}, self.torn_down()[1])

    def put_strangers_in_place(self):
        """A data source and a dataset with the deployment's names, created by another tool."""
        self.deployed.ask("delete_data_set", DataSetId=f"{NAME}-user-totals")
        self.deployed.ask("delete_data_source", DataSourceId=f"{NAME}-athena")
        tags = [{"Key": "Team", "Value": "finance"}]
        source = self.deployed.ask(
            "create_data_source",
            DataSourceId=f"{NAME}-athena",
            Name="Finance",
            Type="ATHENA",
            DataSourceParameters={"AthenaParameters": {"WorkGroup": "primary"}},
            Tags=tags,
        )
        columns = [{"Name": "total", "Type": "INTEGER"}]
        table = {"DataSourceArn": source["Arn"], "Schema": "finance", "Name": "totals", "InputColumns": columns}
        self.deployed.ask(
            "create_data_set",
            DataSetId=f"{NAME}-user-totals",
            Name="Finance",
            PhysicalTableMap={"totals": {"RelationalTable": table}},
            ImportMode="DIRECT_QUERY",
            Tags=tags,
        )

    def torn_down(self):
        """The planned retained resources and removals."""
        plan = self.run_cli("teardown", "--dry-run", "--output", "json").json()["plan"]
        return tuple({one["what"] for one in plan[name]} for name in ("stays", "goes"))

    # ---- a stack that was deleted by hand ----

    def test_20_after_a_stack_was_deleted_by_hand_the_history_is_read_again(self):
        before = self.counted()
        self.cloudformation.delete_stack(StackName=STACK)
        while self.deployed.stack():
            pass
        variables = {"KIRO_ANALYTICS_HASH_SALT": SALT}
        plan, report = self.deploy(**variables)
        self.assertIn(("first_run", "run", "the normalizer"), [change[:3] for change in plan])
        (summary,) = report["first_run"]["notes"]
        self.assertRegex(summary, r"^[1-9]\d* exports were normalized")
        self.assertEqual(self.counted(), before)
        self.deployed.assert_ingested()

    def test_21_a_salt_that_was_given_need_not_be_given_again(self):
        hashed = {dict(row)["email"] for row in self.deployed.rows("user_dim")}
        for command in LOOKS:
            self.assertEqual(self.run_cli(*command, code=LATE if command == ("status",) else 0).changes, [], command)
        self.assert_nothing_to_change()
        self.assertEqual({dict(row)["email"] for row in self.deployed.rows("user_dim")}, hashed)

    # ---- teardown and its blockers ----

    def test_30_termination_protection_is_found_before_anything_is_removed(self):
        self.cloudformation.update_termination_protection(StackName=STACK, EnableTerminationProtection=True)
        self.assertIn("termination protection", self.refused("teardown", "--yes"))
        self.cloudformation.update_termination_protection(StackName=STACK, EnableTerminationProtection=False)
        self.deployed.assert_published()

    def test_31_what_we_have_not_written_is_found_before_anything_is_removed(self):
        bucket, foreign = self.resource("ResultsBucket"), ["quarterly-board-report.xlsx", "normalized/my-own-extract.csv"]
        versions = {key: self.s3.put_object(Bucket=bucket, Key=key, Body=b"mine")["VersionId"] for key in foreign}
        told = self.refused("teardown", "--delete-data", "--yes")
        for key, version in versions.items():
            self.assertIn(f"`{key}`", told)
            self.s3.delete_object(Bucket=bucket, Key=key, VersionId=version)

    def test_32_a_teardown_takes_an_analysis_out_of_the_recycle_bin(self):
        bucket = self.resource("ResultsBucket")
        self.deployed.ask("delete_analysis", AnalysisId=f"{NAME}-kiro")
        with self.only_what_the_printed_policy_allows():
            self.allowed("teardown", "--delete-data", "--yes")
            self.assertEqual(self.allowed("teardown", "--delete-data", "--yes").changes, [])
        self.assertEqual(self.aws.account.assets, {})
        self.assertIsNone(self.deployed.stack())
        self.assertNotIn(bucket, self.deployed.buckets())

    # ---- a foreign stack, buckets and stale responses ----

    def test_40_the_stack_of_the_aws_sample_is_not_ours(self):
        template = {
            "Parameters": {"KiroLogsBucketName": {"Type": "String"}, "KiroLogsPrefix": {"Type": "String"}},
            "Resources": {"Alarms": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "sample-alarms"}}},
        }
        values = {"KiroLogsBucketName": BUCKET, "KiroLogsPrefix": PREFIX}
        self.cloudformation.create_stack(
            StackName="kiro-sample-data",
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
        )
        self.cloudformation.get_waiter("stack_create_complete").wait(StackName="kiro-sample-data", WaiterConfig={"Delay": 0})
        sample = ("--prefix", "kiro-sample")
        self.assertIn("--take-over kiro-sample-data", self.refused("deploy", "--yes", "--overwrite", *sample, code=2))
        told = self.run_cli("teardown", "--dry-run", "--output", "json", *sample, code=2).json()["plan"]
        self.assertEqual([one["what"] for one in told["goes"] if "kiro-sample-data" in one["what"]], [])
        self.assertIn("kiro-sample-data", told["obstacles"][0]["what"])

        proposed = self.run_cli("init", "--out", "-", *sample)
        self.assertEqual(proposed.changes, [])
        self.assertIn('prefix = "kiro-usage"', proposed.output)
        self.assertIn(f'exports = ["s3://{BUCKET}/{PREFIX.rstrip("/")}"]', proposed.output)

        plan = [change[1:3] for change in self.planned("--take-over", "kiro-sample-data", *sample) if change[0] == "data_stack"]
        self.assertIn(("overwrite", "stack `kiro-sample-data`"), plan)
        self.assertIn(("delete", "`Alarms` (AWS::SNS::Topic)"), plan)

    def test_50_a_bucket_of_another_account_is_refused(self):
        bucket = f"kiro-two-code-{ACCOUNT}-{REGION}"
        self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.addCleanup(self.s3.delete_bucket, Bucket=bucket)
        self.aws.front.bucket_owners.owners[bucket] = "999999999999"
        told = self.refused("deploy", "--yes", "--only", "function_code", "--prefix", "kiro-two")
        self.assertIn(bucket, told)
        self.assertNotIn("Contents", self.s3.list_objects_v2(Bucket=bucket))
        report = self.run_cli("preflight", "--output", "json", "--prefix", "kiro-two", code=2).json()
        (failed,) = (check for check in report["checks"] if check["verdict"] == "fail")
        self.assertEqual(failed["name"], "own_buckets")
        self.assertIn(bucket, "\n".join(failed["found"]))

    def test_51_a_bucket_that_was_only_just_made_gets_its_properties_later(self):
        bucket, step = f"kiro-two-code-{ACCOUNT}-{REGION}", ("--prefix", "kiro-two", "--only", "function_code")
        killed = self.cli.interrupted("s3:CreateBucket", "deploy", "--yes", *step)
        self.assertEqual((killed.code, killed.changes), (-9, ["s3:CreateBucket"]), killed.output)
        self.assertIsNone(self.public_access(bucket))
        self.deploy(*step)
        self.assertEqual(set(self.public_access(bucket).values()), {True})
        self.assertIn("aws:SecureTransport", self.s3.get_bucket_policy(Bucket=bucket)["Policy"])
        tags = {tag["Key"]: tag["Value"] for tag in self.s3.get_bucket_tagging(Bucket=bucket)["TagSet"]}
        self.assertEqual(tags["kiro-analytics:deployment"], "kiro-two")
        self.assert_nothing_to_change(*step)

    def test_52_stale_answers_of_cloudformation_end_no_wait(self):
        step = ("--prefix", "kiro-two", "--only", "data_stack")
        for setting, status in ((), "CREATE_COMPLETE"), (("--set", "memory_megabytes=512"), "UPDATE_COMPLETE"):
            with self.subTest(status):
                self.aws.front.stale()
                self.deploy(*step, *setting)
                self.assertEqual(self.aws.front.faults.waiting, [])
                self.assertEqual(Deployed(self, self.aws, "kiro-two").stack()["StackStatus"], status)
        self.assert_nothing_to_change(*step)


def changes(plan):
    """Step, kind, what, and the details as one text."""
    return [
        (step["name"], change["kind"], change["what"], "\n".join(change["details"])) for step in plan["steps"] for change in step["changes"]
    ]


if __name__ == "__main__":
    unittest.main()
