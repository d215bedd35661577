"""Every table and view, computed by a real Trino and by the embedded engine over the very same parts: equal or not.

`scripts/test --trino` calls this: `run.py BINARY SCRATCH CACHE [--scenario NAME]... [--relation NAME]...`
"""

import argparse
import shutil
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from catalogue import Relation, render, statement_for_trino
from client import Client, QueryFailed
from compare import compare
from embedded import Product, read_parquet
from scenarios import Scenario, scenarios
from server import TrinoServer, assemble

DATABASE = "kiro_analytics"
QUERIES_AT_ONCE = 2
CONVERT = {"double": float}  # Trino sends NaN and infinities as text


def main() -> int:
    parser = argparse.ArgumentParser()
    for folder in ("binary", "scratch", "cache"):
        parser.add_argument(folder, type=lambda text: Path(text).resolve())
    parser.add_argument("--scenario", action="append", default=[], help="only this one")
    parser.add_argument("--relation", action="append", default=[], help="only this one")
    arguments = parser.parse_args()
    # Ended from outside, the server is still stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    scratch = arguments.scratch
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    product = Product(arguments.binary)
    home = assemble(arguments.cache)
    only = set(arguments.relation)
    passed = failed = 0
    with TrinoServer(home, scratch / "trino") as server:
        for scenario in scenarios(product, scratch / "data"):
            if arguments.scenario and scenario.name not in arguments.scenario:
                continue
            began = time.monotonic()
            outcomes = check(server.client, product, scenario, scratch / "results" / scenario.name, only)
            for name, problems in outcomes:
                if problems:
                    print(f"FAILED {scenario.name}: {name}", *problems, sep="\n  ", flush=True)
            bad = sum(1 for _, problems in outcomes if problems)
            failed += bad
            passed += len(outcomes) - bad
            print(f"{scenario.name}: {len(outcomes) - bad} of {len(outcomes)} relations are equal "
                  f"({time.monotonic() - began:.0f} s)", flush=True)  # fmt: skip
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def check(
    trino: Client, product: Product, scenario: Scenario, results: Path, only: set[str]
) -> list[tuple[str, list[str]]]:
    """For each relation its name and what is wrong with it."""
    relations = render(f"file://{scenario.data}", scenario.first_day(), scenario.options)
    compared = only or scenario.relations
    wanted = [relation for relation in relations if not compared or relation.name in compared]
    results.mkdir(parents=True)
    product.export("all", scenario.data, scenario.options, results)
    for table in (relation.name for relation in wanted if relation.kind == "table"):
        product.export(table, scenario.data, scenario.options, results / f"{table}.parquet")
    # From here on the folders that Trino insists on exist; the embedded engine has answered without them.
    scenario.make_missing_folders()
    broken = create_all(trino, relations, scenario.last_day())
    with ThreadPoolExecutor(QUERIES_AT_ONCE) as pool:
        problems = pool.map(
            lambda relation: broken.get(relation.name)
            or compare_relation(trino, relation, results / f"{relation.name}.parquet"),
            wanted,
        )
        return list(zip((relation.name for relation in wanted), problems))


def create_all(trino: Client, relations: list[Relation], last_day: str | None) -> dict[str, list[str]]:
    """Makes tables and views anew; for a relation that Trino refuses, its message."""
    trino.run(f"CREATE SCHEMA IF NOT EXISTS {DATABASE}")
    for relation in reversed(relations):
        trino.run(f"DROP {relation.kind.upper()} IF EXISTS {DATABASE}.{relation.name}")
    broken = {}
    for relation in relations:
        try:
            trino.run(statement_for_trino(relation, last_day))
        except QueryFailed as failure:
            broken[relation.name] = [f"Trino refuses its statement: {failure}"]
    return broken


def compare_relation(trino: Client, relation: Relation, exported: Path) -> list[str]:
    try:
        answer = trino.run(f"SELECT * FROM {relation.database}.{relation.name}")
    except QueryFailed as failure:
        return [f"Trino cannot read it: {failure}"]
    columns, rows = read_parquet(exported)
    problems = []
    trino_columns = [(name, column_type.split("(")[0]) for name, column_type in answer.columns]
    for engine, found in (("Trino", trino_columns), ("the embedded engine", columns)):
        for declared, actual in zip(relation.columns, found):
            if declared != actual:
                problems.append(f"declared {declared[0]} {declared[1]}, in {engine} it is {actual[0]} {actual[1]}")
        if len(found) != len(relation.columns):
            problems.append(f"{len(relation.columns)} columns declared, {len(found)} in {engine}")
    if problems:
        return problems
    converters = [CONVERT.get(column_type, lambda cell: cell) for _, column_type in relation.columns]
    trino_rows = [
        tuple(cell if cell is None else convert(cell) for convert, cell in zip(converters, row)) for row in answer.rows
    ]
    return compare(relation.columns, trino_rows, rows)


if __name__ == "__main__":
    sys.exit(main())
