"""The exports of an invented fleet, and what the command line makes of them."""

import json
import re
import subprocess

LAST_DAY = "2026-09-30"


class Fleet:
    """Raw exports in a folder, with one among them that is broken on purpose, and the command line's parts of them."""

    def __init__(self, binary, scratch, users, days):
        self.exports, self.normalized = scratch / "fleet" / "exports", scratch / "normalized"
        self._run(binary, "demo", "--no-serve", "--users", users, "--days", days, "--end-date", LAST_DAY, "--dir", self.exports.parent)
        self.summary = self._run(binary, "normalize", self.exports, self.normalized)

    @staticmethod
    def _run(binary, *arguments):
        command = [binary, *map(str, arguments), "--output", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        # Exit code 1: one export is broken on purpose.
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{command}: {done.stderr}")
        return json.loads(done.stdout)

    def broken(self):
        return {failure["export"] for failure in self.summary["failures"]}

    def of_the_last_day(self):
        """Content by key of the sound exports of the last day."""
        day = LAST_DAY.replace("-", "/")
        files = {path.relative_to(self.exports).as_posix(): path for path in self.exports.rglob("*.csv")}
        return {key: path.read_bytes() for key, path in sorted(files.items()) if f"/{day}/" in key and key not in self.broken()}

    def another_day(self, day):
        """The last day's exports once more, under the keys of another day (`YYYY-MM-DD`)."""
        moved = {}
        for key, content in self.of_the_last_day().items():
            key = key.replace(LAST_DAY.replace("-", "/"), day.replace("-", "/"))
            moved[re.sub(LAST_DAY.replace("-", "") + r"(\d{4})", day.replace("-", "") + r"\1", key)] = content
        return moved
