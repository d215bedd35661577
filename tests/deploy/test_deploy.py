"""A deployment from `init` to `teardown`, and a second one that is interrupted again and again.

The tests build on each other, in the order of their names. run.py runs them and sets their environment variables.
"""

import os
import re
import stat
import time
import unittest
from pathlib import Path

from checks import CAROL, Deployed, exports_there
from cli import Cli
from content import LocalRows
from deployer_policy import DeployerPolicy, uncovered
from environment import ACCOUNT, Environment
from exports import BUCKET, PREFIX, Exports
from transcript import Transcript

UPDATE = bool(os.environ.get("KIRO_E2E_UPDATE"))
BINARY, FUNCTIONS = Path(os.environ["KIRO_E2E_BINARY"]), os.environ["KIRO_E2E_FUNCTIONS"]

# The second deployment is killed at each of these: before the call has its effect, or after it and before the response.
KILLED = [
    ("s3:PutObject", "after"),
    ("cloudformation:ExecuteChangeSet", "after"),
    ("lambda:Invoke", "after"),
    ("glue:CreateTable", "after"),
    ("athena:StartQueryExecution", "before"),
    ("lakeformation:*", "after"),
    ("iam:PutRolePolicy", "after"),
    ("quicksight:CreateDataSource", "after"),
    ("quicksight:CreateDataSet", "after"),
    ("quicksight:CreateRefreshSchedule", "before"),
    ("quicksight:CreateDashboard", "after"),
]


def said(what, **figures):
    """A measured figure, on a line of its own in the log."""
    print(f"\nmeasured: {what}:", ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items()), flush=True)


class Story(unittest.TestCase):
    """An account with a bucket of exports, and a user's folder."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.aws = cls.enterClassContext(Environment())
        cls.exports = Exports(BINARY, cls.aws.scratch / "fleet")
        cls.exports.upload(cls.aws.emulator.client("s3"))
        cls.local = LocalRows(BINARY, cls.exports.folder, cls.aws.scratch)
        cls.cli, cls.other = (Cli(BINARY, cls.aws.scratch / name, cls.aws) for name in ("work", "other"))
        for cli in (cls.cli, cls.other):
            (cli.folder / "functions").symlink_to(FUNCTIONS)
        cls.own = [
            (cls.aws.front.endpoint, "http://localhost:4566"),
            (cls.aws.scratch, "…"),
            (FUNCTIONS, "functions"),
            (cls.aws.identity_store, "d-1234567890"),
        ]
        cls.seen = []

    def setUp(self):
        self.first, self.second = Deployed(self, self.aws, "kiro-analytics"), Deployed(self, self.aws, "kiro-two")

    def run_cli(self, *arguments, code=0, transcript=None, cli=None, **more):
        """Runs a command, and checks its exit code."""
        began = time.monotonic()
        outcome = (cli or self.cli).run(*arguments, **more)
        outcome.seconds = time.monotonic() - began
        self.seen.extend(outcome.calls)
        self.assertEqual(outcome.code, code, f"{outcome.command}\n{outcome.output}")
        if transcript is not None:
            transcript.add(outcome.command, outcome.output, outcome.code, self.own)
        return outcome

    def kept(self, transcript):
        self.assertEqual(transcript.difference(UPDATE), "", f"not what {transcript.path.name} shows; run.py --update keeps it as it is now")

    def configure(self, cli, **settings):
        with (cli.folder / "kiro-analytics.toml").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())

    # ---- one deployment ----

    def test_01_init_looks_around_and_asks(self):
        transcript = Transcript("01-init", "A new folder: `init` looks around, asks, and writes the configuration.")
        answers = [("[kiro-analytics]:", ""), (f"[{BUCKET}]:", ""), ("/alice]:", "alice"), ("(empty for none):", "alice@example.com")]
        outcome = self.cli.asked("init", answers=answers)
        self.seen.extend(outcome.calls)
        self.assertEqual((outcome.code, outcome.changes), (0, []), outcome.output)
        transcript.add(outcome.command, outcome.output, outcome.code, self.own)
        self.assertEqual(stat.S_IMODE((self.cli.folder / "kiro-analytics.toml").stat().st_mode), 0o600)
        transcript.add("cat kiro-analytics.toml", (self.cli.folder / "kiro-analytics.toml").read_text(), 0, self.own)
        self.configure(self.cli, readers=f'["{CAROL}"]', architecture='"x86_64"', functions='"functions"')
        self.run_cli("config", "show", transcript=transcript)
        self.kept(transcript)

    def test_02_preflight_finds_nothing_in_the_way(self):
        transcript = Transcript("02-preflight", "Before anything is changed: is everything there that a deployment needs?")
        self.assertEqual(self.run_cli("preflight", transcript=transcript).changes, [])
        self.kept(transcript)

    def test_03_a_dry_run_changes_nothing(self):
        transcript = Transcript("03-dry-run", "What `deploy` would do.")
        self.assertEqual(self.run_cli("deploy", "--dry-run", transcript=transcript).changes, [])
        self.assertEqual((self.first.assets(), self.first.stack(), self.first.buckets()), ([], None, []))
        self.kept(transcript)

    def test_04_deploy(self):
        transcript = Transcript("04-deploy", "The first deployment.")
        before = exports_there(self.aws)
        outcome = self.run_cli("deploy", "--yes", code=1, transcript=transcript)
        said("first deployment", seconds=f"{outcome.seconds:.1f}", calls=len(outcome.calls), changes=len(outcome.changes))
        self.first.assert_well(self.local)
        self.assertEqual(exports_there(self.aws), before)
        self.kept(transcript)

    def test_05_deploy_again_changes_nothing(self):
        transcript = Transcript("05-deploy-again", "Nothing has changed since.")
        outcome = self.run_cli("deploy", "--yes", transcript=transcript)
        said("deployment without changes", seconds=f"{outcome.seconds:.1f}", calls=len(outcome.calls), changes=len(outcome.changes))
        self.assertEqual(outcome.changes, [])
        self.kept(transcript)

    def test_06_an_upgrade_changes_what_differs_and_nothing_else(self):
        transcript = Transcript("06-upgrade", "Another price: what depends on it is made again, and shown before.")
        with (self.cli.folder / "kiro-analytics.toml").open("a") as file:
            file.write("\n[overage]\nusd_per_credit = 0.05\n")
        self.run_cli("deploy", "--dry-run", transcript=transcript)
        outcome = self.run_cli("deploy", "--yes", transcript=transcript)
        queries = [call.members["QueryString"] for call in outcome.calls if call.name == "athena:StartQueryExecution" and call.mutating]
        views = {re.search(r"VIEW \S+\.(\w+)", query)[1] for query in queries}
        self.assertIn("settings", views)
        self.assertNotIn("report_facts", views)
        self.assertFalse({"lambda:Invoke", "glue:CreateTable", "quicksight:UpdateDataSet", "iam:PutRolePolicy"} & set(outcome.changes))
        self.first.assert_ingested()
        self.assertEqual(self.run_cli("deploy", "--yes").changes, [])
        self.kept(transcript)

    def test_07_what_somebody_edited_in_the_console_is_not_overwritten_unasked(self):
        transcript = Transcript("07-edited", "Somebody has edited the dashboard in the console.")
        number = self.edit_dashboard("My own sheet")
        self.run_cli("deploy", code=2, transcript=transcript)
        self.assertEqual(self.first.dashboard()["Version"]["Sheets"][0]["Name"], "My own sheet")
        self.run_cli("deploy", "--yes", "--overwrite", transcript=transcript)
        self.assertNotEqual(self.first.dashboard()["Version"]["Sheets"][0]["Name"], "My own sheet")
        self.first.assert_published(number + 1)
        self.kept(transcript)

    def edit_dashboard(self, sheet):
        """As the console does: a new version, published when it is healthy. Returns its number."""
        name = {"DashboardId": "kiro-analytics-kiro"}
        definition = self.first.ask("describe_dashboard_definition", **name)["Definition"]
        definition["Sheets"][0]["Name"] = sheet
        made = self.first.ask("update_dashboard", **name, Name="Edited", Definition=definition)
        number = int(made["VersionArn"].rpartition("/")[2])
        while self.first.dashboard(number)["Version"]["Status"].endswith("PROGRESS"):
            pass
        self.first.ask("update_dashboard_published_version", **name, VersionNumber=number)
        return number

    def test_08_status_tells_how_things_are(self):
        transcript = Transcript("08-status", "How is it?")
        # The emulator ignores the dimensions of a metric: it counts the normalizer's unreadable export as a failure of this function.
        alarms = self.aws.emulator.client("cloudwatch")
        for alarm in alarms.describe_alarms(AlarmNamePrefix="kiro-analytics-follow-up-FailedAlarm")["MetricAlarms"]:
            alarms.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="no run of its own")
        self.assertEqual(self.run_cli("status", code=1, transcript=transcript).changes, [])
        self.assertEqual(self.run_cli("status", "--output", "json", code=1).changes, [])
        self.run_cli("open", "--print-only", transcript=transcript)
        self.kept(transcript)

    def test_09_refresh_reads_what_is_new(self):
        transcript = Transcript("09-refresh", "A new day's exports have arrived.")
        s3 = self.aws.emulator.client("s3")
        for key, path in self.exports.files().items():
            if "/2026/09/30/" in key:
                moved = key.replace("2026/09/30", "2026/10/01").replace("20260930", "20261001")
                s3.put_object(Bucket=BUCKET, Key=PREFIX + moved, Body=path.read_bytes().replace(b"2026-09-30", b"2026-10-01"))
        before = len(self.first.rows("report_facts"))
        outcome = self.run_cli("refresh", code=1, transcript=transcript)
        self.assertIn("quicksight:CreateIngestion", outcome.changes)
        self.assertGreater(len(self.first.rows("report_facts")), before)
        self.first.assert_ingested()
        self.kept(transcript)

    def test_10_logs_name_what_failed(self):
        transcript = Transcript("10-logs", "What failed, and on which export?")
        self.assertIn("never closed", self.run_cli("logs", transcript=transcript).output)
        self.kept(transcript)

    def test_11_what_aws_refuses_is_named_with_what_to_do(self):
        transcript = Transcript("11-refused", "AWS refuses: which call, on what, why, and what to do about it.")
        for call, code, message in (
            ("quicksight:DescribeDashboard", "AccessDeniedException", "User is not authorized to perform: quicksight:DescribeDashboard"),
            ("sts:GetCallerIdentity", "ExpiredToken", "The security token included in the request is expired"),
        ):
            with self.subTest(code):
                self.aws.front.fail(call, code, message, times=9, status=403)
                outcome = self.run_cli("deploy", "--yes", code=3, transcript=transcript)
                self.aws.front.faults.clear()
                self.assertEqual(outcome.changes, [])
                self.assertIn(call.partition(":")[2], outcome.output)
                self.assertIn("hint:", outcome.output)
        self.kept(transcript)

    def test_12_a_throttled_call_is_made_again(self):
        self.aws.front.fail("quicksight:DescribeDashboard", "ThrottlingException", "Rate exceeded", status=429)
        self.assertEqual(self.run_cli("deploy", "--yes").changes, [])

    def test_13_synth_writes_what_deploy_would_send(self):
        transcript = Transcript("13-synth", "Everything that would be sent, as files.")
        self.run_cli("synth", "--out", "synth", transcript=transcript)
        self.run_cli("synth", "--out", "again")
        first, again = (
            {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
            for folder in (self.cli.folder / "synth", self.cli.folder / "again")
        )
        self.assertEqual(first, again)
        transcript.add("find synth -type f | sort", "\n".join(f"synth/{name}" for name in sorted(first)), 0)
        self.kept(transcript)

    # ---- a second deployment ----

    def test_20_interrupted_anywhere_it_goes_on(self):
        self.aws.grants.put_in_force()
        lines = (self.cli.folder / "kiro-analytics.toml").read_text()
        (self.other.folder / "kiro-analytics.toml").write_text(lines.replace('prefix = "kiro-analytics"', 'prefix = "kiro-two"'))
        for call, when in KILLED:
            with self.subTest(call):
                outcome = self.other.interrupted(call, "deploy", "--yes", when=when)
                self.assertEqual(outcome.code, -9, outcome.output)
                self.seen.extend(outcome.calls)
        self.run_cli("deploy", "--yes", cli=self.other)
        self.second.assert_published()
        self.second.assert_ingested()
        self.second.assert_permissions()
        self.second.assert_tagged()
        self.assertEqual(
            [name.replace("kiro-two", "kiro-analytics") for _, name in self.second.assets()], [name for _, name in self.first.assets()]
        )
        self.assertEqual(self.run_cli("deploy", "--yes", cli=self.other).changes, [])

    # ---- teardown ----

    def test_30_teardown_takes_its_own_and_keeps_the_data(self):
        transcript = Transcript("30-teardown", "The end, first shown and then done.")
        exports, others = exports_there(self.aws), self.second.assets()
        self.assertEqual(self.run_cli("teardown", "--dry-run", transcript=transcript).changes, [])
        self.first.assert_published()
        (results,) = [name for name in self.first.buckets() if "code" not in name]
        self.run_cli("teardown", "--keep-data", "--yes", transcript=transcript)
        self.first.assert_gone(buckets=[results])
        self.assertEqual(self.run_cli("teardown", "--keep-data", "--yes", transcript=transcript).changes, [])
        self.assertEqual((exports_there(self.aws), self.second.assets()), (exports, others))
        self.second.assert_published()
        self.kept(transcript)

    def test_31_teardown_is_interrupted_and_goes_on(self):
        exports = exports_there(self.aws)
        for call, when in (("quicksight:DeleteDashboard", "after"), ("cloudformation:DeleteStack", "after"), ("s3:DeleteObjects", "after")):
            outcome = self.other.interrupted(call, "teardown", "--delete-data", "--yes", when=when)
            self.assertEqual(outcome.code, -9, outcome.output)
            self.seen.extend(outcome.calls)
        self.run_cli("teardown", "--delete-data", "--yes", cli=self.other)
        self.second.assert_gone()
        self.assertEqual(exports_there(self.aws), exports)

    def test_40_the_printed_policy_covers_every_call(self):
        common = [f"--account={ACCOUNT}", f"--exports=s3://{BUCKET}/{PREFIX}"]
        policies = [
            DeployerPolicy.printed_by(BINARY, self.aws.scratch, *common, f"--prefix={prefix}") for prefix in ("kiro-analytics", "kiro-two")
        ]
        self.assertEqual(uncovered(self.seen, policies), [])
        said("the deployer's policy", actions=len(policies[0].actions), documents=len(policies[0].documents))


if __name__ == "__main__":
    unittest.main()
