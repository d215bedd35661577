"""An emulator of AWS as a process of its own, stopped at the end, and clients that talk to it."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import boto3
from botocore.config import Config

ACCOUNT, REGION = "123456789012", "eu-central-1"
CREDENTIALS = {"aws_access_key_id": "example", "aws_secret_access_key": "example", "region_name": REGION}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Emulator:
    """A running ministack. Its functions are sent to `endpoint_of_functions`, which may stand between them and it.

    `others` are endpoints of services that it does not have, by their names in `AWS_ENDPOINT_URL_<NAME>`.
    """

    def __init__(self, scratch, port, endpoint_of_functions, others=None):
        self.endpoint = f"http://127.0.0.1:{port}"
        self.log = Path(scratch) / "emulator.log"
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MINISTACK_"))
        } | {
            # Without these two it listens on all addresses.
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "GATEWAY_PORT": str(port),
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "S3_DATA_DIR": f"{scratch}/s3",
            "STATE_DIR": f"{scratch}/state",
            "AWS_ENDPOINT_URL": endpoint_of_functions,
            # Where it unpacks functions.
            "TMPDIR": str(scratch),
            **{f"AWS_ENDPOINT_URL_{name}": endpoint for name, endpoint in (others or {}).items()},
        }
        self.process = subprocess.Popen(
            [str(Path(sys.executable).with_name("ministack"))],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._wait_until_it_listens()

    def _wait_until_it_listens(self):
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if "Running on" in line:
                break
        else:
            raise RuntimeError(f"the emulator ended with {self.process.wait()}:\n" + "".join(seen))
        self._drain = threading.Thread(target=self._keep_log, args=(seen,), daemon=True)
        self._drain.start()

    def _keep_log(self, seen):
        with self.log.open("w") as log:
            log.writelines(seen)
            log.writelines(self.process.stdout)

    def client(self, service, endpoint=None, region=REGION):
        """A client of the emulator, or of what stands before it."""
        # Long enough for a whole backfill; no retries, as a test must see what fails.
        config = Config(read_timeout=1800, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return boto3.client(service, endpoint_url=endpoint or self.endpoint, config=config, **CREDENTIALS | {"region_name": region})

    def peak_memory_bytes(self):
        """The most memory that a function's process has had, of those still there."""
        peak = 0
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                runs = os.readlink(status.with_name("exe"))
                fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
                group = os.getpgid(int(status.parent.name))
            except (OSError, ValueError):
                continue
            if runs.endswith("/bootstrap") and (group == self.process.pid or runs.startswith(str(self.log.parent))):
                peak = max(peak, int(fields["VmHWM"].split()[0]) * 1024)
        return peak

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._drain.join(30)
        self.process.stdout.close()
