"""Runs a command, or a shell, with AWS on this machine: a bucket of invented exports, a Quick Sight account, and no deployment.

    python tests/deploy/shell.py [--lake-formation] [--identity-region REGION] [--calls FILE] -- COMMAND…

The bucket is example-kiro-reports, the exports are below kiro-logs/, users are alice (administrator), bob (author) and carol (reader).
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from environment import REGION, Environment
from exports import BINARY, BUCKET, PREFIX, Exports


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", type=Path, default=BINARY, help="kiro-analytics [%(default)s]")
    arguments.add_argument("--lake-formation", action="store_true", help="Lake Formation is in force: nothing is open without a grant")
    arguments.add_argument("--identity-region", default=REGION, help="where Quick Sight keeps its users [%(default)s]")
    arguments.add_argument("--calls", type=Path, help="write the log of all calls there, as JSON")
    arguments.add_argument("--users", type=int, default=12)
    arguments.add_argument("--days", type=int, default=14)
    arguments.add_argument("command", nargs="*", default=[os.environ.get("SHELL", "/bin/bash")])
    chosen = arguments.parse_args()
    with Environment(chosen.identity_region) as aws:
        if chosen.lake_formation:
            aws.grants.put_in_force()
        Exports(chosen.binary, aws.scratch / "fleet", chosen.users, chosen.days).upload(aws.emulator.client("s3"))
        path = f"{chosen.binary.parent}:{os.environ['PATH']}"
        print(f"AWS is at {aws.front.endpoint}; exports are in s3://{BUCKET}/{PREFIX}", file=sys.stderr)
        done = subprocess.run(chosen.command, env=aws.variables | {"PATH": path}, check=False)
        calls = aws.front.taken()
        if chosen.calls:
            chosen.calls.write_text(json.dumps([call.shown() for call in calls], indent=2))
        print(f"{len(calls)} calls, {sum(call.mutating for call in calls)} of them change something", file=sys.stderr)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
