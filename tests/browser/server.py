"""Starts the program under test on a free port with a temporary folder, and stops it."""

import json
import os
import re
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

# Generous, because machines under load are slow.
TIMEOUT_S = 300
POLL_INTERVAL_S = 0.02

HOSTILE_NAME = "<img src=x onerror=alert(1)>@example.com"
HEADER = (
    "Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,Overage_Enabled,"
    "Subscription_Tier,Total_Messages,New_User,User_Email,Usage_Limit,auto_messages\n"
)


def export(day, user, email, credits=77777):
    """Returns an export of the current report with one row."""
    return HEADER + f'{day},"{user}",KIRO_IDE,4,{credits},1000,0.5,true,PRO,86,false,"{email}",1000,20\n'


class Server:
    """`dev serve` of crates/web/examples over synthetic exports, with one hostile name."""

    def __init__(self, program, users=60, days=120):
        self.program = program
        self.folder = tempfile.TemporaryDirectory(prefix="kiro-serve-")
        self.source = Path(self.folder.name, "exports")
        self.data = Path(self.folder.name, "data")
        subprocess.run([program, "fleet", str(self.source), str(users), str(days)], check=True, stdout=subprocess.DEVNULL)
        self.add("KIRO_IDE_123456789012_user_report_202609010000.csv", export("2026-08-31", "u-hostile", HOSTILE_NAME))
        self.process = subprocess.Popen(
            [program, "serve", str(self.source), str(self.data), "0"], stdout=subprocess.PIPE, text=True,
        )
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+", line)
        if not found:
            raise RuntimeError(f"the server did not print its address: {line!r}")
        self.origin = found.group().rstrip("/")

    def add(self, name, text):
        self.source.mkdir(parents=True, exist_ok=True)
        Path(self.source, name).write_text(text)

    def get(self, path):
        with urllib.request.urlopen(self.origin + path, timeout=TIMEOUT_S) as answer:
            return json.loads(answer.read())

    def wait_until_ready(self, timeout=TIMEOUT_S):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(self.origin + "/healthz", timeout=TIMEOUT_S) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            time.sleep(POLL_INTERVAL_S)
        raise RuntimeError("the server never became ready")

    def wait_until_warm(self):
        """Requests every visual once, as the server itself does after it became ready."""
        for sheet in self.get("/api/dashboard")["sheets"]:
            for visual in sheet["visuals"]:
                if visual["kind"] != "text":
                    self.get(f"/api/visual/{visual['id']}?limit=50")

    def resident_bytes(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
        return 0

    def report(self, *words):
        """Writes the report file of this data, and returns its path."""
        out = Path(self.folder.name, "-".join(["report", *words]) + ".html")
        if not out.exists():
            subprocess.run([self.program, "report", str(self.data), str(out), *words], check=True, stdout=subprocess.DEVNULL)
        return out

    def close(self):
        self.process.terminate()
        self.process.wait(TIMEOUT_S)
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def program(root):
    """Returns the path of the program: KIRO_DEV, or the example in the target folder."""
    target = os.environ.get("CARGO_TARGET_DIR", str(Path(root, "target")))
    return os.environ.get("KIRO_DEV") or str(Path(target, "debug/examples/dev"))
