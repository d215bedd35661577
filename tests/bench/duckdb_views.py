"""Runs every view in DuckDB over the same parts and prints seconds as JSON.

The views are the very texts the product renders: `cargo run -p kiro-catalog --example render -- ROOT 2020-01-01 >
views.json` gives them, sqlglot only spells Trino's functions as DuckDB's.

    python tests/bench/duckdb_views.py views.json DATA [--threads 2]
"""

import argparse
import json
import resource
import time
from pathlib import Path

import duckdb
import sqlglot

TYPES = {"varchar": "VARCHAR", "bigint": "BIGINT", "double": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
DATASETS = {
    "report_facts_raw": "facts",
    "report_models_raw": "models",
    "report_code_raw": "code",
    "report_issues_raw": "issues",
    "identity_map": "identity",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("views", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    relations = json.loads(arguments.views.read_text())
    connection = duckdb.connect()
    connection.execute(f"SET threads = {arguments.threads}")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"CREATE SCHEMA {relations[0]['database']}")
    seconds, rows = {}, {}
    for relation in relations:
        name = f"{relation['database']}.{relation['name']}"
        statement = table_over_parts(relation, arguments.data) if relation["kind"] == "table" else as_table(relation)
        began = time.monotonic()
        connection.execute(statement)
        seconds[relation["name"]] = round(time.monotonic() - began, 3)
        if relation["kind"] == "view":
            rows[relation["name"]] = connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    report = {
        "version": duckdb.__version__,
        "from_nothing_seconds": round(sum(seconds.values()), 3),
        "views_seconds": seconds,
        "rows": rows,
        "peak_mib": peak,
    }
    print(json.dumps(report, indent=2))


def table_over_parts(relation: dict, data: Path) -> str:
    """A view over the Parquet files: reading them is part of the first view that does."""
    name = f"{relation['database']}.{relation['name']}"
    columns = relation["columns"]
    pattern = f"{data}/{DATASETS[relation['name']]}/**/*.parquet"
    if any(data.glob(f"{DATASETS[relation['name']]}/**/*.parquet")):
        listed = ", ".join(column["name"] for column in columns)
        hive = "hive_partitioning = true, hive_types = {'export_date': VARCHAR}"
        options = hive if columns[-1]["name"] == "export_date" else "hive_partitioning = false"
        return f"CREATE VIEW {name} AS SELECT {listed} FROM read_parquet('{pattern}', {options})"
    declared = ", ".join(f"{column['name']} {TYPES[column['type']]}" for column in columns)
    return f"CREATE TABLE {name} ({declared})"


def as_table(relation: dict) -> str:
    statement = sqlglot.transpile(relation["statement"], read="trino", write="duckdb")[0]
    head, body = statement.split(" AS", 1)
    return f"{head.replace('CREATE OR REPLACE VIEW', 'CREATE TABLE')} AS{body}"


if __name__ == "__main__":
    main()
