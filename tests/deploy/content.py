"""The rows of all tables and views, from the command line on this machine and from Athena, in a comparable form."""

import datetime
import json
import math
import subprocess


RAW = ["report_facts_raw", "report_models_raw", "report_code_raw", "report_issues_raw"]


class LocalRows:
    """The command line's result for the same exports: all curated views and their tables."""

    def __init__(self, binary, exports, folder):
        self.binary, self.data, views = binary, folder / "normalized", folder / "views"
        self._run("normalize", exports, self.data)
        self._run("export", "all", "--data", self.data, "--format", "json", "--out", views)
        self.texts = {file.stem: file.read_text() for file in views.glob("*.json")}
        self.texts |= {table: self._run("query", f"SELECT * FROM {table}", "--data", self.data, "--format", "json") for table in RAW}

    def relations(self):
        return sorted(self.texts)

    def rows(self, relation):
        return [tuple(sorted(row.items())) for row in json.loads(self.texts[relation])]

    def _run(self, *arguments):
        done = subprocess.run([str(self.binary), *map(str, arguments)], capture_output=True, text=True, check=False, cwd=self.data.parent)
        # Exit code 1: one export is broken on purpose.
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{arguments}: {done.stderr}")
        return done.stdout


def athena_rows(environment, database, relation):
    columns, rows = environment.rows(f'SELECT * FROM "{database}"."{relation}"', database)
    return [tuple(sorted(zip(columns, map(_plain, row), strict=True))) for row in rows]


def difference(expected, found, ignored=()):
    """The first row that differs, or None. Sums of floats may differ in their last digits."""
    if len(expected) != len(found):
        return f"{len(found)} rows instead of {len(expected)}"
    order = lambda row: [
        (name, value is not None, str(value)) for name, value in row if not isinstance(value, float) and name not in ignored
    ]
    for one, other in zip(sorted(expected, key=order), sorted(found, key=order), strict=True):
        for (name, value), (named, found_value) in zip(one, other, strict=True):
            if name != named or (name not in ignored and not _same(value, found_value)):
                return f"{name} = {value!r} and {named} = {found_value!r} in {dict(one)}"
    return None


def _plain(value):
    return str(value) if isinstance(value, datetime.date) else value


def _same(one, other):
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other
