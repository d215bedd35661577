"""Runs a whole deployment from `init` to `teardown`, as a new user would, and compares the output with transcripts/;
then one that meets the faults of real accounts, one that turns names of users on and off, one that restricts rows, one whose datasets
are imported when the normalizer has read something new, one that then sends alerts, and one that writes reports.

    run.py BINARY FUNCTIONS [--update] [--jobs N] [TEST ...]

BINARY is kiro-analytics, FUNCTIONS the output folder of scripts/build-lambda for x86_64. With --update, the transcripts are replaced
by the output of this run. Each module of tests has its servers to itself, so N modules run side by side, each in a process of its own.
"""

import argparse
import os
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

# The longest first.
MODULES = ["test_deploy", "test_journey", "test_identity", "test_follow_up", "test_alerts", "test_reports", "test_row_rules"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", type=Path)
    arguments.add_argument("functions", type=Path)
    arguments.add_argument("--update", action="store_true")
    arguments.add_argument("--jobs", type=int, default=2, help="modules at once [2]")
    arguments.add_argument("tests", nargs="*", default=MODULES)
    chosen = arguments.parse_intermixed_args()
    os.environ.update(
        KIRO_E2E_BINARY=str(chosen.binary.resolve()),
        KIRO_E2E_FUNCTIONS=str(chosen.functions.resolve()),
        KIRO_E2E_UPDATE="1" if chosen.update else "",
    )
    if len(chosen.tests) == 1:
        sys.exit(not succeeds(chosen.tests[0]))
    with ThreadPoolExecutor(chosen.jobs) as jobs:
        runs = {jobs.submit(run_alone, chosen, test): test for test in chosen.tests}
        failed = []
        for run in as_completed(runs):
            outcome = run.result()
            print(f"---- {runs[run]}", outcome.stdout, sep="\n", flush=True)
            if outcome.returncode:
                failed.append(runs[run])
    if failed:
        sys.exit(f"failed: {', '.join(sorted(failed))}")


def succeeds(test):
    """Runs a module, a class or a test in this process."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    return unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromName(test)).wasSuccessful()


def run_alone(chosen, test):
    """Runs it in a process of its own, and keeps its output together."""
    command = [sys.executable, __file__, *(["--update"] if chosen.update else []), str(chosen.binary), str(chosen.functions), test]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


if __name__ == "__main__":
    main()
