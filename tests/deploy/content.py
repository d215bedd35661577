"""The rows of every table and view, by the command line on this machine and by Athena, as things that can be compared."""

import datetime
import json
import math
import subprocess


class LocalRows:
    """What the command line says of the same exports."""

    def __init__(self, binary, exports, folder, options=()):
        self.binary, self.data, self.options = binary, folder / "normalized", list(options)
        self._run("normalize", exports, self.data)

    def relations(self):
        return [one["name"] for one in json.loads(self._run("views", "--data", self.data, "--output", "json"))]

    def rows(self, relation):
        said = self._run("query", f"SELECT * FROM {relation}", "--data", self.data, "--format", "json", *self.options)
        return [tuple(sorted(row.items())) for row in json.loads(said)]

    def _run(self, *arguments):
        done = subprocess.run([str(self.binary), *map(str, arguments)], capture_output=True, text=True, check=False, cwd=self.data.parent)
        # 1 is what the export that is broken on purpose makes of it.
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{arguments}: {done.stderr}")
        return done.stdout


def athena_rows(environment, database, relation):
    columns, rows = environment.rows(f'SELECT * FROM "{database}"."{relation}"', database)
    return [tuple(sorted(zip(columns, map(_plain, row), strict=True))) for row in rows]


def difference(expected, found, ignored=()):
    """The first row that is not the same, or None. Sums of floats may differ in their last digits."""
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
