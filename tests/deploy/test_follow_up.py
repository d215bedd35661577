"""Imports that follow the normalizer: an export arrives, the normalizer runs by its event, and the function `follow-up` imports.

The tests build on each other, in the order of their names. run.py runs them and sets their environment variables.
"""

import json
import os
import threading
import time
import unittest
from pathlib import Path

from checks import ALICE, Deployed
from cli import Cli
from environment import ACCOUNT, Environment
from exports import BUCKET, PREFIX, Exports
from quicksight.ingestions import Ingestion

BINARY, FUNCTIONS = Path(os.environ["KIRO_E2E_BINARY"]), os.environ["KIRO_E2E_FUNCTIONS"]
EVENTS = Path(__file__).resolve().parents[1] / "aws" / "events"
NAME = "kiro-analytics"
NORMALIZER, FUNCTION = f"{NAME}-data-normalize-report", f"{NAME}-follow-up"
LOG = f"/aws/lambda/{FUNCTION}"
# How long a function of the emulator may take until its log is there.
SECONDS = 60
OVER_QUOTA = 24


class SoundExports(Exports):
    """Only exports of this account; the broken ones are in the older account's folders."""

    def files(self):
        return {key: path for key, path in super().files().items() if f"AWSLogs/{ACCOUNT}/" in key}


def recorded(name, **values):
    text = (EVENTS / f"{name}.json").read_text()
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", value)
    return text


class FollowUp(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.aws = cls.enterClassContext(Environment(at_once=True))
        cls.s3, cls.logs = cls.aws.emulator.client("s3"), cls.aws.emulator.client("logs")
        cls.lambda_ = cls.aws.client("lambda")
        exports = SoundExports(BINARY, cls.aws.scratch / "fleet", users=8, days=4)
        exports.upload(cls.s3)
        # Exports that arrive later.
        newest = {report: max(key for key in exports.files() if f"/{report}/" in key) for report in ("user_report", "by_user_analytic")}
        cls.later = {key: exports.files()[key].read_bytes() for key in newest.values()}
        for key in cls.later:
            cls.s3.delete_object(Bucket=BUCKET, Key=PREFIX + key)
        cls.cli = Cli(BINARY, cls.aws.scratch / "work", cls.aws)
        (cls.cli.folder / "kiro-analytics.toml").write_text(
            "[deployment]\n"
            f'exports = ["s3://{BUCKET}/{PREFIX.rstrip("/")}"]\n'
            f'owners = ["{ALICE}"]\n'
            f'architecture = "x86_64"\nfunctions = {json.dumps(FUNCTIONS)}\n'
        )
        cls.run_cli(cls, "deploy", "--yes")

    def run_cli(self, *arguments, code=0):
        outcome = self.cli.run(*arguments)
        if outcome.code != code:
            raise AssertionError(f"{outcome.command}: {outcome.code}\n{outcome.output}")
        return outcome

    def invoke(self, event):
        """Runs the normalizer as a schedule or an arrival does. Returns the record of the run."""
        self.assertEqual(self.lambda_.invoke(FunctionName=NORMALIZER, InvocationType="Event", Payload=event)["StatusCode"], 202)
        self.aws.invocations.wait()
        return self.aws.invocations.records[-1]

    def arrive(self, report):
        """Puts an export of a report into its bucket, and runs the normalizer by its event."""
        key = next(key for key in self.later if f"/{report}/" in key)
        self.s3.put_object(Bucket=BUCKET, Key=PREFIX + key, Body=self.later.pop(key))
        return self.invoke(recorded("eventbridge-object-created", bucket=BUCKET, key=PREFIX + key))

    def lines(self):
        """What the function has logged about its runs, oldest first."""
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=LOG)
        lines = []
        for event in (event for page in pages for event in page["events"]):
            for text in event["message"].splitlines():
                try:
                    lines.append(json.loads(text))
                except ValueError:
                    continue
        return lines

    def followed(self, run, times=1):
        """The counts of the function for a run, after it has followed it that often."""
        until = time.monotonic() + SECONDS
        pause = threading.Event()
        while time.monotonic() < until:
            found = [line for line in self.lines() if line.get("message") == "Imports followed." and line.get("run") == run]
            if len(found) >= times:
                return found
            pause.wait(0.1)
        raise AssertionError(f"{run} is not followed: {self.lines()}")

    def imports(self, run):
        """The datasets that were imported because of a run."""
        ingestions = self.aws.account.ingestions
        return sorted(data_set for data_set, known in ingestions.items() if f"follow-up-{run}" in known)

    def all_data_sets(self):
        return sorted(Deployed(self, self.aws, NAME).datasets())

    def told(self):
        variables = self.lambda_.get_function_configuration(FunctionName=FUNCTION)["Environment"]["Variables"]
        return json.loads(variables["KIRO_DATA_SETS"])

    def test_1_the_function_knows_every_data_set(self):
        self.assertEqual(self.told(), self.all_data_sets())

    def test_2_an_export_that_arrives_is_followed_by_one_import_of_each_data_set(self):
        nothing = self.invoke(recorded("scheduled"))["requestContext"]["requestId"]
        record = self.arrive("user_report")
        run = record["requestContext"]["requestId"]
        self.assertEqual(record["requestContext"]["condition"], "Success", record)
        (counts,) = self.followed(run)
        self.assertEqual((counts["started"], counts["failed"]), (len(self.all_data_sets()), 0))
        self.assertEqual(self.imports(run), self.all_data_sets())
        # The run before had nothing new, and its event would have come first.
        self.assertEqual(self.imports(nothing), [])
        self.assertNotIn(nothing, json.dumps(self.lines()))

    def test_3_an_event_that_is_delivered_again_starts_nothing_twice(self):
        record = self.aws.invocations.records[-1]
        run = record["requestContext"]["requestId"]
        before = {name: list(known) for name, known in self.aws.account.ingestions.items()}
        for _ in range(2):
            self.aws.invocations.send(record, f"arn:aws:events:eu-central-1:{ACCOUNT}:event-bus/default")
        first, *again = self.followed(run, times=3)
        self.assertEqual([(one["started"], one["already_imported"]) for one in again], [(0, first["started"])] * 2)
        self.assertEqual({name: list(known) for name, known in self.aws.account.ingestions.items()}, before)

    def test_4_a_data_set_over_its_quota_waits_for_the_daily_import(self):
        name = f"{NAME}-code-activity"
        known = self.aws.account.ingestions[name]
        by_hand = [f"by-hand-{number}" for number in range(OVER_QUOTA)]
        self.addCleanup(lambda: [known.pop(name) for name in by_hand])
        for name_of_import in by_hand:
            known[name_of_import] = Ingestion(name_of_import, "arn:x", "FULL_REFRESH", [], "COMPLETED")
        run = self.arrive("by_user_analytic")["requestContext"]["requestId"]
        (counts,) = self.followed(run)
        self.assertEqual((counts["over_quota"], counts["failed"]), (1, 0))
        self.assertNotIn(name, self.imports(run))
        self.assertEqual(len(self.imports(run)), counts["started"])
        self.assertGreater(counts["started"], 0)
        warnings = [line for line in self.lines() if line.get("level") == "WARN" and line.get("data_set") == name]
        self.assertEqual([line["imports"] >= OVER_QUOTA for line in warnings], [True])

    def test_5_a_run_with_an_unreadable_export_is_followed_for_all_others(self):
        key = f"{PREFIX}AWSLogs/{ACCOUNT}/KiroLogs/user_report/us-east-1/2026/10/01/00/KIRO_IDE_{ACCOUNT}_user_report_202610010000.csv"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=b'UserId,Date\n"never closed')
        record = self.invoke(recorded("scheduled"))
        self.assertEqual(record["requestContext"]["condition"], "RetriesExhausted")
        self.assertEqual(record["responsePayload"]["errorType"], "ExportsFailed")
        run = record["requestContext"]["requestId"]
        (counts,) = self.followed(run)
        self.assertEqual(counts["started"], len(self.all_data_sets()))
        self.s3.delete_object(Bucket=BUCKET, Key=key)

    def test_6_the_status_shows_the_chain(self):
        status = self.cli.run("status", "--output", "json").json()
        chain = {step["name"]: step for step in status["chain"]}
        self.assertEqual(list(chain), ["exports", "normalizer", "imports"])
        self.assertTrue(chain["normalizer"]["is_newer"], chain)
        self.assertTrue(chain["imports"]["is_newer"], chain)
        self.assertIn(FUNCTION, [stack["name"] for stack in status["stacks"]])
        self.assertIn("follow-up FailedAlarm", [alarm["name"] for alarm in status["alarms"]])

    def test_7_the_log_names_what_was_not_imported(self):
        log = self.cli.run("logs", "--output", "json").json()["follow_up"]
        self.assertEqual(log["log_group"], LOG)
        # The three events of one run, and two other runs.
        self.assertEqual([run["started"] > 0 for run in log["runs"]], [True, False, False, True, True])
        self.assertEqual([run["over_quota"] for run in log["runs"]], [0, 0, 0, 1, 0])
        (warning,) = log["warnings"]
        self.assertIn(f"dataset `{NAME}-code-activity`: Not imported", warning["what"])
        self.assertEqual(log["failures"], [])

    def test_8_without_quick_sight_the_stack_goes(self):
        plan = self.run_cli("deploy", "--dry-run", "--set", "quicksight=false").output
        self.assertIn(f"- delete stack `{FUNCTION}`", " ".join(plan.split()))
        self.run_cli("deploy", "--yes", "--set", "quicksight=false", "--only", "follow_up_stack")
        stacks = self.aws.emulator.client("cloudformation").describe_stacks()["Stacks"]
        living = {stack["StackName"] for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"}
        self.assertNotIn(FUNCTION, living)


if __name__ == "__main__":
    unittest.main()
