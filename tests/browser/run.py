#!/usr/bin/env python3
"""Tests the dashboard in a real browser, live and as a report file. Console errors and requests to other hosts fail.

    tests/browser/run.py [NAME …]      runs all tests, or those whose name contains one of the words

Needs the Debian package `chromium`, the packages of requirements.txt and `cargo build --workspace --examples`. Prints `N passed, M failed`.
"""

import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
# Tests run in the order of these imports.
import clicks  # noqa: E402, F401
import report  # noqa: E402, F401
import layout  # noqa: E402, F401
import live  # noqa: E402, F401
import updates  # noqa: E402, F401
import people  # noqa: E402, F401
import tables  # noqa: E402, F401
from harness import TESTS, chromium  # noqa: E402
from server import Server, program  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def main():
    words = sys.argv[1:]
    passed = failed = 0
    with Server(program(ROOT)) as server, chromium() as browser:
        server.wait_until_ready()
        for test in TESTS:
            if words and not any(word in test.__name__ for word in words):
                continue
            start = time.monotonic()
            try:
                test(browser, server)
                passed += 1
                print(f"ok      {test.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
            except Exception:  # noqa: BLE001 - every failure is reported, and the next test runs
                failed += 1
                print(f"FAILED  {test.__name__}\n{traceback.format_exc(limit=4)}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
