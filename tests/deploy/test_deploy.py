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
