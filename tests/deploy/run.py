"""Runs a whole deployment from `init` to `teardown`, as somebody new would, and compares what they see with transcripts/;
then one that lives through what goes wrong in real accounts.

    run.py BINARY FUNCTIONS [--update] [TEST ...]

BINARY is kiro-analytics, FUNCTIONS the folder of what scripts/build-lambda made for x86_64. With --update, the transcripts become
what this run shows.
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
    arguments.add_argument("tests", nargs="*", default=["test_deploy", "test_journey"])
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
