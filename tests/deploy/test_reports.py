"""Reports on a schedule: the function `send-reports` of a deployment writes what the command writes, and nothing twice.

The tests build on each other, in the order of their names. run.py runs them and sets their environment variables.
"""

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

from cli import Cli
from environment import ACCOUNT, Environment
from exports import BUCKET, PREFIX, Exports

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts" / "lambda"))

from pack import pack

BINARY, FUNCTIONS = Path(os.environ["KIRO_E2E_BINARY"]), Path(os.environ["KIRO_E2E_FUNCTIONS"])
NAME = "kiro-analytics-reports"
# The last day of the exports is the Wednesday of this week.
WEEK, PERIOD = "2026-W40", "weekly/2026-W40"
SETTINGS = "reports/settings.json"
# A report of one sheet is quick.
SHEETS = """
sheets:
  - id: economics
    pickers: [date, user]
    visuals:
      - id: e-unit-econ-table
        type: table
        dataset: activity
        by: [{column: user_tier, meaning: tier}]
        measures: [users, messages, credits]
        layout: {x: 0, y: 0, w: 12, h: 5}
      - id: e-overage-users
        type: table
        dataset: activity
        by: [{column: user_id}]
        measures: [credits]
        sort: [{by: credits}]
        layout: {x: 0, y: 5, w: 12, h: 5}
"""


class SoundExports(Exports):
    """Only exports of this account; the broken ones are in the older account's folders."""

    def files(self):
        return {key: path for key, path in super().files().items() if f"AWSLogs/{ACCOUNT}/" in key}


def zips(folder):
    """The zips of all functions. That of `send-reports` has its debug binary: its engine takes long to build for Lambda."""
    folder.mkdir()
    for zip_ in FUNCTIONS.glob("*-x86_64.zip"):
        (folder / zip_.name).symlink_to(zip_)
    stripped = folder / "send-reports"
    subprocess.run(["strip", "-o", stripped, BINARY.with_name("send-reports")], check=True)
    (folder / "send-reports-x86_64.zip").unlink(missing_ok=True)
    pack(stripped, folder / "send-reports-x86_64.zip")
    return folder


class Reports(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.aws = cls.enterClassContext(Environment(at_once=True))
        cls.s3 = cls.aws.emulator.client("s3")
        exports = SoundExports(BINARY, cls.aws.scratch / "fleet", users=8, days=4)
        exports.upload(cls.s3)
        cls.cli = Cli(BINARY, cls.aws.scratch / "work", cls.aws)
        definitions = (ROOT / "dashboards" / "kiro.yaml").read_text().split("\nsheets:\n")[0]
        (cls.cli.folder / "small.yaml").write_text(definitions + "\n" + SHEETS)
        cls.configure(cls, "")
        cls.run_cli(cls, "deploy", "--yes")

    def configure(self, more):
        functions = self.aws.scratch / "functions"
        if not functions.exists():
            zips(functions)
        (self.cli.folder / "kiro-analytics.toml").write_text(
            "[deployment]\n"
            f'exports = ["s3://{BUCKET}/{PREFIX.rstrip("/")}"]\n'
            "quicksight = false\n"
            'dashboard = "small.yaml"\n'
            f'architecture = "x86_64"\nfunctions = {json.dumps(str(functions))}\n{more}'
        )

    def run_cli(self, *arguments, code=0):
        outcome = self.cli.run(*arguments)
        if outcome.code != code:
            raise AssertionError(f"{outcome.command}: {outcome.code}\n{outcome.output}")
        return outcome

    def stacks(self):
        stacks = self.aws.emulator.client("cloudformation").describe_stacks()["Stacks"]
        return {stack["StackName"]: stack for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"}

    def output(self, stack, name):
        outputs = self.stacks()[stack]["Outputs"]
        return next(output["OutputValue"] for output in outputs if output["OutputKey"] == name)

    def results(self):
        return self.output("kiro-analytics-data", "ResultsBucketName")

    def invoke(self, event):
        client = self.aws.emulator.client("lambda")
        response = client.invoke(FunctionName=NAME, Payload=json.dumps(event))
        return json.loads(response["Payload"].read()), response.get("FunctionError")

    def objects(self):
        """The contents of all reports in the bucket, by their names below the folder."""
        bucket = self.output(NAME, "ReportsBucketName")
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return {key.removeprefix("reports/"): self.s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

    def local(self):
        """The same reports, written by the command from the parts of the deployment."""
        data, place = self.aws.scratch / "data", self.aws.scratch / "local"
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.results(), Prefix="normalized/")
        for key in [entry["Key"] for page in pages for entry in page.get("Contents", [])]:
            path = data / key.removeprefix("normalized/")
            path.parent.mkdir(parents=True, exist_ok=True)
            self.s3.download_file(self.results(), key, str(path))
        self.run_cli(
            *("report", "--data", data, "--dashboard", "small.yaml", "--period", WEEK, "--format", "html,csv", "--to", place)
        )
        files = [path for path in place.rglob("*") if path.is_file() and not path.name.startswith(".")]
        return {str(path.relative_to(place)): path.read_bytes() for path in files}

    def test_1_without_reports_there_is_no_stack_and_no_zip_is_needed(self):
        self.assertNotIn(NAME, self.stacks())
        keys = self.s3.list_objects_v2(Bucket=f"kiro-analytics-code-{ACCOUNT}-eu-central-1", Prefix="functions/")["Contents"]
        self.assertFalse([entry["Key"] for entry in keys if "send-reports" in entry["Key"]])

    def test_2_the_function_writes_what_the_command_writes(self):
        self.configure('reports = ["weekly"]\nreports_formats = ["html", "csv"]\n')
        plan = self.run_cli("deploy", "--dry-run").output
        self.assertIn(f"stack `{NAME}`", plan)
        self.run_cli("deploy", "--yes")
        self.assertIn("no changes", self.run_cli("deploy", "--dry-run").output.split("Reports stack")[1].splitlines()[0])
        counts, error = self.invoke({"period": WEEK})
        self.assertIsNone(error, counts)
        expected = self.local()
        self.assertIn(f"{PERIOD}/fleet/kiro-{WEEK}.html", expected)
        found = self.objects()
        self.assertEqual(sorted(found), sorted(expected))
        for name, content in expected.items():
            self.assertTrue(found[name] == content, name)
        self.assertEqual((counts["period"], counts["reports"], counts["files_written"]), (WEEK, 1, len(expected)))

    def test_3_a_second_call_writes_nothing(self):
        counts, error = self.invoke({"period": WEEK})
        self.assertIsNone(error, counts)
        self.assertEqual((counts["files_written"], counts["files_unchanged"]), (0, len(self.objects())))

    def test_4_a_week_without_activity_has_no_report_and_is_no_failure(self):
        counts, error = self.invoke({"period": "2026-W30"})
        self.assertIsNone(error, counts)
        self.assertEqual((counts["reports"], counts["files_written"]), (0, 0))

    def test_5_an_event_without_a_period_is_refused_without_its_content(self):
        answer, error = self.invoke({"period": "ann@example.com"})
        self.assertIsNotNone(error)
        self.assertEqual(answer["errorType"], "UnknownEvent")
        self.assertNotIn("ann", answer["errorMessage"])

    def test_6_the_schedule_asks_for_the_last_week(self):
        name = self.output(NAME, "WeeklyScheduleName").split("|")[-1]
        schedule = self.aws.emulator.client("scheduler").get_schedule(Name=name)
        self.assertEqual(schedule["ScheduleExpression"], "cron(0 6 ? * MON *)")
        self.assertEqual(json.loads(schedule["Target"]["Input"]), {"period": "last-week"})

    def test_7_status_and_logs_show_the_reports(self):
        status = self.cli.run("status", "--output", "json").json()
        (weekly,) = status["reports"]["schedules"]
        self.assertEqual((weekly["kind"], weekly["newest_period"]), ("weekly", WEEK))
        self.assertTrue(weekly["next"])
        self.assertIn("reports FailedAlarm", [alarm["name"] for alarm in status["alarms"]])
        log = self.cli.run("logs", "--output", "json").json()["reports"]
        self.assertEqual([run["period"] for run in log["runs"]], [WEEK, WEEK, "2026-W30"])
        self.assertEqual(len(log["failed_runs"]), 1)

    def test_8_without_reports_the_stack_goes_and_the_reports_stay(self):
        bucket, before = self.output(NAME, "ReportsBucketName"), self.objects()
        self.s3.head_object(Bucket=self.results(), Key=SETTINGS)
        self.configure("reports = []\n")
        self.run_cli("deploy", "--yes")
        self.assertNotIn(NAME, self.stacks())
        entries = self.s3.list_objects_v2(Bucket=bucket)["Contents"]
        self.assertEqual(len(entries), len(before))
        self.assertEqual(self.s3.list_objects_v2(Bucket=self.results(), Prefix="reports/").get("KeyCount", 0), 0)

    def test_9_a_teardown_keeps_the_reports_unless_the_data_go_too(self):
        buckets = [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]]
        (bucket,) = [name for name in buckets if "-reportsbucket-" in name]
        kept = self.run_cli("teardown", "--dry-run").output
        self.assertIn(f"bucket `{bucket}` with reports", kept)
        self.run_cli("teardown", "--yes", "--delete-data")
        left = [found["Name"] for found in self.s3.list_buckets()["Buckets"]]
        self.assertEqual(left, [BUCKET])


if __name__ == "__main__":
    unittest.main()
