"""What the alerts of one night cost over an invented fleet, as JSON: statements, requests, bytes, and the function's own time.

    alert_cost.py BINARY FUNCTIONS [--users 300] [--days 60]

BINARY is kiro-analytics, FUNCTIONS the output folder of scripts/build-lambda for x86_64. The double of Athena bills nothing: `bytes` are
the columns of all parts that each statement needs, as often as it mentions them with its views written out, and the parts' footers. The
function's time is that of its processor: how long it waits for Athena only an account can tell.
"""

import argparse
import json
import os
from collections import Counter
from pathlib import Path

from pyarrow import parquet
from sqlglot import exp
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from athena.catalogue import columns_of, view_of
from athena.dialect import parsed
from cli import Cli
from environment import ACCOUNT, Environment
from exports import BUCKET, LAST_DAY, PREFIX, Exports
from followed import followed_event

NAME = "kiro-analytics"
FUNCTION = f"{NAME}-follow-up"
# Athena bills at least this much of a statement.
LEAST_BYTES = 10_000_000
PER_TERABYTE = 5.00


class OfThisAccount(Exports):
    """The sound exports."""

    def files(self):
        return {key: path for key, path in super().files().items() if f"AWSLogs/{ACCOUNT}/" in key}


def scans(sql, database, tables):
    """The scans of tables in Trino's plan of a query: a table and the columns that are needed of it, one for each mention."""
    views = {name: parsed(view_of(table)["originalSql"]) for name, table in tables.items() if view_of(table)}
    sources = views | {f"{database}.{name}": view for name, view in views.items()}
    schema = {database: {name: dict(columns_of(table)) for name, table in tables.items() if name not in views}}
    whole = qualify(exp.expand(parsed(sql), sources, dialect="athena"), db=database, schema=schema, dialect="athena", validate_qualify_columns=False)
    return list(_scans_of(build_scope(pushdown_projections(whole))))


def _scans_of(scope):
    """Those of a part of the query. A CTE is planned again wherever it is mentioned."""
    for alias, (_, source) in scope.selected_sources.items():
        if isinstance(source, exp.Table):
            yield source.name, {column.name for column in scope.source_columns(alias)}
        else:
            yield from _scans_of(source)
    for part in (*scope.set_operation_scopes, *scope.subquery_scopes):
        yield from _scans_of(part)


def column_bytes(catalogue, table):
    """The bytes of a table's files, by column; those beside the columns are under no name."""
    sizes = Counter()
    for _, path in catalogue.files(table)[0]:
        footer = parquet.read_metadata(path)
        for group in range(footer.num_row_groups):
            for place in range(footer.num_columns):
                column = footer.row_group(group).column(place)
                sizes[column.path_in_schema] += column.total_compressed_size
        sizes[None] += footer.serialized_size
    return sizes


def processor_milliseconds():
    """The time that the function's process has computed."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"AWS_LAMBDA_FUNCTION_NAME={FUNCTION}".encode() in (process / "environ").read_bytes().split(b"\0"):
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def measure(aws, binary, functions, users, days):
    s3, function = aws.emulator.client("s3"), aws.emulator.client("lambda")
    OfThisAccount(binary, aws.scratch / "fleet", users=users, days=days).upload(s3)
    cli = Cli(binary, aws.scratch / "work", aws)
    (cli.folder / "kiro-analytics.toml").write_text(
        f'[deployment]\nexports = ["s3://{BUCKET}/{PREFIX.rstrip("/")}"]\narchitecture = "x86_64"\nfunctions = {json.dumps(functions)}\n'
        'quicksight = false\nalarm_email = "alice@example.com"\nsend_alerts = true\n'
    )
    deployed = cli.run("deploy", "--yes")
    if deployed.code != 0:
        raise RuntimeError(deployed.output)
    aws.front.taken()
    answer = function.invoke(FunctionName=FUNCTION, Payload=json.dumps(followed_event("night")))
    said = json.loads(answer["Payload"].read())
    calls = Counter(call.name for call in aws.front.taken())
    database = NAME.replace("-", "_")
    tables = aws.catalogue.all_of(database)
    sizes = {name: column_bytes(aws.catalogue, table) for name, table in tables.items() if not view_of(table)}
    statements = [one.sql for one in list(aws.front.backends["athena"].executions.values())[-calls["athena:StartQueryExecution"] :]]
    found = [scans(sql, database, tables) for sql in statements]
    scanned = [sum(sizes[name][column] for name, columns in one for column in {None, *columns}) for one in found]
    return {
        "users": users,
        "days": days,
        "last_day": LAST_DAY,
        "alerts": said["tasks"][0]["alerts"],
        "requests": dict(sorted(calls.items())),
        "bytes_of_parts": sum(size.total() for size in sizes.values()),
        "scans": [len(one) for one in found],
        "bytes": scanned,
        "usd_athena": round(sum(max(one, LEAST_BYTES) for one in scanned) / 1e12 * PER_TERABYTE, 6),
        "processor_milliseconds": processor_milliseconds(),
        "peak_megabytes": round(aws.emulator.peak_memory_bytes() / 1e6),
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", type=Path)
    arguments.add_argument("functions", type=Path)
    arguments.add_argument("--users", type=int, default=300)
    arguments.add_argument("--days", type=int, default=60)
    chosen = arguments.parse_args()
    with Environment(at_once=True, through_front=("S3", "SNS")) as aws:
        print(json.dumps(measure(aws, chosen.binary.resolve(), str(chosen.functions.resolve()), chosen.users, chosen.days), indent=2))


if __name__ == "__main__":
    main()
