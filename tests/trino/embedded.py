"""The product under test: normalizes exports and writes every relation as the embedded engine computes it."""

import datetime
import json
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

    def demo(self, users: int, days: int, folder: Path) -> Path:
        """A believable fleet; its data folder."""
        size = ["--users", users, "--days", days, "--seed", 7, "--end-date", "2026-08-20"]
        self._run(["demo", "--no-serve", *size, "--dir", folder], allowed=(0, 1))
        return folder / "data"

    def export(self, relation: str, data: Path, options: dict, out: Path) -> None:
        """The relation as a Parquet file, or `all` views as such files in a folder."""
        config = out.with_name(f"{out.name}.toml")
        config.write_text("".join(f"{key} = {value}\n" for key, value in _as_toml(options)))
        self._run(["--config", config, "export", relation, "--data", data, "--format", "parquet", "--out", out])

    def _run(self, arguments: list, allowed: tuple[int, ...] = (0,)) -> None:
        command = [str(word) for word in (self._binary, *arguments)]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode not in allowed:
            raise SystemExit(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stderr[-4000:]}")


def _as_toml(options: dict) -> list[tuple[str, str]]:
    """The options as keys and values of kiro-analytics.toml; a scalar looks the same in JSON."""
    lines = [(key, json.dumps(value)) for key, value in _leaves(options.get("settings", {}), "")]
    if "salt" in options:
        lines += [("hash_emails", "true"), ("hash_salt", json.dumps(options["salt"]))]
    rules = options.get("row_rules", {})
    names = {"names": "deployment.row_rules", "prefix": "deployment.row_rules_prefix", "admins": "viewer_admins"}
    lines += [(names[key], json.dumps(value)) for key, value in rules.items()]
    return lines


def _leaves(table: dict, prefix: str) -> list[tuple[str, object]]:
    leaves = []
    for key, value in table.items():
        leaves += _leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, value)]
    return leaves


def read_parquet(path: Path) -> tuple[list[tuple[str, str]], list[tuple]]:
    """Columns with lower-case type names, and rows in which a date is text."""
    with duckdb.connect() as connection:
        cursor = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        columns = [(name, str(column_type).lower()) for name, column_type, *_ in cursor.description]
        rows = [tuple(map(_plain, row)) for row in cursor.fetchall()]
    return columns, rows


def _plain(cell):
    return cell.isoformat() if isinstance(cell, datetime.date) else cell
