"""The catalogue as the product renders it for Athena, and what its statements are called in Trino."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Relation:
    name: str
    database: str
    kind: str  # "table" or "view"
    columns: list[tuple[str, str]]
    statement: str


def render(location: str, first_day: str, options: dict) -> list[Relation]:
    """Every relation, each after those it reads; options: `salt` (e-mails are hashed), `settings` and `row_rules`."""
    command = ["cargo", "run", "--quiet", "--package", "kiro-catalog", "--example", "render", "--", location, first_day]
    done = subprocess.run([*command, json.dumps(options)], cwd=REPOSITORY, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"rendering the catalogue failed:\n{done.stderr[-4000:]}")
    return [
        Relation(
            name=relation["name"],
            database=relation["database"],
            kind=relation["kind"],
            columns=[(column["name"], column["type"]) for column in relation["columns"]],
            statement=relation["statement"],
        )
        for relation in json.loads(done.stdout)
    ]


def statement_for_trino(relation: Relation, last_day: str | None) -> str:
    """A view's statement is run as it is; a table's is Hive DDL in Athena, and Trino has its own words for that.

    Its projection ends on `last_day` if there is one instead of tomorrow: Trino looks at a file system for every day
    of the range at every mention of a table, and the days since the newest export took most of this test's time.
    """
    return relation.statement if relation.kind == "view" else _table_for_trino(relation.statement, last_day)


TABLE = re.compile(
    r"CREATE EXTERNAL TABLE IF NOT EXISTS (?P<name>[\w.]+) \(\n(?P<columns>.*?)\n\)\n"
    r"(?:PARTITIONED BY \((?P<partition>\w+) string\)\n)?"
    r"STORED AS PARQUET\nLOCATION '(?P<location>[^']+)'"
    r"(?:\nTBLPROPERTIES \(\n(?P<properties>.*)\n\))?",
    re.DOTALL,
)


def _table_for_trino(statement: str, last_day: str | None) -> str:
    match = TABLE.fullmatch(statement)
    if not match:
        raise SystemExit(f"not a table statement that this test understands:\n{statement}")
    columns = [line.strip().rstrip(",").split(" ") for line in match["columns"].split("\n")]
    declared = [f"{name} {'varchar' if hive_type == 'string' else hive_type}" for name, hive_type in columns]
    properties = ["format = 'PARQUET'", f"external_location = '{match['location']}'"]
    if match["partition"]:
        projection = dict(re.findall(r"'([\w.]+)' = '([^']*)'", match["properties"]))
        first, last = projection.pop("projection.export_date.range").split(",")
        declared.append(
            f"{match['partition']} varchar WITH ("
            f"partition_projection_type = '{projection.pop('projection.export_date.type').upper()}', "
            f"partition_projection_format = '{projection.pop('projection.export_date.format')}', "
            f"partition_projection_range = ARRAY['{first}', '{last_day or last}'], "
            f"partition_projection_interval = {projection.pop('projection.export_date.interval')}, "
            f"partition_projection_interval_unit = '{projection.pop('projection.export_date.interval.unit')}')"
        )
        properties += [
            f"partitioned_by = ARRAY['{match['partition']}']",
            f"partition_projection_enabled = {projection.pop('projection.enabled')}",
            f"partition_projection_location_template = '{projection.pop('storage.location.template')}'",
        ]
        if projection:
            raise SystemExit(f"table properties that this test does not pass on to Trino: {sorted(projection)}")
    return f"CREATE TABLE {match['name']} ({', '.join(declared)}) WITH ({', '.join(properties)})"
