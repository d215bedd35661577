"""Runs the end-to-end tests in the emulator.

    run.py BINARY ZIP [--users N] [--days N] [TEST ...]

BINARY is kiro-analytics, ZIP the output of scripts/build-lambda for x86_64. The full size is --users 8000 --days 60.
"""

import argparse
import os
import sys
import unittest
from pathlib import Path


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", type=Path)
    arguments.add_argument("zip", type=Path)
    arguments.add_argument("--users", type=int, default=50)
    arguments.add_argument("--days", type=int, default=20)
    arguments.add_argument("tests", nargs="*", default=["test_end_to_end"])
    chosen = arguments.parse_intermixed_args()
    os.environ.update(
        KIRO_E2E_BINARY=str(chosen.binary.resolve()),
        KIRO_E2E_ZIP=str(chosen.zip.resolve()),
        KIRO_E2E_USERS=str(chosen.users),
        KIRO_E2E_DAYS=str(chosen.days),
    )
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromNames(chosen.tests))
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()
