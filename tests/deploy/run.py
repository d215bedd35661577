"""Runs a whole deployment from `init` to `teardown`, as a new user would, and compares the output with transcripts/;
then one that meets the faults of real accounts, one that turns names of users on and off, one that restricts rows, one whose
datasets are imported when the normalizer has read something new, and one that writes reports.

    run.py BINARY FUNCTIONS [--update] [TEST ...]

BINARY is kiro-analytics, FUNCTIONS the output folder of scripts/build-lambda for x86_64. With --update, the transcripts are replaced
by the output of this run.
"""

import argparse
import os
import sys
import unittest
from pathlib import Path


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", type=Path)
    arguments.add_argument("functions", type=Path)
    arguments.add_argument("--update", action="store_true")
    arguments.add_argument("tests", nargs="*", default=["test_deploy", "test_journey", "test_identity", "test_row_rules", "test_follow_up", "test_reports"])
    chosen = arguments.parse_intermixed_args()
    os.environ.update(
        KIRO_E2E_BINARY=str(chosen.binary.resolve()),
        KIRO_E2E_FUNCTIONS=str(chosen.functions.resolve()),
        KIRO_E2E_UPDATE="1" if chosen.update else "",
    )
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromNames(chosen.tests))
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()
