"""A deployment from `init` to `teardown`. The tests of a class build on each other, in the order of their names.

run.py runs it and says in the environment where everything is.
"""

import os
import re
import shutil
import time
import unittest
from pathlib import Path

import deployer_policy
from cli import Cli
from content import LocalRows, athena_rows, difference
from environment import ACCOUNT, REGION, SERVICE_ROLE, Environment
from exports import BUCKET, PREFIX, Exports
from transcript import Transcript

UPDATE = bool(os.environ.get("KIRO_E2E_UPDATE"))
BINARY, FUNCTIONS = Path(os.environ["KIRO_E2E_BINARY"]), os.environ["KIRO_E2E_FUNCTIONS"]
ALICE, BOB, CAROL = (f"arn:aws:quicksight:{REGION}:{ACCOUNT}:user/default/{name}" for name in ("alice", "bob", "carol"))
# Bookkeeping of a run: differs between two runs over the same exports.
OF_THE_RUN = {"processed_ts", "newest_processed_ts"}
# Every call that the commands made, for docs/permissions.md.
SEEN = []


def said(what, **figures):
    """A measured figure, on a line of its own in the log."""
    print(f"\nmeasured: {what}:", ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items()), flush=True)


class Deployment(unittest.TestCase):
    """An account with a bucket of exports, and somebody's folder."""

    maxDiff = None
    longMessage = True

    @classmethod
    def setUpClass(cls):
        cls.aws = cls.enterClassContext(Environment())
        cls.exports = Exports(BINARY, cls.aws.scratch / "fleet")
        cls.exports.upload(cls.aws.emulator.client("s3"))
        cls.cli = Cli(BINARY, cls.aws.scratch / "work", cls.aws)
        cls.own = [(cls.aws.scratch, "…"), (FUNCTIONS, "…/functions"), (cls.aws.identity_store, "d-1234567890")]
        cls.quicksight = cls.aws.emulator.client("quicksight", cls.aws.front.endpoint)

    def run_cli(self, *arguments, code=0, transcript=None, **more):
        """Runs a command, and makes sure of how it ends."""
        outcome = self.cli.run(*arguments, **more)
        SEEN.extend(outcome.calls)
        self.assertEqual(outcome.code, code, f"{outcome.command}\n{outcome.output}")
        if transcript is not None:
            transcript.add(outcome.command, outcome.output, outcome.code, self.own)
        return outcome

    def kept(self, transcript):
        self.assertEqual(transcript.difference(UPDATE), "", f"not what {transcript.path.name} shows; run.py --update keeps it as it is now")

    def ask(self, operation, **members):
        return getattr(self.quicksight, operation)(AwsAccountId=ACCOUNT, **members)


class Story(Deployment):
    """One deployment's life."""

    prefix = "kiro-analytics"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.local = LocalRows(BINARY, cls.exports.folder, cls.aws.scratch)

    # ---- what is there ----

    @property
    def database(self):
        return self.prefix.replace("-", "_")

    def datasets(self):
        listed = self.ask("list_data_sets")["DataSetSummaries"]
        return {one["DataSetId"]: one for one in listed if one["DataSetId"].startswith(f"{self.prefix}-")}

    def dashboard(self):
        return self.ask("describe_dashboard", DashboardId=f"{self.prefix}-kiro")["Dashboard"]

    def stack_outputs(self):
        (stack,) = self.aws.client("cloudformation").describe_stacks(StackName=f"{self.prefix}-data")["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def assert_rows_of_the_command_line(self):
        relations = self.local.relations()
        counts = {}
        for relation in relations:
            expected, found = self.local.rows(relation), athena_rows(self.aws, self.database, relation)
            self.assertIsNone(difference(expected, found, OF_THE_RUN), relation)
            counts[relation] = len(found)
        self.assertGreater(counts["report_facts"], 50)
        said("the same rows as the command line's", relations=len(relations), rows=sum(counts.values()))

    def assert_published(self, version=1):
        dashboard = self.dashboard()["Version"]
        self.assertEqual((dashboard["VersionNumber"], dashboard["Status"]), (version, "CREATION_SUCCESSFUL"))
        self.assertGreaterEqual(len(dashboard["Sheets"]), 6)
        analysis = self.ask("describe_analysis", AnalysisId=f"{self.prefix}-kiro")["Analysis"]
        self.assertRegex(analysis["Status"], "^(CREATION|UPDATE)_SUCCESSFUL$")
        self.assertEqual(set(dashboard["DataSetArns"]), {one["Arn"] for one in self.datasets().values()})

    def assert_ingested(self):
        for name in self.datasets():
            newest = self.ask("list_ingestions", DataSetId=name)["Ingestions"][0]
            relation = name.removeprefix(f"{self.prefix}-").replace("-", "_")
            self.assertEqual(newest["IngestionStatus"], "COMPLETED", f"{name}: {newest}")
            self.assertEqual(newest["RowInfo"]["RowsIngested"], len(athena_rows(self.aws, self.database, relation)), name)

    def assert_permissions(self):
        for kind in ("dashboard", "analysis"):
            told = self.ask(f"describe_{kind}_permissions", **{f"{kind.title()}Id": f"{self.prefix}-kiro"})["Permissions"]
            grants = {one["Principal"]: len(one["Actions"]) for one in told}
            self.assertEqual(set(grants), {ALICE, CAROL} if kind == "dashboard" else {ALICE}, kind)
            self.assertGreater(grants[ALICE], grants.get(CAROL, 0))
        policies = self.aws.client("iam").list_role_policies(RoleName=SERVICE_ROLE)["PolicyNames"]
        self.assertEqual([name for name in policies if name.startswith(self.prefix)], [f"{self.prefix}-QuickSightS3Access"])

    def assert_tagged(self):
        arns = [self.dashboard()["Arn"], *(one["Arn"] for one in self.datasets().values())]
        for arn in arns:
            tags = {tag["Key"]: tag["Value"] for tag in self.quicksight.list_tags_for_resource(ResourceArn=arn)["Tags"]}
            self.assertEqual(tags.get("kiro-analytics:deployment"), self.prefix, arn)
            self.assertRegex(tags.get("kiro-analytics:version", ""), r"^\d+\.\d+\.\d+", arn)

    def exports_there(self):
        s3 = self.aws.emulator.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return {one["Key"]: one["ETag"] for page in pages for one in page.get("Contents", [])}

    # ---- the story ----

    def test_01_init_asks_and_looks(self):
        transcript = Transcript("01-init", "A new folder: `init` looks around, asks, and writes the configuration.")
        self.run_cli("init", "--yes", "--exports", f"s3://{BUCKET}/{PREFIX}", "--owner", ALICE, transcript=transcript)
        settings = self.cli.folder / "kiro-analytics.toml"
        self.assertIn(BUCKET, settings.read_text())
        with settings.open("a") as file:
            file.write(f'\nreaders = ["{CAROL}"]\narchitecture = "x86_64"\nfunctions = "{FUNCTIONS}"\n')
        self.run_cli("config", "show", transcript=transcript)
        self.kept(transcript)

    def test_02_preflight_finds_nothing_in_the_way(self):
        transcript = Transcript("02-preflight", "Before anything is changed: is everything there that a deployment needs?")
        outcome = self.run_cli("preflight", transcript=transcript)
        self.assertEqual(outcome.changes, [])
        self.kept(transcript)

    def test_03_a_dry_run_changes_nothing(self):
        transcript = Transcript("03-dry-run", "What `deploy` would do.")
        outcome = self.run_cli("deploy", "--dry-run", transcript=transcript)
        self.assertEqual(outcome.changes, [])
        self.kept(transcript)

    def test_04_deploy(self):
        transcript = Transcript("04-deploy", "The first deployment.")
        before = self.exports_there()
        began = time.monotonic()
        outcome = self.run_cli("deploy", "--yes", code=1, transcript=transcript)
        said("first deployment", seconds=f"{time.monotonic() - began:.1f}", calls=len(outcome.calls), changes=len(outcome.changes))
        self.assert_published()
        self.assert_rows_of_the_command_line()
        self.assert_ingested()
        self.assert_permissions()
        self.assert_tagged()
        self.assertEqual(self.exports_there(), before)
        self.kept(transcript)

    def test_05_deploy_again_changes_nothing(self):
        transcript = Transcript("05-deploy-again", "Nothing has changed since.")
        began = time.monotonic()
        outcome = self.run_cli("deploy", "--yes", transcript=transcript)
        said("deployment without changes", seconds=f"{time.monotonic() - began:.1f}", calls=len(outcome.calls), changes=len(outcome.changes))
        self.assertEqual(outcome.changes, [])
        self.kept(transcript)
