"""Commands and their output, kept in transcripts/ as documentation, with values that differ from run to run replaced."""

import difflib
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "transcripts"

# Days since the exports of the invented fleet end.
DAY = r"\b(?!2026-(?:0\d|10)-)20(?:2[6-9]|[3-9]\d)-\d\d-\d\d"

# In this order: longer patterns before those they may contain.
REPLACED = [
    (re.compile(r"\x1b\[[0-9;?]*[A-Za-z]"), ""),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "http://127.0.0.1:PORT"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\bd-[0-9a-z]{10}\b"), "d-1234567890"),
    (re.compile(DAY + r"[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?UTC|Z|[+-]\d\d:\d\d)?"), "TIME"),
    (re.compile(DAY + r"\b"), "TODAY"),
    (re.compile(r"\b(?!2026(?:0\d|10))20(?:2[6-9]|[3-9]\d)\d{10}Z?\b"), "TIME"),
    (re.compile(r"\b[0-9a-f]{12,64}\b(?<!123456789012)(?<!210987654321)"), "HASH"),
    (re.compile(r"\b\d{6,} bytes"), "N bytes"),
    (re.compile(r"\b\d+ days (old|ago)\b"), r"N days \1"),
    (re.compile(r"\b\d+ of \d+ concurrent executions"), "N of N concurrent executions"),
    (re.compile(r"\b\d+(\.\d+)? (ms|s|min)\b"), "N s"),
    (re.compile(r"\b(\d+ minutes?|\d+ seconds?|less than a (minute|second)) ago\b"), "a moment ago"),
    (re.compile(r"\b\d+(\.\d+)? (kB|MB|kiB|MiB)\b"), "N MB"),
]


def normalised(text, own=()):
    """`own` are pairs of a text of this run and its replacement."""
    for found, name in own:
        text = text.replace(str(found), name)
    for pattern, name in REPLACED:
        text = pattern.sub(name, text)
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip() + "\n"


class Transcript:
    """One file."""

    def __init__(self, name, about):
        self.path, self.parts = FOLDER / f"{name}.txt", [f"# {about}\n"]

    def add(self, command, output, code, own=()):
        shown = f"$ {command}\n" + (f"? {code}\n" if code else "")
        self.parts.append(normalised(shown + output, own))

    def text(self):
        return "\n".join(self.parts)

    def difference(self, update):
        """Differences from the kept transcript, as a diff; empty without any. With `update`, replaces the kept transcript."""
        if update:
            FOLDER.mkdir(exist_ok=True)
            self.path.write_text(self.text())
        kept = self.path.read_text() if self.path.exists() else ""
        lines = difflib.unified_diff(kept.splitlines(), self.text().splitlines(), f"kept/{self.path.name}", "now", lineterm="")
        return "\n".join(lines)
