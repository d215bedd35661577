"""The product under test: normalizes exports and writes every relation as the embedded engine computes it."""

import datetime
import subprocess
from pathlib import Path

import duckdb

REPOSITORY = Path(__file__).resolve().parents[2]


class Product:
    def __init__(self, binary: Path):
        self._binary = binary

    def normalize(self, source: Path, data: Path) -> None:
        # 1: some export is broken, which the fixtures intend; everything else was kept.
        self._run(["normalize", source, data], allowed=(0, 1))

    def demo(self, users: int, days: int, folder: Path) -> None:
        self._run(["demo", "--users", users, "--days", days, "--seed", 7, "--dir", folder], allowed=(0, 1))

    def export(self, relation: str, data: Path, options: list[str], folder: Path) -> Path:
        """The relation, or `all` of them, as Parquet files below `folder`."""
        self._run(["export", relation, "--data", data, *options, "--format", "parquet", "--out", folder])
        return folder

    def _run(self, arguments: list, allowed: tuple[int, ...] = (0,)) -> None:
        command = [str(word) for word in (self._binary, *arguments)]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode not in allowed:
            raise SystemExit(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stderr[-4000:]}")


def read_parquet(path: Path) -> tuple[list[tuple[str, str]], list[tuple]]:
    """Columns with lower-case type names, and rows in which a date is text."""
    with duckdb.connect() as connection:
        cursor = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        columns = [(name, str(column_type).lower()) for name, column_type, *_ in cursor.description]
        rows = [tuple(map(_plain, row)) for row in cursor.fetchall()]
    return columns, rows


def _plain(cell):
    return cell.isoformat() if isinstance(cell, datetime.date) else cell
