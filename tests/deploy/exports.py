"""A bucket of exports of an invented fleet, in Kiro's layout."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from environment import ACCOUNT, REGION

BUCKET, PREFIX = "example-kiro-reports", "kiro-logs/"
LAST_DAY = "2026-09-30"
# The bucket policy that Kiro needs for the report.
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "KiroLogsWrite",
            "Effect": "Allow",
            "Principal": {"Service": "q.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/{PREFIX}*",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": f"arn:aws:codewhisperer:us-east-1:{ACCOUNT}:*"},
            },
        }
    ],
}
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or Path(__file__).resolve().parents[2] / "target")
BINARY = TARGET / "debug" / "kiro-analytics"


class Exports:
    """Creates the exports with the command line in `folder`."""

    def __init__(self, binary, folder, users=12, days=14):
        self.folder = folder / "exports"
        command = [
            binary,
            "demo",
            "--no-serve",
            "--users",
            users,
            "--days",
            days,
            "--end-date",
            LAST_DAY,
            "--dir",
            folder,
            "--output",
            "json",
        ]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        # Exit code 1: one export is broken on purpose.
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{command}: {done.stderr}")
        self.summary = json.loads(done.stdout) if done.stdout.strip() else {}

    def files(self):
        return {path.relative_to(self.folder).as_posix(): path for path in sorted(self.folder.rglob("*")) if path.is_file()}

    def upload(self, s3):
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(POLICY))
        with ThreadPoolExecutor(8) as threads:
            list(
                threads.map(
                    lambda item: s3.put_object(Bucket=BUCKET, Key=PREFIX + item[0], Body=item[1].read_bytes()), self.files().items()
                )
            )
